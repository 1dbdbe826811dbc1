import type { Groups } from "./groups.ts";
import type { TimeLedger } from "./time_ledger.ts";

/** What an engine tells the kernel about. */
export interface EngineEvents {
  /** Group `g` has done all of its oldest launched request, or has lost it (`dropped`). Called before it leaves the queue. */
  requestDone(g: number, dropped: boolean): void;
  /** Group `g` has finished a kernel. Only when asked for with `notifyKernels`. */
  kernelDone(g: number): void;
}

/**
 * The part of the GPU that runs kernels: one group at a time (`RunlistEngine`) or several side by side (`SpatialEngine`). It
 * owns `progress` of the groups. Times in ns, whole.
 */
export interface Engine {
  /** When something happens in here next; Infinity for never. */
  readonly next: number;
  /** Runs on to `time`, at most `next`. */
  advance(time: number): void;
  /** Does what is due at `next`, to which it was advanced. */
  fire(): void;
  /** Something of group `g` changed that says whether or how long it may run: work, hold, spin, enable bit, timeslice. */
  changed(g: number): void;
  /** Interleave levels changed. */
  relist(): void;
  /** Takes group `g` off the GPU if it is on it. */
  preempt(g: number): void;
  /** Kills the running kernel of group `g` if it is on the GPU; it starts again later. */
  reset(g: number): void;
  /** Whether the end of every kernel is an event. */
  notifyKernels: boolean;
  /** Group whose context is on the GPU, -1 for none or several. */
  readonly resident: number;
  /** Since when. */
  readonly residentSince: number;
  /** Whether the GPU changes groups now. */
  readonly switching: boolean;
  /** Changes of group so far. */
  readonly switches: number;
  /** Requests that were ended because a preemption took too long. */
  readonly timeouts: number;
  /** Things that happened so far, kernels' ends that nobody asked for not included. */
  readonly events: number;
  /** An exact copy for copies of the groups and the ledger. */
  fork(groups: Groups, ledger: TimeLedger, events: EngineEvents): Engine;
}
