import type { Paths } from "../../kernel/congestion/paths.ts";
import { MOST_HOPS } from "../../kernel/congestion/topology.ts";

/**
 * Weighted max-min fair rates: all rates rise in proportion to their weights until a link of the path is full. The
 * arrays are reused from call to call.
 */
export class MaxMin {
  /** `[queue pairs]` rate of the queue pairs of the last call of `share`, bytes per ns. */
  rate = new Float64Array(0);
  #frozen = new Uint8Array(0);
  readonly #rates: Float64Array;
  readonly #free: Float64Array;
  /** For each link: number of flows whose rate is not fixed yet, and the sum of their weights. */
  readonly #open: Int32Array;
  readonly #weights: Float64Array;

  /** @param rates `[links]` rate that may be given away, bytes per ns */
  constructor(rates: Float64Array) {
    this.#rates = rates;
    this.#free = new Float64Array(rates.length);
    this.#open = new Int32Array(rates.length);
    this.#weights = new Float64Array(rates.length);
  }

  /**
   * Computes `rate`.
   *
   * @param flows queue pairs: the first `count` elements
   * @param weight `[queue pairs]` above 0
   */
  share(flows: Int32Array, count: number, weight: Float64Array, { links, length }: Paths): void {
    const free = this.#free;
    const open = this.#open;
    const weights = this.#weights;
    if (this.rate.length < weight.length) {
      this.rate = new Float64Array(weight.length);
      this.#frozen = new Uint8Array(weight.length);
    }
    const frozen = this.#frozen;
    free.set(this.#rates);
    open.fill(0);
    weights.fill(0);
    for (let f = 0; f < count; f++) {
      const flow = flows[f];
      frozen[flow] = 0;
      for (let hop = 0; hop < length[flow]; hop++) {
        const link = links[flow * MOST_HOPS + hop];
        open[link]++;
        weights[link] += weight[flow];
      }
    }
    for (let left = count; left > 0; ) {
      const full = this.#fullest();
      const level = free[full] / weights[full];
      for (let f = 0; f < count; f++) {
        const flow = flows[f];
        if (frozen[flow] !== 0 || !passes(links, length[flow], flow, full)) continue;
        frozen[flow] = 1;
        left--;
        this.rate[flow] = level * weight[flow];
        for (let hop = 0; hop < length[flow]; hop++) {
          const link = links[flow * MOST_HOPS + hop];
          // Rounding must not make it negative.
          free[link] = Math.max(0, free[link] - this.rate[flow]);
          weights[link] = Math.max(Number.MIN_VALUE, weights[link] - weight[flow]);
          open[link]--;
        }
      }
    }
  }

  /** The link that fills up first. */
  #fullest(): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let link = 0; link < this.#open.length; link++) {
      if (this.#open[link] === 0) continue;
      const level = this.#free[link] / this.#weights[link];
      if (best >= 0 && level >= least) continue;
      least = level;
      best = link;
    }
    return best;
  }
}

function passes(links: Int32Array, length: number, flow: number, link: number): boolean {
  for (let hop = 0; hop < length; hop++) if (links[flow * MOST_HOPS + hop] === link) return true;
  return false;
}
