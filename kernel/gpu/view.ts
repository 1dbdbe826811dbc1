import type { GpuArchitecture } from "./architecture.ts";

/**
 * Events that cause a decision point. When several happen at the same time, the view names the last of them in this
 * order.
 */
export const GPU_EVENTS = ["start", "wake-up", "tick", "kernel", "done", "arrival", "ready"] as const;

/**
 * Name of an event. `arrival`: a request arrives that the host prepares (a hint). `ready`: its launch. `done`: its end.
 */
export type GpuEvent = (typeof GPU_EVENTS)[number];

/** Time between ticks, ns. Source: choice, the period of a kernel at HZ=1000. */
export const TICK_NS = 1_000_000;

/**
 * What host and driver can know at a decision point. The kernel reuses the object, and the arrays are its own: read
 * them, do not keep or write them. The view leaves out the rest of a running kernel, the true length of a request and
 * future arrivals. Times are ns. Arrays have one element per group.
 */
export interface GpuView {
  /** Current time. */
  time: number;
  event: GpuEvent;
  /** Group of the event, -1 for none. */
  eventGroup: number;

  /** Number of groups. */
  readonly groups: number;
  readonly architecture: GpuArchitecture;
  /** Median latency of a control operation. */
  readonly controlNs: number;
  /** Shortest timeslice that the driver accepts, us. */
  readonly minSliceUs: number;
  /** Whether clients share one context (`streams`) by default, that is under `SHARING_AS_IS`. */
  readonly streams: boolean;
  /** How groups share the GPU, see `SHARINGS`: `SHARING_AS_IS` until the first decision. */
  sharing: number;

  // What is known of each group from the start: its class and its profile.
  readonly critical: Uint8Array;
  /** Allowed latency relative to a request alone. */
  readonly slo: Float64Array;
  /** Time of a request's kernels alone on the GPU, by the group's profile. */
  readonly expectedNs: Float64Array;
  readonly prepNs: Float64Array;
  readonly meanKernelNs: Float64Array;
  /** Mean length of the kernel that runs at a random time: E[k^2] / E[k]. */
  readonly weightedKernelNs: Float64Array;
  readonly maxKernelNs: Float64Array;
  /** Mean over the kernels, weighted by their lengths, of the longest thread block. */
  readonly blockNs: Float64Array;
  /** Mean share of the multiprocessors that the group's kernels can fill. */
  readonly occupancy: Float64Array;
  readonly instructionPreemption: Uint8Array;
  readonly idempotent: Uint8Array;

  // The runlist in effect, without the operations that have not taken effect yet.
  readonly enabled: Uint8Array;
  readonly sliceUs: Float64Array;
  readonly interleave: Uint8Array;
  readonly mode: Uint8Array;
  /** Group whose context is on the GPU, -1 for none; always -1 under a sharing by space. */
  resident: number;
  /** Whether the GPU is changing groups now. */
  switching: boolean;
  /** Number of control operations that have not taken effect yet. */
  controlInFlight: number;
  /** Time since which the resident group is resident. */
  residentSince: number;

  // The work of each group.
  /** Number of requests that are launched and not completed. */
  readonly queued: Int32Array;
  /** Number of requests in preparation. */
  readonly preparing: Int32Array;
  /** When the first request in preparation will be launched, Infinity for none. */
  readonly nextReady: Float64Array;
  /** Arrival of the oldest launched request, Infinity for none. */
  readonly headArrival: Float64Array;
  /**
   * Deadline of the oldest launched request: arrival + prep + declared length + slack. Infinity for none and for best
   * effort.
   */
  readonly headDeadline: Float64Array;
  /** Declared length of the oldest launched request. */
  readonly headExpectedNs: Float64Array;
  /** Completed part of the oldest launched request, in time alone on the GPU. */
  readonly headServedNs: Float64Array;
  /** Time since the running kernel began, without the time in which it was preempted. */
  readonly kernelElapsedNs: Float64Array;
  /** Profiled length, occupancy and limit of the kernel that runs or comes next; 0, 0 and -1 without one. */
  readonly nextKernelNs: Float64Array;
  readonly nextOccupancy: Float64Array;
  readonly nextLimit: Int8Array;

  // The history of each group.
  /** Useful time on the GPU so far. */
  readonly servedNs: Float64Array;
  readonly arrived: Int32Array;
  readonly completed: Int32Array;
  /** Critical requests that were later than their slack. */
  readonly missed: Int32Array;
  /** Time of the last arrival, -Infinity before the first. */
  readonly lastArrival: Float64Array;
  /** Moving averages of the time between arrivals and of its absolute deviation; 0 before the second arrival. */
  readonly gapNs: Float64Array;
  readonly gapDeviationNs: Float64Array;
  /** Time at which the last request ended, -Infinity before the first end. */
  readonly lastDone: Float64Array;
  /** Share of the GPU's time that critical requests have recently asked for: see `CriticalLoad`. */
  criticalLoad: number;
  /** Number of changes of the resident group so far, and the time they took. */
  switches: number;
  switchNs: number;
}
