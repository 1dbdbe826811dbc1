import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { type Actor, drawBurst, filledRegions, interleave, walk } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Walks with strides of 2 to 40 pages over 1 to 3 regions: columns of matrices. Every column is walked one to three
 * times before the next; a third of the regions are written. Two or three regions take turns of 1 to 64 accesses.
 */
export function stride(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("stride", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24 + random.integer(40));
  const ns = random.uniform(800, 8000);
  const side = random.uniform(0, 0.1);
  const regions = filledRegions(builder, thread, 1 + random.integer(3), builder.pages - 64);
  const walks = regions.map((range): Actor => {
    const step = walk(builder, range, 2 + random.integer(39), 1 + random.integer(3), random.next() < 0.33, ns);
    return (to) => {
      if (random.next() < side) hot.touch(to, 300);
      step(to);
    };
  });
  interleave(thread, walks, drawBurst(random), random);
  return builder.build();
}
