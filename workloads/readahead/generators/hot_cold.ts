import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * A hot set of 6 to 35 % of the pages that roughly fits into memory and takes nearly all accesses. A cold heap takes 2
 * to 10 % of the accesses at random, sometimes two consecutive pages. Readahead in the heap is waste and evicts the hot
 * set.
 */
export function hotCold(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("hotcold", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const parts = 1 + random.integer(3);
  const hotPages = Math.floor((random.uniform(0.06, 0.35) * pages) / parts);
  const coldPages = pages - parts * hotPages;
  const cold = builder.region(coldPages);
  const hot = Array.from({ length: parts }, () => {
    return new HotSet(builder, hotPages, {
      exponent: random.uniform(0.1, 0.7),
      writes: random.uniform(0.1, 0.5),
      sites: 8,
    });
  });
  const ns = random.uniform(300, 4000);
  for (const set of hot) set.fill(thread, ns);
  fill(builder, thread, { start: cold, pages: coldPages });
  const rare = random.uniform(0.02, 0.1);
  const pairs = random.uniform(0, 0.3);
  const [lookup, next] = [builder.site(), builder.site()];
  while (!thread.full) {
    if (random.next() >= rare) {
      hot[random.integer(parts)].touch(thread, ns);
      continue;
    }
    const page = random.integer(coldPages - 1);
    thread.touch(cold + page, lookup, random.next() < 0.2, ns);
    if (random.next() < pairs) thread.touch(cold + page + 1, next, false, ns);
  }
  return builder.build();
}
