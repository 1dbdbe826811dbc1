import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { filledRegions, interleave, lookups } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Lookups in 1 to 3 tables, uniform or Zipf (exponent 0.4 to 1.1), reads and updates. Readahead has almost nothing to
 * gain.
 */
export function randomAccess(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("random", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 24 + random.integer(100));
  const ns = random.uniform(500, 8000);
  const regions = filledRegions(builder, thread, 1 + random.integer(3), builder.pages - 80);
  const tables = regions.map((range) => {
    const exponent = random.next() < 0.5 ? 0 : random.uniform(0.4, 1.1);
    return lookups(builder, range, exponent, random.uniform(0, 0.5), ns);
  });
  interleave(thread, [...tables, (to) => hot.touch(to, 200)], 1, random);
  return builder.build();
}
