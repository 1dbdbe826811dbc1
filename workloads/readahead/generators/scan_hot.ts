import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { filledRegions, scan } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Endless scans over 1 to 3 regions, beside a hot set of 5 to 30 % of the pages that takes 20 to 80 % of the accesses.
 */
export function scanHot(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("scan-hot", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hotPages = Math.floor(random.uniform(0.05, 0.3) * pages);
  const hot = new HotSet(builder, hotPages, {
    exponent: random.uniform(0, 0.9),
    writes: random.uniform(0, 0.5),
    sites: 6,
  });
  const ns = random.uniform(400, 6000);
  hot.fill(thread, 400);
  const scans = filledRegions(builder, thread, 1 + random.integer(3), pages - hotPages).map((range) => {
    return scan(builder, range, random.next() < 0.2 ? -1 : 1, random.next() < 0.3, ns);
  });
  const share = random.uniform(0.2, 0.8);
  const length = Math.ceil(pages / (2 * scans.length));
  while (!thread.full) {
    const step = scans[random.integer(scans.length)];
    for (let i = 0; i < length && !thread.full; ) {
      if (random.next() < share) {
        hot.touch(thread, ns);
      } else {
        step(thread);
        i++;
      }
    }
  }
  return builder.build();
}
