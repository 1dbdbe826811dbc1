import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { type Actor, drawBurst, filledRegions, interleave, scan } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Scans over 2 to 6 regions, each forward or in reverse; one in three writes. Scans run one after another or in turns
 * of 1 to 64 accesses, with a few accesses to a small hot set in between.
 */
export function seq(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("seq", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24 + random.integer(40));
  const ns = random.uniform(1000, 12_000);
  const regions = filledRegions(builder, thread, 2 + random.integer(5), builder.pages - 64);
  const side = random.uniform(0, 0.15);
  const scans = regions.map((range): Actor => {
    const step = scan(builder, range, random.next() < 0.35 ? -1 : 1, random.next() < 0.33, ns);
    return (to) => {
      if (random.next() < side) hot.touch(to, 300);
      step(to);
    };
  });
  const burst = random.next() < 0.4 ? builder.pages / scans.length : drawBurst(random);
  interleave(thread, scans, burst, random);
  return builder.build();
}
