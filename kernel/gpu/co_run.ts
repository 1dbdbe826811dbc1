import { SHARING_PARTITION, SHARING_STREAMS } from "./decision.ts";
import type { RunningKernels } from "./running_kernels.ts";

/**
 * Total speed of kernels of several clients that run together, relative to one kernel that fills the GPU. It is above 1
 * because they hide some of each other's gaps. Source: the only fitted constant. It is fitted to all published mean
 * latencies and throughputs of TensorRT on RTX 3080 with workloads A, B and C (SJTU-IPADS/disb, results) at once, over
 * 40 draws of the models' kernels. The root mean square of the errors' logarithms is 0.288 at 1, 0.281 at 1.05 and
 * 0.282 at 1.1. Clients with short kernels cause most of the error, because their numbers of kernels are not published:
 * distilbert in C gets half of the measured value, densenet201 in C and resnet152 in B get 1.4 times the measured
 * value.
 */
export const CAPACITY = 1.05;

/** Share of the multiprocessors at which a memory-bound kernel takes all of the memory bandwidth. Source: choice. */
const SATURATING = 0.5;

/** Bandwidth of a kernel whose limit is unknown, relative to a memory-bound kernel. Source: choice. */
const UNKNOWN_DEMAND = 0.5;

/** Rounding error that a sum of shares may have. */
const ROUNDING = 1e-9;

/** Computes how fast kernels run side by side. */
export interface CoRun {
  /** Sets `rate` and `held` of every running kernel. There must be at least one. */
  fillRates(running: RunningKernels): void;
}

/**
 * Creates the model of how kernels run side by side when groups share the GPU by space.
 *
 * @param sharing `SHARING_STREAMS`, `SHARING_SHARES` or `SHARING_PARTITION`
 * @param share `[groups]` most of the multiprocessors that each group may use; not used for `SHARING_STREAMS`
 * @param capacity for calibration
 * @throws RangeError when the shares of a partition add up to more than the whole GPU
 */
export function createCoRun(sharing: number, share: Float64Array, capacity = CAPACITY): CoRun {
  const caps = share.slice();
  if (sharing === SHARING_PARTITION) return new Partition(caps);
  return new Together(sharing === SHARING_STREAMS ? caps.fill(1) : caps, capacity);
}

/**
 * All groups run in one context. Kernels that fit side by side do not wait for each other. Kernels that do not fit take
 * turns, one kernel of each client after the other, so a client with longer kernels gets more: speeds are proportional
 * to the kernels' lengths, none is greater than alone, and all multiprocessors are held. Memory-bound kernels slow each
 * other when together they ask for more than the available bandwidth.
 */
class Together implements CoRun {
  readonly #caps: Float64Array;
  readonly #capacity: number;
  /** `[running]` 1 for kernels that run as fast as alone. Only valid while `fillRates` runs. */
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

  /**
   * Reduces `rate` and `held` from the values that each kernel would have alone, until `held` adds up to the whole GPU.
   */
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

/** Multiprocessors and memory are divided. No group slows another, and no group can use what another leaves idle. */
class Partition implements CoRun {
  readonly #share: Float64Array;

  constructor(share: Float64Array) {
    const sum = share.reduce((total, part) => total + part, 0);
    if (sum > 1 + ROUNDING) throw new RangeError(`shares of a partition must add up to at most 1, got ${sum}`);
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

/** Slows all kernels that use memory by the same factor until their demands add up to the available bandwidth. */
function divideBandwidth(running: RunningKernels): void {
  const { count, limit, rate } = running;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += demand(running, i) * rate[i];
  if (sum <= 1) return;
  for (let i = 0; i < count; i++) if (limit[i] !== 1) rate[i] /= sum;
}

/** Share of the memory bandwidth that a kernel takes when it is alone on the GPU. */
function demand({ occupancy, limit }: RunningKernels, i: number): number {
  if (limit[i] === 1) return 0;
  return Math.min(1, occupancy[i] / SATURATING) * (limit[i] === 0 ? 1 : UNKNOWN_DEMAND);
}
