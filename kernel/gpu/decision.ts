import { INSTRUCTION } from "./architecture.ts";

/**
 * Where the host stops a group that it holds. The host holds where it launches kernels, so no control operation is
 * needed.
 */
export const HOLDS = ["none", "request", "in-flight", "kernel", "block"] as const;

/** The group is not held. */
export const HOLD_NONE = 0;
/** The running request finishes. The host does not launch the next one. */
export const HOLD_REQUEST = 1;
/** The kernels in flight finish (`depth` of them; without a depth the whole request is in flight). */
export const HOLD_IN_FLIGHT = 2;
/** The running kernel finishes. The kernels in flight behind it leave one by one (a check before each kernel). */
export const HOLD_KERNEL = 3;
/** The running thread blocks finish (every block polls a flag). The kernels in flight leave one by one. */
export const HOLD_BLOCK = 4;

/** How groups share the GPU. */
export const SHARINGS = ["as-is", "time-slice", "streams", "shares", "partition"] as const;

/** As the workload's clients share it. In later decisions of a run: unchanged, as the first decision set it. */
export const SHARING_AS_IS = 0;
/** One context per group. The runlist, the hardware's list of groups, gives them turns. */
export const SHARING_TIME_SLICE = 1;
/** All groups in one context. Kernels run side by side, first come, first served. */
export const SHARING_STREAMS = 2;
/** One context, with a cap on the multiprocessors of each group (`share`): MPS active thread percentage. */
export const SHARING_SHARES = 3;
/** Multiprocessors and memory are divided between the groups (`share`): MIG. */
export const SHARING_PARTITION = 4;

/** Which events ask for a decision, in addition to the tick and the wake-up. This level: those of critical requests. */
export const NOTIFY_CRITICAL = 0;
/** Also the arrival, launch and end of best-effort requests. */
export const NOTIFY_REQUESTS = 1;
/** Also the end of every kernel. */
export const NOTIFY_KERNELS = 2;

/** The hardware's default timeslice, us. Source: kernel_fifo_gv100.c, RAMRL 128 << 3. */
export const DEFAULT_SLICE_US = 1024;

/** Longest timeslice, us. Source: RAMRL TIMEOUT 8 bits, SCALE 4 bits: 255 << 15. */
export const MAX_SLICE_US = 255 * 2 ** 15;

/**
 * The settings that the GPU is to have from now on. Arrays have one element per channel group. Every difference from
 * the last decision becomes a control operation, and takes effect when that operation does. Enabling several groups at
 * once is one operation, and so is disabling several. `hold`, `depth`, `spin` and `polling` are the host's own
 * settings: they need no control operation and take effect after `microseconds` and a launch latency, in the first
 * decision at once. The object may be reused: the kernel copies it.
 */
export interface GpuDecision {
  /**
   * Timeslice, us, at least 1. The kernel raises it to the driver's minimum and rounds it down as the hardware's
   * encoding does.
   */
  readonly sliceUs: Float64Array;
  /** How often a group stands in the runlist: 0 low, 1 medium, 2 high. */
  readonly interleave: Uint8Array;
  /**
   * Preemption mode, see `PREEMPTION_MODES`. A group without instruction-level preemption falls back to wait-for-idle.
   */
  readonly mode: Uint8Array;
  /** 1: the group may run; 0: it may not. */
  readonly enabled: Uint8Array;
  /** For a disabled group: 1 lets it run on to the end of its timeslice, 0 takes it off at once. */
  readonly gentle: Uint8Array;
  /** 1: preempt the group once, if it is resident. */
  readonly preempt: Uint8Array;
  /** 1: kill the group's running kernel once; it starts again later. Only for idempotent kernels. */
  readonly reset: Uint8Array;
  /** See `HOLDS`. */
  readonly hold: Uint8Array;
  /**
   * Most kernels in flight, 0 for no limit. A limit costs `LAUNCH_OVERHEAD` of the group's time. `depth` and `polling`
   * apply to requests that reach the front of the queue after they take effect.
   */
  readonly depth: Int32Array;
  /** 1: a waiting kernel keeps the GPU for the group until it has work. */
  readonly spin: Uint8Array;
  /** 1: kernels poll a flag (`HOLD_BLOCK`), which costs `POLLING_OVERHEAD` of their time. */
  readonly polling: Uint8Array;
  /** See `SHARINGS`. The first decision of a run sets it; later decisions repeat it or use `SHARING_AS_IS`. */
  sharing: number;
  /** Share of the multiprocessors under `SHARING_SHARES` and `SHARING_PARTITION`. Only the first decision sets it. */
  readonly share: Float64Array;
  /** Notify level: which events ask for a decision, see `NOTIFY_CRITICAL`. */
  notify: number;
  /** Time of an additional decision point, ns; Infinity for none. */
  wakeUp: number;
  /** Time that the decision itself took, us. Its effects are delayed by this time. */
  microseconds: number;
}

/**
 * Least share of a group's time that it costs to limit launches or to check before each kernel. Source: XSched,
 * OSDI'25, level 1: below 3.4 %. If so few kernels are in flight that they end before the next one is launched, the GPU
 * also waits for the launch.
 */
export const LAUNCH_OVERHEAD = 0.034;

/**
 * Time of a kernel that finds at its start that it has to leave, ns. With `HOLD_KERNEL` and `HOLD_BLOCK` every kernel
 * in flight behind the running one takes this long. Source: choice, an empty kernel behind another.
 */
export const EMPTY_KERNEL_NS = 2000;

/** Share of a group's time that polling a flag costs. Source: FLEP (abstract), 2.5 %. */
export const POLLING_OVERHEAD = 0.025;

/** Creates the decision that leaves everything to the hardware, as a driver does by default. */
export function createDecision(groups: number): GpuDecision {
  return {
    sliceUs: new Float64Array(groups).fill(DEFAULT_SLICE_US),
    interleave: new Uint8Array(groups),
    mode: new Uint8Array(groups).fill(INSTRUCTION),
    enabled: new Uint8Array(groups).fill(1),
    gentle: new Uint8Array(groups),
    preempt: new Uint8Array(groups),
    reset: new Uint8Array(groups),
    hold: new Uint8Array(groups),
    depth: new Int32Array(groups),
    spin: new Uint8Array(groups),
    polling: new Uint8Array(groups),
    sharing: SHARING_AS_IS,
    share: new Float64Array(groups).fill(1),
    notify: NOTIFY_CRITICAL,
    wakeUp: Number.POSITIVE_INFINITY,
    microseconds: 0,
  };
}
