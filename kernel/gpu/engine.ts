import type { Groups } from "./groups.ts";
import type { TimeLedger } from "./time_ledger.ts";

/** Callbacks from an engine to the kernel. */
export interface EngineEvents {
  /**
   * Group `g` has finished its oldest launched request, or has lost it (`dropped`). Called before the request leaves
   * the queue.
   */
  requestDone(g: number, dropped: boolean): void;
  /** Group `g` has finished a kernel. Only called while `notifyKernels` is set. */
  kernelDone(g: number): void;
}

/**
 * The part of the GPU that runs kernels: of one group at a time (`RunlistEngine`) or of several side by side
 * (`SpatialEngine`). The engine owns `progress` of the groups. Times are whole ns.
 */
export interface Engine {
  /** Time of the engine's next event; Infinity for none. */
  readonly next: number;
  /** Runs on to `time`, which is at most `next`. */
  advance(time: number): void;
  /** Handles the event that is due at `next`. Call `advance` to that time first. */
  fire(): void;
  /**
   * Reacts to a change of group `g` that affects whether or how long it may run: work, hold, spin, enable bit,
   * timeslice.
   */
  changed(g: number): void;
  /** Rebuilds the runlist after interleave levels have changed. */
  relist(): void;
  /** Takes group `g` off the GPU if it is resident. */
  preempt(g: number): void;
  /** Kills the running kernel of group `g` if it is resident; the kernel starts again later. */
  reset(g: number): void;
  /** Whether the engine reports the end of every kernel. */
  notifyKernels: boolean;
  /** Group whose context is on the GPU, -1 for none or several. */
  readonly resident: number;
  /** Time since which that group is resident. */
  readonly residentSince: number;
  /** Whether the GPU is changing groups. */
  readonly switching: boolean;
  /** Number of changes of the resident group so far. */
  readonly switches: number;
  /** Number of requests that were ended because a preemption took too long. */
  readonly timeouts: number;
  /** Number of events so far, without unreported ends of kernels. */
  readonly events: number;
  /** Returns an exact copy that works on given copies of the groups and the ledger. */
  fork(groups: Groups, ledger: TimeLedger, events: EngineEvents): Engine;
}
