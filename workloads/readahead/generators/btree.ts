import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/** Key ranges; the keys of a range share one popularity. */
const RANGES = 64;

/**
 * Lookups, updates and range scans in a B-tree whose rows are in a separate heap.
 *
 * Leaves were split off in random order, so neighbours in key order lie apart. 3 % of the pages are inner nodes. Each
 * leaf leads to 4 pages of the heap; in half of the seeds these are roughly in key order (a clustered table). 2 to 12 %
 * of the requests scan 3 to 60 leaves. The popularity of key ranges is Zipf and changes every 10,000 accesses.
 */
export function btree(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("btree", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24);
  const innerPages = Math.floor(0.03 * pages);
  const leafPages = Math.floor(random.uniform(0.3, 0.6) * pages);
  const heapPages = pages - innerPages - leafPages - 24;
  const inner = builder.region(innerPages);
  const leaves = builder.region(leafPages);
  const heap = builder.region(heapPages);
  fill(builder, thread, { start: heap, pages: heapPages });
  fill(builder, thread, { start: leaves, pages: leafPages });
  fill(builder, thread, { start: inner, pages: innerPages });
  const leafOf = shuffled(leafPages, random);
  const innerOf = shuffled(innerPages, random);
  const clustered = random.next() < 0.5;
  const rowsOf = Uint32Array.from({ length: leafPages * 4 }, (_, i) => {
    return clustered ? Math.floor((i * heapPages) / (leafPages * 4)) : random.integer(heapPages);
  });
  const exponent = random.uniform(0.5, 1.1);
  const scans = random.uniform(0.02, 0.12);
  const updates = random.uniform(0.05, 0.4);
  const ns = random.uniform(400, 3000);
  const [root, descend, search, row, scan, scanRow] = [0, 1, 2, 3, 4, 5].map(() => builder.site());
  let rangeOf = shuffled(RANGES, random);
  let epoch = 0;
  while (!thread.full) {
    if (Math.floor(thread.length / 10_000) !== epoch) {
      epoch = Math.floor(thread.length / 10_000);
      rangeOf = shuffled(RANGES, random);
    }
    const range = rangeOf[zipfRank(random.next(), RANGES, exponent)];
    const at = Math.min(leafPages - 1, Math.floor(((range + random.next()) * leafPages) / RANGES));
    thread.touch(inner, root, false, ns);
    thread.touch(inner + innerOf[Math.floor((at * innerPages) / leafPages)], descend, false, ns);
    if (random.next() < scans) {
      const end = Math.min(leafPages, at + 3 + random.integer(58));
      const withRows = random.next() < 0.5;
      for (let i = at; i < end; i++) {
        thread.touch(leaves + leafOf[i], scan, false, ns);
        if (withRows) for (let k = 0; k < 4; k++) thread.touch(heap + rowsOf[i * 4 + k], scanRow, false, ns);
      }
      continue;
    }
    const writes = random.next() < updates;
    thread.touch(leaves + leafOf[at], search, writes && random.next() < 0.3, ns);
    thread.touch(heap + rowsOf[at * 4 + random.integer(4)], row, writes, ns);
    if (random.next() < 0.1) hot.touch(thread, 200);
  }
  return builder.build();
}
