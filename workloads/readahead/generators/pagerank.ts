import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/**
 * PageRank iterations over a sparse matrix in compressed sparse row format. Each iteration first divides all ranks into
 * shares, in order. Then it scans row offsets and column indices, gathers the shares of the columns from all over, and
 * writes new ranks in order.
 *
 * The gathers are the same in every iteration: 2 to 8 per index page, with popular columns more often and a drawn part
 * near the row.
 */
export function pagerank(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("pagerank", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 16);
  const edgePages = Math.floor(random.uniform(0.3, 0.6) * pages);
  const offsetPages = Math.floor(0.06 * pages);
  const valuePages = Math.floor((pages - edgePages - offsetPages - 16) / 2);
  const offsets = builder.region(offsetPages);
  const edges = builder.region(edgePages);
  const ranks = builder.region(valuePages);
  const shares = builder.region(valuePages);
  fill(builder, thread, { start: offsets, pages: offsetPages });
  fill(builder, thread, { start: edges, pages: edgePages });
  for (const start of [ranks, shares]) fill(builder, thread, { start, pages: valuePages });

  const gathers = 2 + random.integer(7);
  const local = random.uniform(0, 0.6);
  const exponent = random.uniform(0.3, 0.9);
  const order = shuffled(valuePages, random);
  const columns = new Uint32Array(edgePages * gathers);
  for (let i = 0; i < columns.length; i++) {
    const near = Math.floor((i * valuePages) / columns.length) + random.integer(20) - 10;
    columns[i] =
      random.next() < local
        ? Math.min(valuePages - 1, Math.max(0, near))
        : order[zipfRank(random.next(), valuePages, exponent)];
  }
  const [load, divide, offset, index, gather, store] = [0, 1, 2, 3, 4, 5].map(() => builder.site());
  const ns = random.uniform(500, 5000);
  while (!thread.full) {
    for (let page = 0; page < valuePages && !thread.full; page++) {
      thread.touch(ranks + page, load, false, ns);
      thread.touch(shares + page, divide, true, ns);
    }
    for (let edge = 0; edge < edgePages && !thread.full; edge++) {
      thread.touch(offsets + Math.floor((edge * offsetPages) / edgePages), offset, false, ns);
      thread.touch(edges + edge, index, false, ns);
      for (let k = 0; k < gathers; k++) thread.touch(shares + columns[edge * gathers + k], gather, false, ns);
      const last = Math.floor(((edge + 1) * valuePages) / edgePages);
      for (let row = Math.floor((edge * valuePages) / edgePages); row < last; row++) {
        thread.touch(ranks + row, store, true, ns);
      }
    }
    for (let i = 0; i < 16; i++) hot.touch(thread, 200);
  }
  return builder.build();
}
