import { SHARING_PARTITION, SHARING_STREAMS } from "./decision.ts";
import type { RunningKernels } from "./running_kernels.ts";

/**
 * What kernels of several clients together get done, over what one kernel that fills the GPU does: they hide some of each other's
 * gaps. Source: the one number that is fitted, to all mean latencies and throughputs published of TensorRT on RTX 3080 with
 * workloads A, B and C (SJTU-IPADS/disb, results) at once, over 40 draws of the models' kernels. The root mean square of the
 * errors' logarithms is 0.288 at 1, 0.281 at 1.05 and 0.282 at 1.1. Clients of short kernels make most of it, whose numbers of
 * kernels are not published: distilbert in C gets half of what was measured, densenet201 in C and resnet152 in B 1.4 times.
 */
export const CAPACITY = 1.05;

/** Share of the multiprocessors that takes all of the memory's bandwidth, if limited by memory. Source: choice. */
const SATURATING = 0.5;

/** Bandwidth of a kernel of which it is not known what limits it, over that of one limited by memory. Source: choice. */
const UNKNOWN_DEMAND = 0.5;

/** Rounding that is allowed in a sum of shares. */
const ROUNDING = 1e-9;

/** How fast kernels run side by side. */
export interface CoRun {
  /** Sets `rate` and `held`. There is at least one kernel. */
  fillRates(running: RunningKernels): void;
}

/**
 * How kernels run side by side under a sharing by space.
 *
 * @param share `[groups]` most of the multiprocessors each may use; not used for `SHARING_STREAMS`
 * @param capacity for calibration
 * @throws RangeError when a partition has more than the whole GPU
 */
export function createCoRun(sharing: number, share: Float64Array, capacity = CAPACITY): CoRun {
  const caps = share.slice();
  if (sharing === SHARING_PARTITION) return new Partition(caps);
  return new Together(sharing === SHARING_STREAMS ? caps.fill(1) : caps, capacity);
}

/**
 * All in one context. Kernels that fit side by side do not wait for each other. Those that do not fit take turns, one kernel
 * of each client after the other, so that who has longer kernels gets more: speeds are in proportion to the kernels' lengths,
 * none greater than alone, and all multiprocessors are held. Kernels limited by memory slow each other when they ask for more
 * bandwidth than there is.
 */
class Together implements CoRun {
  readonly #caps: Float64Array;
  readonly #capacity: number;
  /** Which kernels run as fast as they can; only while `fillRates` runs. */
  readonly #full: Uint8Array;

  constructor(caps: Float64Array, capacity: number) {
    this.#caps = caps;
    this.#capacity = capacity;
    this.#full = new Uint8Array(caps.length);
  }

  fillRates(running: RunningKernels): void {
    const { count, group, occupancy, rate, held } = running;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const cap = this.#caps[group[i]];
      rate[i] = Math.min(1, cap / occupancy[i]);
      held[i] = Math.min(cap, occupancy[i]) / this.#capacity;
      sum += held[i];
    }
    if (sum > 1) this.#takeTurns(running);
    if (count > 1) divideBandwidth(running);
  }

  /** Reduces `rate` and `held`, which are what each would have alone, until all of `held` is the whole GPU. */
  #takeTurns({ count, lengthNs, rate, held }: RunningKernels): void {
    const full = this.#full.fill(0);
    let free = 1;
    let speed = 0;
    for (let again = true; again; ) {
      let wanted = 0;
      for (let i = 0; i < count; i++) if (full[i] === 0) wanted += (held[i] * lengthNs[i]) / rate[i];
      speed = free / wanted;
      again = false;
      for (let i = 0; i < count; i++) {
        if (full[i] === 1 || speed * lengthNs[i] < rate[i]) continue;
        full[i] = 1;
        free -= held[i];
        again = true;
      }
    }
    for (let i = 0; i < count; i++) {
      if (full[i] === 1) continue;
      const slower = (speed * lengthNs[i]) / rate[i];
      rate[i] *= slower;
      held[i] *= slower;
    }
  }
}

/** Multiprocessors and memory are divided: nobody is slowed by others, and nobody gets what others leave. */
class Partition implements CoRun {
  readonly #share: Float64Array;

  constructor(share: Float64Array) {
    const sum = share.reduce((total, part) => total + part, 0);
    if (sum > 1 + ROUNDING) throw new RangeError(`shares of a partition add up to at most 1, got ${sum}`);
    this.#share = share;
  }

  fillRates(running: RunningKernels): void {
    const { count, group, occupancy, rate, held } = running;
    for (let i = 0; i < count; i++) {
      const share = this.#share[group[i]];
      rate[i] = Math.min(1, share / occupancy[i], share / demand(running, i));
      held[i] = Math.min(share, occupancy[i]);
    }
  }
}

/** Slows kernels that use memory, all alike, until their demands are the bandwidth there is. */
function divideBandwidth(running: RunningKernels): void {
  const { count, limit, rate } = running;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += demand(running, i) * rate[i];
  if (sum <= 1) return;
  for (let i = 0; i < count; i++) if (limit[i] !== 1) rate[i] /= sum;
}

/** Share of the memory's bandwidth that a kernel takes alone on the GPU. */
function demand({ occupancy, limit }: RunningKernels, i: number): number {
  if (limit[i] === 1) return 0;
  return Math.min(1, occupancy[i] / SATURATING) * (limit[i] === 0 ? 1 : UNKNOWN_DEMAND);
}
