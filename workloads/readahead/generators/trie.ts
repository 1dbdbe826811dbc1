import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/**
 * A radix tree with skewed lookups and key-range scans.
 *
 * Four levels; the upper ones are small. Leaves were allocated in insertion order of their keys, so neighbours in key
 * order lie apart, except in short runs. A lookup reads one node per level and, in half of the seeds, the value that it
 * leads to. 1 to 10 % of the requests scan 8 to 120 leaves in key order.
 */
export function trie(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("trie", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24);
  const valued = random.next() < 0.5;
  const branchPages = Math.floor(0.1 * pages);
  const leafPages = Math.floor((valued ? 0.5 : 0.87) * pages);
  const valuePages = valued ? Math.floor(0.37 * pages) : 0;
  const root = builder.region(3);
  const branches = builder.region(branchPages);
  const leaves = builder.region(leafPages);
  const values = valued ? builder.region(valuePages) : 0;
  fill(builder, thread, { start: leaves, pages: leafPages });
  fill(builder, thread, { start: branches, pages: branchPages });
  if (valued) fill(builder, thread, { start: values, pages: valuePages });

  // Page of each leaf in key order. Short runs of keys were inserted together.
  const run = 1 + random.integer(5);
  const leafOf = new Uint32Array(leafPages);
  let key = 0;
  for (const first of shuffled(Math.ceil(leafPages / run), random)) {
    for (let page = first * run; page < Math.min(leafPages, (first + 1) * run); page++) leafOf[key++] = page;
  }
  const branchOf = shuffled(branchPages, random);
  const keyOfRank = shuffled(leafPages, random);
  const payloadOf = Uint32Array.from({ length: leafPages * 4 }, () => random.integer(Math.max(1, valuePages)));
  const exponent = random.uniform(0.5, 1);
  const scans = random.uniform(0.01, 0.1);
  const inserts = random.uniform(0, 0.3);
  const ns = random.uniform(300, 2500);
  const [top, branch, leaf, value, scan] = [0, 1, 2, 3, 4].map(() => builder.site());
  while (!thread.full) {
    const at = keyOfRank[zipfRank(random.next(), leafPages, exponent)];
    thread.touch(root + random.integer(3), top, false, ns);
    thread.touch(branches + branchOf[Math.floor((at * branchPages) / leafPages)], branch, false, ns);
    if (random.next() < scans) {
      const end = Math.min(leafPages, at + 8 + random.integer(113));
      for (let i = at; i < end; i++) {
        thread.touch(leaves + leafOf[i], scan, false, ns);
        if (i % 10 === 0)
          thread.touch(branches + branchOf[Math.floor((i * branchPages) / leafPages)], branch, false, ns);
      }
      continue;
    }
    thread.touch(leaves + leafOf[at], leaf, random.next() < inserts, ns);
    if (valued) thread.touch(values + payloadOf[at * 4 + random.integer(4)], value, random.next() < inserts, ns);
    if (random.next() < 0.1) hot.touch(thread, 200);
  }
  return builder.build();
}
