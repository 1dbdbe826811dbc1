import { hashUniform } from "../random.ts";
import { LAUNCH_MEDIAN_NS, launchNs } from "./cost.ts";
import {
  DEFAULT_SLICE_US,
  EMPTY_KERNEL_NS,
  HOLD_BLOCK,
  HOLD_IN_FLIGHT,
  HOLD_KERNEL,
  HOLD_NONE,
  LAUNCH_OVERHEAD,
  POLLING_OVERHEAD,
} from "./decision.ts";
import { LOW } from "./interleave.ts";
import { type GpuGroup, serviceNs } from "./workload.ts";

/** Progress at which a group that is not held stops: never. */
const FREE = Number.POSITIVE_INFINITY;

/**
 * Number of thread blocks that `blockResidual` waits for: their ends are independent and uniformly distributed. Source:
 * choice; a GPU holds hundreds, in waves.
 */
const UNEVEN_BLOCKS = 4;

/**
 * The requests of every channel group, and the progress of each group's oldest launched request. Arrays have one
 * element per group. Times are in ns. Progress is in ns of time alone on the GPU, with the group's overheads included.
 * The requests of a group run in the order of their arrival.
 *
 * A request arrives, is prepared on the host, is launched into the group's queue, and is completed.
 */
export class Groups {
  readonly specs: readonly GpuGroup[];
  readonly count: number;

  // The runlist settings in effect.
  readonly enabled: Uint8Array;
  /** For a disabled group: 1 when it may run on to the end of its timeslice. */
  readonly gentle: Uint8Array;
  readonly sliceUs: Float64Array;
  readonly interleave: Uint8Array;
  readonly mode: Uint8Array;

  // The host's own settings in effect.
  readonly hold: Uint8Array;
  readonly depth: Int32Array;
  readonly spin: Uint8Array;
  readonly polling: Uint8Array;

  // Numbers of requests in each state, and the times of the next transitions.
  readonly arrived: Int32Array;
  readonly launched: Int32Array;
  readonly completed: Int32Array;
  /** Launched and not completed. */
  readonly queued: Int32Array;
  /** Arrived and not launched. */
  readonly preparing: Int32Array;
  /** Time of the next arrival, Infinity when none is known. */
  readonly nextArrival: Float64Array;
  /** Time at which the first request in preparation is launched, Infinity without one. */
  readonly nextLaunch: Float64Array;
  /** Time of the last launch. */
  readonly lastLaunch: Float64Array;
  /**
   * Arrivals of closed-loop groups so far, recorded as they happen; null for open-loop groups, whose arrivals are in
   * the workload.
   */
  readonly #arrivals: (Float64Array | null)[];

  // The oldest launched request of each group.
  /** Length of the request with its overheads, ns: its progress at the end. */
  readonly total: Float64Array;
  /** Progress of the request, ns. */
  readonly progress: Float64Array;
  /** Progress at which a held group stops, `FREE` when it is not held. */
  readonly stopAt: Float64Array;
  /** Useful share of the progress. The rest is overhead. */
  readonly useful: Float64Array;
  /**
   * Most kernels in flight (0 for all) and whether kernels poll a flag. Both are fixed when the request reaches the
   * front.
   */
  readonly inFlight: Int32Array;
  readonly polls: Uint8Array;
  /** 1 when the context was saved in the middle of a kernel and has to be restored. */
  readonly saved: Uint8Array;
  /** Number of preemptions so far. It indexes the random draws of `blockResidual`. */
  readonly preemptions: Int32Array;
  /** For a held group that has not stopped yet: the part of the progress up to `stopAt` that does no work. */
  readonly emptying: Float64Array;
  /** 1 when every kernel begins with a check, because the group was once held at a kernel. */
  readonly checks: Uint8Array;

  readonly #key: number;

