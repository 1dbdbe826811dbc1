import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/**
 * A database server: 2 to 6 threads over one table, its index and its log. In turns of 50 to 500 requests or pages, a
 * thread either scans the table for a report, starting at its own place and wrapping around, or serves requests: index,
 * row, and for some of them an update with a log record.
 */
export function server(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("server", seed, options);
  const { random, pages } = builder;
  const count = 2 + random.integer(5);
  const shared = new HotSet(builder, 32, { writes: 0.5 });
  const indexPages = Math.floor(0.15 * pages);
  const logPages = Math.floor(0.05 * pages);
  const tablePages = pages - indexPages - logPages - 32;
  const index = builder.region(indexPages);
  const table = builder.region(tablePages);
  const log = builder.region(logPages);
  const order = shuffled(tablePages, random);
  const exponent = random.uniform(0.3, 0.9);
  const updates = random.uniform(0.1, 0.6);
  const scans = random.uniform(0.1, 0.6);
  const aggregates = random.uniform(0, 0.3);
  const ns = random.uniform(500, 6000);
  const [search, row, append, scan] = [0, 1, 2, 3].map(() => builder.site());
  for (let worker = 0; worker < count; worker++) {
    const thread = builder.thread(1 / count);
    const first = Math.floor((worker * tablePages) / count);
    const last = Math.floor(((worker + 1) * tablePages) / count);
    fill(builder, thread, { start: table + first, pages: last - first });
    const stack = new HotSet(builder, 8, { writes: 0.6 });
    let at = first;
    let appended = Math.floor((worker * logPages) / count);
    while (!thread.full) {
      const turn = 50 + random.integer(450);
      const scanning = random.next() < scans;
      for (let i = 0; i < turn; i++) {
        if (scanning) {
          thread.touch(table + at, scan, false, ns);
          at = (at + 1) % tablePages;
          if (random.next() < aggregates) stack.touch(thread, 200);
          continue;
        }
        const page = order[zipfRank(random.next(), tablePages, exponent)];
        const update = random.next() < updates;
        shared.touch(thread, 200);
        thread.touch(index + Math.floor((page * indexPages) / tablePages), search, false, ns);
        thread.touch(table + page, row, update, ns);
        if (!update) continue;
        appended += 0.1;
        thread.touch(log + (Math.floor(appended) % logPages), append, true, ns);
      }
    }
  }
  return builder.build();
}
