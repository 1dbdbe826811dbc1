import { hash32, hashKey } from "../../../kernel/random.ts";
import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill, type Range } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Joins of two tables, one after another. The smaller table is scanned and inserted into a hash table. The larger table
 * is scanned and looked up in it; matches are appended to a result.
 *
 * Every page of a table leads to 2 to 12 places of the hash table. These are the same in every join or, in half of the
 * seeds, new ones. Two in five seeds first split both tables into 8 to 48 partitions and join these with a small hash
 * table.
 */
export function hashJoin(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("hash-join", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 32);
  const partitioned = random.next() < 0.4;
  const map = (share: number): Range => {
    const count = Math.floor(share * pages);
    return { start: builder.region(count), pages: count };
  };
  const small = map(partitioned ? 0.15 : 0.2);
  const large = map(partitioned ? 0.28 : 0.4);
  const table = map(partitioned ? 0.05 : 0.25);
  const result = map(0.08);
  const split = partitioned ? [map(0.15), map(0.28)] : [];
  fill(builder, thread, small);
  fill(builder, thread, large);
  const [read, insert, probe, emit, spill] = [0, 1, 2, 3, 4].map(() => builder.site());
  const ns = random.uniform(400, 3000);
  const lookups = 2 + random.integer(11);
  const parts = 8 + random.integer(41);
  const fixed = random.next() < 0.5;
  const matches = random.uniform(0.02, 0.2);
  let emitted = 0;

  /** Scans pages `from` to `to` of a table and looks up (or inserts) their rows. */
  const pass = (from: number, to: number, key: number, building: boolean): void => {
    for (let page = from; page < to && !thread.full; page++) {
      thread.touch(page, read, false, ns);
      for (let k = 0; k < lookups; k++) {
        const slot = hash32(key, page, k) % table.pages;
        thread.touch(table.start + slot, building ? insert : probe, building, ns);
      }
      if (building) continue;
      emitted += matches;
      thread.touch(result.start + (Math.floor(emitted) % result.pages), emit, true, ns);
      if (random.next() < 0.2) hot.touch(thread, 200);
    }
  };
  /** Distributes the rows of a table over partitions, each of which grows in order. */
  const partition = (from: Range, to: Range): void => {
    const size = Math.floor(to.pages / parts);
    const rows = 4 * from.pages;
    const filled = new Float64Array(parts);
    for (let row = 0; row < rows && !thread.full; row++) {
      thread.touch(from.start + (row >> 2), read, false, ns);
      const part = random.integer(parts);
      const offset = Math.min(size - 1, Math.floor(filled[part]));
      thread.touch(to.start + part * size + offset, spill, true, ns / 2);
      filled[part] += (size * parts) / rows;
    }
  };

  for (let round = 0; !thread.full; round++) {
    const key = hashKey(seed, `join ${fixed ? 0 : round}`);
    if (!partitioned) {
      pass(small.start, small.start + small.pages, key, true);
      pass(large.start, large.start + large.pages, key, false);
      continue;
    }
    partition(small, split[0]);
    partition(large, split[1]);
    const [smallSize, largeSize] = split.map((range) => Math.floor(range.pages / parts));
    for (let part = 0; part < parts; part++) {
      const build = split[0].start + part * smallSize;
      const probed = split[1].start + part * largeSize;
      pass(build, build + smallSize, key, true);
      pass(probed, probed + largeSize, key, false);
    }
  }
  return builder.build();
}
