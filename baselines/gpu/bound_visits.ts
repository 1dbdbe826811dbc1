import { latePenalty } from "../../kernel/gpu/cost.ts";
import type { BoundRequests } from "./bound_requests.ts";

/** Prices of the GPU's time and of the lateness of a request. */
export interface VisitPrices {
  /** Cost of a ns of GPU time. */
  readonly timePrice: number;
  /** Cost of a request whose penalty is 1. */
  readonly penaltyPrice: number;
  /** Time lost before the first request, unless it comes earlier, ns. */
  readonly firstNs: number;
  /** Time that it takes to leave the GPU and come back, ns. */
  readonly againNs: number;
  /** Time lost after the last request served, unless the run is over earlier, ns. At most `againNs`. */
  readonly endNs: number;
}

/**
 * An exact dynamic programme over when to serve each request of one critical group, with clairvoyance and without
 * control latency: at once, or later together with the next ones in one visit of the GPU.
 *
 * A schedule is the times `x[0], x[1], ...` at which the requests start. (The first part of an interrupted request may
 * as well move to right before its second part: the request ends at the same time, and what ran in between runs
 * earlier.) Between two requests the group stays, and the gap is lost, or it leaves and comes back, and `againNs` of
 * the gap are lost: `min(gap, againNs)`. The last requests may be left unserved. The programme minimises, for each
 * number of served requests,
 *
 * `penaltyPrice * (sum of penalties) + timePrice * (time served and lost)`.
 *
 * With `y[m] = x[m] - (service of all before m)` the gaps are differences of `y`, the lateness of m is `y[m] -
 * alpha[m]`, where `alpha[m]` is `y[m]` of the group alone, and the constraints are that `y` ascends and that `y[m]` is
 * at least `alpha[m]`. In each `y[m]` the cost of the gaps is concave. The penalty is concave too, except for the kink
 * at no lateness and the jump at the slack. So in some best schedule every `y[m]` is some `alpha[i]`, some `alpha[i] +
 * slack[i]` or the `y` at which the last served request ends with the run. Otherwise requests with a common `y` could
 * be moved together in one of the two directions without cost. That leaves 3 n values, and O(n^2) steps.
 *
 * In practice there are fewer steps. The least cost up to m ascends with `y[m]`: so do its penalty and, by induction,
 * the cost of the requests before it. From the first value, any other value can be reached for `timePrice * againNs`.
 * Values that cost that much more are of no use, and neither are the values behind them.
 */
export class Visits {
  readonly #requests: BoundRequests;
  readonly #durationNs: number;
  /** `[requests]` see above. */
  readonly #alpha: Float64Array;
  /** Values that `y` may have, ascending. */
  readonly #values: Float64Array;
  /** `[requests + 1]` cost of the requests from there on when none of them is served. */
  readonly #unserved: Float64Array;
  readonly #cost: Float64Array;

  /** Number of requests. */
  get count(): number {
    return this.#requests.count;
  }

  constructor(requests: BoundRequests, durationNs: number) {
    const { count, service, aloneDone, slack, unfinished } = requests;
    this.#requests = requests;
    this.#durationNs = durationNs;
    this.#alpha = new Float64Array(count);
    const values = new Float64Array(3 * count);
    let before = 0;
    for (let m = 0; m < count; m++) {
      this.#alpha[m] = aloneDone[m] - service[m] - before;
      before += service[m];
      values[3 * m] = this.#alpha[m];
      values[3 * m + 1] = this.#alpha[m] + slack[m];
      values[3 * m + 2] = durationNs - before;
    }
    this.#values = Float64Array.from(new Set(values.filter((value) => value < durationNs).sort()));
    this.#unserved = new Float64Array(count + 1);
    for (let m = count - 1; m >= 0; m--) this.#unserved[m] = this.#unserved[m + 1] + unfinished[m];
    this.#cost = new Float64Array(this.#values.length);
  }

  /**
   * Fills `out[j]` with the least cost at these prices when the first `j` requests are served. Infinity where they
   * cannot be served.
   */
  leastByServed({ timePrice, penaltyPrice, firstNs, againNs, endNs }: VisitPrices, out: Float64Array): void {
    const values = this.#values;
    const cost = this.#cost;
    const { count, service, slack } = this.#requests;
    const again = timePrice * againNs;
    cost.fill(Number.POSITIVE_INFINITY);
    out.fill(Number.POSITIVE_INFINITY);
    out[0] = penaltyPrice * this.#unserved[0];
    let from = 0;
    let until = 0;
    let served = 0;
    for (let m = 0; m < count; m++) {
      const alpha = this.#alpha[m];
      served += service[m];
      const latest = this.#durationNs - served;
      // Least cost of the requests before m that end at a value up to the present one: plain, and less the price of
      // that value.
      let left = Number.POSITIVE_INFINITY;
      let stayed = Number.POSITIVE_INFINITY;
      let least = Number.POSITIVE_INFINITY;
      let ended = Number.POSITIVE_INFINITY;
      let first = values.length;
      let end = values.length;
      for (let k = from; k < values.length; k++) {
        const y = values[k];
        if (m > 0) {
          left = Math.min(left, cost[k]);
          stayed = Math.min(stayed, cost[k] - timePrice * y);
        }
        if (y < alpha) continue;
        if (y > latest) {
          end = k;
          break;
        }
        const before = m === 0 ? timePrice * Math.min(y, firstNs) : Math.min(left + again, stayed + timePrice * y);
        cost[k] = before + timePrice * service[m] + penaltyPrice * latePenalty(y - alpha, slack[m]);
        if (first > k) {
          first = k;
          least = cost[k];
        } else if (cost[k] >= least + again) {
          end = k;
          break;
        }
        ended = Math.min(ended, cost[k] + timePrice * Math.min(latest - y, endNs));
      }
      if (first === values.length) return;
      cost.fill(Number.POSITIVE_INFINITY, end, Math.max(until, end + 1));
      from = first;
      until = end;
      out[m + 1] = ended + penaltyPrice * this.#unserved[m + 1];
    }
  }
}
