import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { type Actor, chase, drawBurst, filledRegions, interleave, lookups, scan, walk } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/** A program that changes its behaviour every 1,500 to 6,000 accesses: other loops over the same 2 to 4 regions. */
export function phase(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("phase", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24 + random.integer(100));
  const regions = filledRegions(builder, thread, 2 + random.integer(3), builder.pages - 80);
  const ns = random.uniform(500, 8000);
  const actors: Actor[] = regions.flatMap((range) => [
    scan(builder, range, 1, false, ns),
    scan(builder, range, -1, random.next() < 0.5, ns),
    walk(builder, range, 2 + random.integer(20), 1, random.next() < 0.3, ns),
    lookups(builder, range, random.uniform(0, 1), 0.2, ns),
    chase(builder, range, 0.01, ns),
  ]);
  while (!thread.full) {
    const chosen = Array.from({ length: 1 + random.integer(3) }, () => actors[random.integer(actors.length)]);
    if (random.next() < 0.4) chosen.push((to) => hot.touch(to, 200));
    interleave(thread, chosen, drawBurst(random), random, thread.length + 1500 + random.integer(4500));
  }
  return builder.build();
}
