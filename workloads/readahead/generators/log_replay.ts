import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * An irregular sequence of accesses that partly repeats: a log replay, or a request that is served again.
 *
 * The sequence visits all pages once in shuffled runs of 1 to 4 and revisits some in between. It is divided into 8 to
 * 40 parts. A replay plays the parts, one in ten out of order. It leaves out up to 15 % of a part and inserts up to 10
 * % other accesses. Up to 3 % of the sequence changes permanently from one replay to the next.
 */
export function logReplay(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("log-replay", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24 + random.integer(60));
  const heap = { start: 0, pages: builder.pages - 60 };
  heap.start = builder.region(heap.pages);
  fill(builder, thread, heap);
  const again = random.uniform(0, 0.3);
  const run = 1 + random.integer(4);
  const sequence: number[] = [];
  for (const first of shuffled(Math.ceil(heap.pages / run), random)) {
    for (let page = first * run; page < Math.min(heap.pages, (first + 1) * run); page++) {
      sequence.push(page);
      if (random.next() < again) sequence.push(random.integer(heap.pages));
    }
  }
  const { length } = sequence;
  const parts = 8 + random.integer(33);
  const omitted = random.uniform(0, 0.15);
  const inserted = random.uniform(0, 0.1);
  const changed = random.uniform(0, 0.03) * length;
  const writes = random.uniform(0, 0.4);
  const ns = random.uniform(500, 6000);
  const sites = builder.sites(parts);
  const other = builder.site();
  while (!thread.full) {
    for (let step = 0; step < parts && !thread.full; step++) {
      const part = random.next() < 0.1 ? random.integer(parts) : step;
      const end = Math.floor(((part + 1) * length) / parts);
      for (let i = Math.floor((part * length) / parts); i < end; i++) {
        if (random.next() < inserted) thread.touch(heap.start + random.integer(heap.pages), other, false, ns);
        if (random.next() < omitted) continue;
        thread.touch(heap.start + sequence[i], sites + part, random.next() < writes, ns);
        if (random.next() < 0.1) hot.touch(thread, 200);
      }
    }
    for (let i = 0; i < changed; i++) sequence[random.integer(length)] = random.integer(heap.pages);
  }
  return builder.build();
}