  /** @param key of the draws of launch latencies and thread blocks */
  constructor(specs: readonly GpuGroup[], key: number) {
    const n = specs.length;
    this.specs = specs;
    this.count = n;
    this.#key = key;
    this.enabled = new Uint8Array(n).fill(1);
    this.gentle = new Uint8Array(n);
    this.sliceUs = new Float64Array(n).fill(DEFAULT_SLICE_US);
    this.interleave = new Uint8Array(n).fill(LOW);
    this.mode = new Uint8Array(n);
    this.hold = new Uint8Array(n);
    this.depth = new Int32Array(n);
    this.spin = new Uint8Array(n);
    this.polling = new Uint8Array(n);
    this.arrived = new Int32Array(n);
    this.launched = new Int32Array(n);
    this.completed = new Int32Array(n);
    this.queued = new Int32Array(n);
    this.preparing = new Int32Array(n);
    this.nextArrival = new Float64Array(n);
    this.nextLaunch = new Float64Array(n).fill(FREE);
    this.lastLaunch = new Float64Array(n);
    this.total = new Float64Array(n);
    this.progress = new Float64Array(n);
    this.stopAt = new Float64Array(n).fill(FREE);
    this.useful = new Float64Array(n).fill(1);
    this.inFlight = new Int32Array(n);
    this.polls = new Uint8Array(n);
    this.saved = new Uint8Array(n);
    this.preemptions = new Int32Array(n);
    this.emptying = new Float64Array(n);
    this.checks = new Uint8Array(n);
    this.#arrivals = specs.map(({ arrivals }) => (arrivals === null ? new Float64Array(64) : null));
    specs.forEach(({ arrivals, after }, g) => {
      if (arrivals === null) this.nextArrival[g] = after.length > 0 ? FREE : 0;
      else this.nextArrival[g] = arrivals.length > 0 ? arrivals[0] : FREE;
    });
  }

