import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/**
 * A dynamic-language interpreter: hardly predictable.
 *
 * 80 to 240 functions, some called far more than others. Each function has instructions of its own and 3 to 14 heap
 * objects that lie in clusters (allocated together) and are replaced now and then. Calls look up names in dictionaries
 * (random) and allocate from a nursery (in order, written, reused when full).
 */
export function interpreter(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("interpreter", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const frames = new HotSet(builder, 24, { writes: 0.6 });
  const heap = { start: 0, pages: Math.floor(random.uniform(0.55, 0.75) * pages) };
  const dictionary = { start: 0, pages: Math.floor(0.18 * pages) };
  const nursery = { start: 0, pages: Math.floor(random.uniform(0.03, 0.07) * pages) };
  for (const range of [heap, dictionary, nursery]) {
    range.start = builder.region(range.pages);
    fill(builder, thread, range);
  }
  const place = (near: number): number => (near + random.integer(6)) % heap.pages;
  const functions = Array.from({ length: 80 + random.integer(161) }, () => {
    const objects = new Uint32Array(3 + random.integer(12));
    for (let i = 0; i < objects.length; i++) {
      objects[i] = i > 0 && random.next() < 0.4 ? place(objects[i - 1]) : random.integer(heap.pages);
    }
    return { objects, site: builder.sites(4), lookups: random.integer(3) };
  });
  const order = shuffled(dictionary.pages, random);
  const allocate = builder.site();
  const exponent = random.uniform(0.3, 0.8);
  const ns = random.uniform(400, 3000);
  let bump = 0;
  while (!thread.full) {
    const { objects, site, lookups } = functions[zipfRank(random.next(), functions.length, exponent)];
    frames.touch(thread, ns);
    for (let i = 0; i < objects.length; i++) {
      if (random.next() < 0.15) continue;
      if (random.next() < 0.02) objects[i] = random.integer(heap.pages);
      thread.touch(heap.start + objects[i], site + (i % 3), random.next() < 0.15, ns);
    }
    for (let i = 0; i < lookups; i++) {
      const page = order[zipfRank(random.next(), dictionary.pages, 0.6)];
      thread.touch(dictionary.start + page, site + 3, random.next() < 0.1, ns);
    }
    // Dumps, imports and the collector also visit objects that no call uses any more: any object of the heap.
    if (random.next() < 0.3) thread.touch(heap.start + random.integer(heap.pages), site + 3, false, ns);
    bump += 0.3;
    thread.touch(nursery.start + (Math.floor(bump) % nursery.pages), allocate, true, ns);
  }
  return builder.build();
}
