import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { type Actor, chase, drawBurst, filledRegions, interleave, lookups, type Range, scan, walk } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import type { ThreadBuilder } from "./thread_builder.ts";

/**
 * Scans, strides, lookups and pointer chases side by side: 3 to 8 loops that take turns of 1 to 64 accesses in one
 * thread. In half of the seeds there are 2 to 8 threads with one or two loops each instead.
 */
export function mixed(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("mixed", seed, options);
  const { random } = builder;
  const count = random.next() < 0.5 ? 1 : 2 + random.integer(7);
  const loops = count === 1 ? 3 + random.integer(6) : count * (1 + random.integer(2));
  const threads = Array.from({ length: count }, () => builder.thread(1 / count));
  const burst = drawBurst(random);
  const actors = threads.map((): Actor[] => []);
  const share = (builder.pages - 40) / loops;
  for (let loop = 0; loop < loops; loop++) {
    const thread = threads[loop % count];
    for (const range of filledRegions(builder, thread, 1, share)) actors[loop % count].push(drawActor(builder, range));
  }
  const hot = new HotSet(builder, 40);
  const touchHot = (thread: ThreadBuilder): void => hot.touch(thread, 200);
  threads.forEach((thread, i) => {
    interleave(thread, [...actors[i], touchHot], burst, random);
  });
  return builder.build();
}

function drawActor(builder: AccessBuilder, range: Range): Actor {
  const { random } = builder;
  const ns = random.uniform(500, 10_000);
  const writes = random.next() < 0.3;
  const kind = random.next();
  if (kind < 0.35) return scan(builder, range, 1, writes, ns);
  if (kind < 0.5) return scan(builder, range, -1, writes, ns);
  if (kind < 0.7) return walk(builder, range, 2 + random.integer(15), 1, writes, ns);
  if (kind < 0.85) return lookups(builder, range, random.uniform(0, 0.9), writes ? 0.3 : 0, ns);
  return chase(builder, range, random.uniform(0, 0.05), ns);
}
