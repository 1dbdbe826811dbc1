import type { GpuArchitecture } from "./architecture.ts";

/** What happened at a decision point. Where several things did at one time, the last of them in this order. */
export const GPU_EVENTS = ["start", "wake-up", "tick", "kernel", "done", "arrival", "ready"] as const;

/** Name of an event: the arrival of a request that the host prepares (a hint), its launch, its end, ... */
export type GpuEvent = (typeof GPU_EVENTS)[number];

/** Time between ticks, ns. Source: choice, the period of a kernel at HZ=1000. */
export const TICK_NS = 1_000_000;

/**
 * What host and driver can know at a decision point. Reused, and its arrays are the kernel's own: read them, do not keep or
 * write them. What is left of a running kernel, how long a request will really take and what will arrive are not in here.
 * Times are ns; arrays have one element a group.
 */
export interface GpuView {
  /** Now. */
  time: number;
  event: GpuEvent;
  /** Group it happened to, -1 for none. */
  eventGroup: number;

  /** Number of groups. */
  readonly groups: number;
  readonly architecture: GpuArchitecture;
  /** Median latency of a control operation. */
  readonly controlNs: number;
  /** Shortest timeslice the driver accepts, us. */
  readonly minSliceUs: number;
  /** Whether clients have one context in common (`streams`) unless it is decided otherwise. */
  readonly streams: boolean;
  /** How groups share the GPU, see `SHARINGS`: `SHARING_AS_IS` until the first decision. */
  sharing: number;

  // Of each group, known beforehand: its class and its profile.
  readonly critical: Uint8Array;
  /** Latency that is allowed, over that of a request alone. */
  readonly slo: Float64Array;
  /** Time of a request's kernels alone on the GPU by the group's profile. */
  readonly expectedNs: Float64Array;
  readonly prepNs: Float64Array;
  readonly meanKernelNs: Float64Array;
  /** Mean length of the kernel that runs at a random time: E[k^2] / E[k]. */
  readonly weightedKernelNs: Float64Array;
  readonly maxKernelNs: Float64Array;
  /** Mean of the longest thread block of the kernel that runs at a random time. */
  readonly blockNs: Float64Array;
  /** Mean share of the multiprocessors its kernels can fill. */
  readonly occupancy: Float64Array;
  readonly instructionPreemption: Uint8Array;
  readonly idempotent: Uint8Array;

  // The runlist as it is, operations that have not taken effect yet not included.
  readonly enabled: Uint8Array;
  readonly sliceUs: Float64Array;
  readonly interleave: Uint8Array;
  readonly mode: Uint8Array;
  /** Group whose context is on the GPU, -1 for none; under a sharing by space -1. */
  resident: number;
  /** Whether the GPU changes groups right now. */
  switching: boolean;
  /** Control operations that have not taken effect yet. */
  controlInFlight: number;
  /** Since when the resident group is. */
  residentSince: number;

  // What each group has to do.
  /** Requests that are launched and not done. */
  readonly queued: Int32Array;
  /** Requests that are being prepared. */
  readonly preparing: Int32Array;
  /** When the first of those will be launched, Infinity for none. */
  readonly nextReady: Float64Array;
  /** Arrival of the oldest launched request, Infinity for none. */
  readonly headArrival: Float64Array;
  /** Until when it must be done: arrival + prep + declared length + slack. Infinity for none and for best effort. */
  readonly headDeadline: Float64Array;
  /** Declared length of it. */
  readonly headExpectedNs: Float64Array;
  /** Time of it that is done, in units of time alone on the GPU. */
  readonly headServedNs: Float64Array;
  /** Time since the running kernel began, not counting time it was preempted. */
  readonly kernelElapsedNs: Float64Array;
  /** Profiled length, occupancy and limit of the kernel that runs or comes next; 0, 0 and -1 without one. */
  readonly nextKernelNs: Float64Array;
  readonly nextOccupancy: Float64Array;
  readonly nextLimit: Int8Array;

  // What each group did.
  /** Useful time on the GPU so far. */
  readonly servedNs: Float64Array;
  readonly arrived: Int32Array;
  readonly completed: Int32Array;
  /** Critical requests that were later than their slack. */
  readonly missed: Int32Array;
  /** -Infinity before the first. */
  readonly lastArrival: Float64Array;
  /** Moving average of the time between arrivals and of its absolute deviation; 0 before the second arrival. */
  readonly gapNs: Float64Array;
  readonly gapDeviationNs: Float64Array;
  /** Time at which the last request ended. -Infinity before. */
  readonly lastDone: Float64Array;
  /** Share of the GPU's time that critical requests ask for as they arrive, lately: see `CriticalLoad`. */
  criticalLoad: number;
  /** Changes of the resident group so far, and the time they took. */
  switches: number;
  switchNs: number;
}
