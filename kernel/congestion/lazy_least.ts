import type { LeastSlowdown } from "./cost.ts";
import { leastSlowdown, type Routes } from "./least_slowdown.ts";
import type { CongestionWorkload } from "./workload.ts";

const known = new WeakMap<CongestionWorkload, Map<number, LeastSlowdown>>();

/**
 * The lower bounds of `leastSlowdown`, computed at the first access and cached by workload and seed. A comparison of
 * policies plays the same run many times.
 *
 * @param seed of the run, on which the routes depend
 */
export function lazyLeast(workload: CongestionWorkload, seed: number, routes: Routes): LeastSlowdown {
  const least = (): LeastSlowdown => {
    let seeds = known.get(workload);
    if (seeds === undefined) {
      seeds = new Map();
      known.set(workload, seeds);
    }
    let found = seeds.get(seed);
    if (found === undefined) {
      found = leastSlowdown(workload, routes);
      seeds.set(seed, found);
    }
    return found;
  };
  return {
    get tail() {
      return least().tail;
    },
    get worst() {
      return least().worst;
    },
  };
}