  /** Returns an exact copy. */
  fork(): Groups {
    const copy = new Groups(this.specs, this.#key);
    for (const [name, value] of Object.entries(this)) {
      if (ArrayBuffer.isView(value))
        (copy[name as keyof this & keyof Groups] as Float64Array).set(value as Float64Array);
    }
    for (let g = 0; g < this.count; g++) copy.#arrivals[g] = this.#arrivals[g]?.slice() ?? null;
    return copy;
  }

  /** Time at which request `index` of group `g` arrived. */
  arrivalOf(g: number, index: number): number {
    return (this.specs[g].arrivals ?? this.#arrivals[g]!)[index];
  }

  /** Records that the next request of a group arrives at `now`. */
  arrive(g: number, now: number): void {
    const { arrivals, prepNs, thinkNs } = this.specs[g];
    const index = this.arrived[g]++;
    if (arrivals === null) {
      this.#note(g, index, now);
      this.nextArrival[g] = this.#othersReady(g) ? now + thinkNs : FREE;
    } else {
      this.nextArrival[g] = index + 1 < arrivals.length ? arrivals[index + 1] : FREE;
    }
    if (this.preparing[g]++ === 0) this.nextLaunch[g] = this.#launchTime(g, index, now + prepNs);
  }

  /** Launches the first request in preparation at `now`. */
  launch(g: number, now: number): void {
    const next = ++this.launched[g];
    this.lastLaunch[g] = now;
    this.nextLaunch[g] =
      --this.preparing[g] > 0 ? this.#launchTime(g, next, this.arrivalOf(g, next) + this.specs[g].prepNs) : FREE;
    if (this.queued[g]++ === 0) this.#begin(g);
  }

  /** Removes the oldest launched request, completed or dropped. The next one comes to the front. */
  finish(g: number): void {
    this.completed[g]++;
    this.saved[g] = 0;
    this.progress[g] = 0;
    this.emptying[g] = 0;
    if (--this.queued[g] > 0) this.#begin(g);
  }

  /**
   * When the next request of a closed-loop group `g` arrives, now that group `finished` has completed one; else
   * Infinity.
   */
  nextAfter(g: number, finished: number, now: number): number {
    const { arrivals, after, thinkNs } = this.specs[g];
    if (arrivals !== null) return FREE;
    if (after.length === 0) return finished === g ? now + thinkNs : FREE;
    if (!after.includes(finished) || this.nextArrival[g] < FREE) return FREE;
    return this.#othersReady(g) ? now + thinkNs : FREE;
  }

  /** Whether every group that `g` waits for has completed more requests than `g` has sent. */
  #othersReady(g: number): boolean {
    const { after } = this.specs[g];
    return after.length > 0 && after.every((other) => this.completed[other] > this.arrived[g]);
  }

  /** Whether a group could use the GPU now. */
  runnable(g: number): boolean {
    return this.enabled[g] === 1 && this.busy(g);
  }

  /** Whether a group has something to do, enabled or not. */
  busy(g: number): boolean {
    return this.hasWork(g) || this.spin[g] === 1;
  }

  /** Whether a group has a kernel to run. */
  hasWork(g: number): boolean {
    return this.queued[g] > 0 && this.progress[g] < this.stopAt[g];
  }

  /** Progress at which the current stretch of work ends. */
  limit(g: number): number {
    return Math.min(this.total[g], this.stopAt[g]);
  }

  /** Whether the oldest request is in the middle of a kernel. */
  withinKernel(g: number): boolean {
    const progress = this.progress[g];
    return this.queued[g] > 0 && progress > 0 && this.kernelStart(g, this.kernelAt(g)) < progress;
  }

  /** Index of the kernel that runs or comes next. */
  kernelAt(g: number): number {
    const { ends } = this.specs[g].sequence;
    const progress = this.progress[g];
    const total = this.total[g];
    const last = ends[ends.length - 1];
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      // The rounding must match `kernelEnd` to the last bit.
      if (Math.floor((ends[middle] * total) / last) > progress) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Progress at which kernel `kernel` of the oldest request starts. */
  kernelStart(g: number, kernel: number): number {
    return kernel === 0 ? 0 : this.kernelEnd(g, kernel - 1);
  }

  /** Progress at which kernel `kernel` of the oldest request ends. */
  kernelEnd(g: number, kernel: number): number {
    const { ends } = this.specs[g].sequence;
    const last = ends.length - 1;
    return kernel >= last ? this.total[g] : Math.floor((ends[kernel] * this.total[g]) / ends[last]);
  }

  /**
   * Time until the running thread blocks have ended, ns: that of the last of many blocks that began at different times.
   * It is drawn by the number of preemptions so far and is at most the rest of the kernel.
   */
  blockResidual(g: number): number {
    const kernel = this.kernelAt(g);
    const { sequence } = this.specs[g];
    const longest = sequence.blockNs[kernel] * (this.total[g] / sequence.ends[sequence.ends.length - 1]);
    const drawn = Math.ceil(longest * hashUniform(this.#key, g, this.preemptions[g]) ** (1 / UNEVEN_BLOCKS));
    return Math.min(drawn, this.kernelEnd(g, kernel) - this.progress[g]);
  }

  /**
   * Kills the running kernel. It starts again later, as do the kernels that were leaving. Returns the lost time, ns.
   */
  killKernel(g: number): number {
    const lost = this.#takeBack(g);
    const start = this.kernelStart(g, this.kernelAt(g));
    const killed = this.progress[g] - start;
    this.progress[g] = start;
    // These holds stop behind the running kernel, and no kernel runs any more.
    if (this.hold[g] === HOLD_KERNEL || this.hold[g] === HOLD_BLOCK) {
      this.stopAt[g] = start;
      this.emptying[g] = 0;
    }
    return lost + killed;
  }

  /**
   * Part of `drain` ns in which multiprocessors were idle because no block followed one that had ended. 0 when the
   * kernel came to its end.
   */
  emptyNs(g: number, drain: number): number {
    return this.withinKernel(g) ? Math.floor(drain / 2) : 0;
  }

  /** Called when a held group has reached `stopAt`: takes back the progress that did no work, and returns it. */
  empty(g: number): number {
    const lost = this.progress[g] >= this.stopAt[g] ? this.emptying[g] : 0;
    this.emptying[g] = 0;
    this.progress[g] -= lost;
    if (lost > 0) this.stopAt[g] = this.progress[g];
    return lost;
  }

  /**
   * Puts a hold into effect, see `HOLDS`. Returns the progress towards the previous stop that did no work and is taken
   * back.
   */
  setHold(g: number, hold: number): number {
    const lost = this.#takeBack(g);
    this.hold[g] = hold;
    this.emptying[g] = 0;
    if (hold === HOLD_KERNEL) this.checks[g] = 1;
    this.stopAt[g] = hold === HOLD_NONE ? FREE : this.queued[g] > 0 ? this.#stop(g, hold) : 0;
    return lost;
  }

  /** Takes back the progress that a held group made without work on its way to `stopAt`. */
  #takeBack(g: number): number {
    // Kernels that are shorter than an empty kernel end as soon as empty ones would.
    if (this.emptying[g] === 0 || this.progress[g] >= this.total[g]) return 0;
    const lost = Math.max(0, this.progress[g] - (this.stopAt[g] - this.emptying[g]));
    this.progress[g] -= lost;
    return lost;
  }

  #stop(g: number, hold: number): number {
    const kernel = this.kernelAt(g);
    const progress = this.progress[g];
    const within = this.kernelStart(g, kernel) < progress;
    const end = this.kernelEnd(g, kernel);
    switch (hold) {
      case HOLD_IN_FLIGHT: {
        const depth = this.inFlight[g];
        return depth === 0 ? this.total[g] : this.kernelEnd(g, kernel + depth - 1);
      }
      case HOLD_KERNEL:
        return within ? this.#leave(g, kernel, end, 0) : progress;
      case HOLD_BLOCK:
        if (!within) return progress;
        if (this.polls[g] === 0) return this.#leave(g, kernel, end, 0);
        return this.#leave(g, kernel, progress + this.blockResidual(g), progress);
      default:
        return this.progress[g] > 0 ? this.total[g] : 0;
    }
  }

  /**
   * Progress at which a group stops when its running kernel works until `until` and the kernels in flight behind it
   * then leave. The group runs on to that point, and the progress that did no work is taken back there.
   *
   * @param from progress at which multiprocessors begin to be idle, 0 when the kernel runs to its own end
   */
  #leave(g: number, kernel: number, until: number, from: number): number {
    const depth = this.inFlight[g];
    const left = this.specs[g].sequence.durations.length - 1 - kernel;
    const leaving = (depth === 0 ? left : Math.min(left, depth - 1)) * EMPTY_KERNEL_NS;
    const empty = from > 0 && until < this.kernelEnd(g, kernel) ? Math.floor((until - from) / 2) : 0;
    const stop = Math.min(this.total[g], until + leaving);
    this.emptying[g] = stop - until + empty;
    return stop;
  }

  #begin(g: number): void {
    this.emptying[g] = 0;
    this.inFlight[g] = this.depth[g];
    this.polls[g] = this.polling[g];
    const service = serviceNs(this.specs[g], this.completed[g]);
    const overhead = this.#launchOverhead(g, service) + (this.polls[g] === 1 ? POLLING_OVERHEAD : 0);
    this.total[g] = overhead === 0 ? service : Math.round(service * (1 + overhead));
    this.useful[g] = service / this.total[g];
    this.stopAt[g] = this.hold[g] === HOLD_NONE ? FREE : 0;
  }

  #launchOverhead(g: number, service: number): number {
    const depth = this.inFlight[g];
    if (depth === 0) return this.checks[g] === 1 ? LAUNCH_OVERHEAD : 0;
    const mean = service / this.specs[g].sequence.durations.length;
    return Math.max(LAUNCH_OVERHEAD, (LAUNCH_MEDIAN_NS - (depth - 1) * mean) / mean);
  }

  #launchTime(g: number, index: number, prepared: number): number {
    return Math.max(prepared + launchNs(this.#key, g, index), this.lastLaunch[g]);
  }

  #note(g: number, index: number, now: number): void {
    let list = this.#arrivals[g]!;
    if (index === list.length) {
      list = new Float64Array(2 * index);
      list.set(this.#arrivals[g]!);
      this.#arrivals[g] = list;
    }
    list[index] = now;
  }
}
