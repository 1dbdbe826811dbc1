import { fairShares } from "../../kernel/gpu/cost.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { overlapPenalty } from "./bound_overlap.ts";
import type { BoundRequests } from "./bound_requests.ts";
import { Visits } from "./bound_visits.ts";

/**
 * Prices of time that are tried, in addition to the prices at which a best-effort group breaks even. Source: choice.
 */
const PRICES = 16;

/**
 * Least cost under a sharing by time: the greater of two bounds. `overlapPenalty` bounds lateness alone, from requests
 * of different critical groups that want the GPU at the same time. `visitCost` bounds lateness and starvation together,
 * from the changes of group that serving critical requests takes.
 *
 * @param weights `[groups of requests]` cost of a request whose penalty is 1
 */
export function timeBound(
  scenario: GpuScenario,
  requests: readonly BoundRequests[],
  weights: readonly number[],
): number {
  const { workload, architecture } = scenario;
  const overlaps =
    requests.length > 1 ? overlapPenalty(requests, weights, workload.durationNs, architecture.baseNs) : 0;
  return Math.max(overlaps, visitCost(scenario, requests, weights));
}

/**
 * Least lateness + starvation when time is shared.
 *
 * **Time.** One group runs at a time. Whenever a group comes onto the GPU, `baseNs` pass in which no group runs; only
 * the first entry of all is free. So the useful time of best effort is at most the run, less the service of critical
 * requests, less the time lost between them. In a gap between two requests of a critical group, the whole gap is lost
 * if the group stays on the GPU, and the time of an entry is lost if it leaves and comes back. Neither overlaps with
 * the time that another group loses. Beside a single critical group another group ran in the gap, and its entry is lost
 * too. Before the first request of that group, either nothing ran, or another group ran and an entry is lost; one more
 * entry is lost after its last request. Beside several critical groups, each best-effort group that runs at all has
 * entered once, and the one free entry is taken off the sum. Saving, restoring, control operations, drains, empty
 * kernels, overheads and ends of kernels are free here: all of them take time in which no useful work is done.
 *
 * **Price.** A best-effort group whose fair share is `fair` adds `(1 - min(1, u / fair)) / groups` to the cost for a
 * useful time of `u`. At any price of time, the cost + price * (useful time + critical time + lost time - run) is at
 * most the cost, because the bracket is not above 0. Its parts can be minimised one by one (weak duality): for a
 * best-effort group at `u = 0` or `u = fair`, for a critical group by `Visits`.
 *
 * **Search.** Every price gives a bound. With one critical group the price may differ for each number of served
 * requests, and the least over these numbers is the bound.
 */
function visitCost(
  { workload, architecture }: GpuScenario,
  requests: readonly BoundRequests[],
  weights: readonly number[],
): number {
  const { groups, durationNs } = workload;
  const { baseNs } = architecture;
  const critical = groups.filter((group) => group.critical).length;
  const bestEffort = groups.length - critical;
  const single = critical === 1;
  const lost = single
    ? { firstNs: baseNs, againNs: 2 * baseNs, endNs: baseNs }
    : { firstNs: baseNs, againNs: baseNs, endNs: 0 };
  const entryNs = single ? 0 : baseNs;
  const freeNs = single ? 0 : baseNs;
  const fair = Array.from(fairShares(workload)).filter((own) => own > 0);
  const visits = requests.map((own) => new Visits(own, durationNs));
  const costs = visits.map(({ count }) => new Float64Array(count + 1));
  const best = new Float64Array(visits.length === 1 ? costs[0].length : 1);
  for (const timePrice of prices(fair, bestEffort, entryNs)) {
    const starvation = fair.reduce((sum, own) => sum + Math.min(1 / bestEffort, timePrice * (own + entryNs)), 0);
    const others = starvation - timePrice * (durationNs + freeNs);
    visits.forEach((own, i) => {
      own.leastByServed({ ...lost, timePrice, penaltyPrice: weights[i] }, costs[i]);
    });
    if (visits.length === 1) {
      for (let served = 0; served < best.length; served++)
        best[served] = Math.max(best[served], others + costs[0][served]);
    } else {
      best[0] = Math.max(
        best[0],
        costs.reduce((sum, own) => sum + least(own), others),
      );
    }
  }
  return least(best);
}

/** Prices of time to try, per ns. At the first ones, a group that gets its fair share breaks even. */
function prices(fair: readonly number[], bestEffort: number, entryNs: number): Set<number> {
  const even = fair.map((own) => 1 / (bestEffort * (own + entryNs)));
  const highest = even.reduce((most, price) => Math.max(most, price), 0);
  const found = new Set(even);
  for (let i = 0; i <= PRICES; i++) found.add((highest * i) / PRICES);
  return found;
}

function least(values: Float64Array): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
}
