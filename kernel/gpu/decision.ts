import { INSTRUCTION } from "./architecture.ts";

/** How far the host lets a held group go on. Holding is done where kernels are launched: it needs no control operation. */
export const HOLDS = ["none", "request", "in-flight", "kernel", "block"] as const;

/** Not held. */
export const HOLD_NONE = 0;
/** The request that runs is finished; the next is not launched. */
export const HOLD_REQUEST = 1;
/** The kernels in flight are finished (`depth` of them; without a depth the whole request is in flight). */
export const HOLD_IN_FLIGHT = 2;
/** The kernel that runs is finished; those in flight behind it leave one by one (a check before each kernel). */
export const HOLD_KERNEL = 3;
/** The thread blocks that run are finished (a flag that every block polls); kernels in flight leave one by one. */
export const HOLD_BLOCK = 4;

/** How groups share the GPU. */
export const SHARINGS = ["as-is", "time-slice", "streams", "shares", "partition"] as const;

/** As the workload's clients do; in a decision after the first, as it was decided, whatever that was. */
export const SHARING_AS_IS = 0;
/** One context a group; the runlist takes turns. */
export const SHARING_TIME_SLICE = 1;
/** All in one context: kernels run side by side, first come, first served. */
export const SHARING_STREAMS = 2;
/** One context with a cap on the multiprocessors of each (`share`): MPS active thread percentage. */
export const SHARING_SHARES = 3;
/** Multiprocessors and memory divided (`share`): MIG. */
export const SHARING_PARTITION = 4;

/** Which points ask for a decision, beside the tick and the wake-up. */
export const NOTIFY_CRITICAL = 0;
/** Also arrivals and ends of best-effort requests. */
export const NOTIFY_REQUESTS = 1;
/** Also the end of every kernel. */
export const NOTIFY_KERNELS = 2;

/** Hardware's timeslice unless told otherwise, us. Source: kernel_fifo_gv100.c, RAMRL 128 << 3. */
export const DEFAULT_SLICE_US = 1024;

/** Longest timeslice, us. Source: RAMRL TIMEOUT 8 bits, SCALE 4 bits: 255 << 15. */
export const MAX_SLICE_US = 255 * 2 ** 15;

/**
 * How the runlist is to be from now on, one element a group. Every difference to what was last asked for becomes a control
 * operation (all groups enabled at once are one, all disabled at once another); nothing takes effect earlier than the
 * operation does. `hold`, `depth`, `spin` and `polling` are the host's own and take effect after `microseconds` and a launch, at the start at once. A reused object:
 * the kernel copies it.
 */
export interface GpuDecision {
  /** Timeslice, us; encoded as the hardware does, rounded down, at least the driver's minimum. */
  readonly sliceUs: Float64Array;
  /** 0 low, 1 medium, 2 high: how often a group stands in the runlist. */
  readonly interleave: Uint8Array;
  /** Preemption mode, see `PREEMPTION_MODES`; without instruction-level preemption a group falls back to wait-for-idle. */
  readonly mode: Uint8Array;
  /** 1: may run; 0: may not. */
  readonly enabled: Uint8Array;
  /** When disabled: 1 lets what runs go on to its slice's end, 0 takes it off. */
  readonly gentle: Uint8Array;
  /** 1: preempt the group if it is resident, once. */
  readonly preempt: Uint8Array;
  /** 1: kill the running kernel of the group, once; it starts again later. Only idempotent kernels. */
  readonly reset: Uint8Array;
  /** See `HOLDS`. */
  readonly hold: Uint8Array;
  /**
   * Most kernels in flight, 0 for no limit. A limit costs `LAUNCH_OVERHEAD` of the group's time; it and `polling` count for
   * requests that come to the front from then on.
   */
  readonly depth: Int32Array;
  /** 1: a waiting kernel occupies the GPU in the group's name until work is there. */
  readonly spin: Uint8Array;
  /** 1: kernels poll a flag (`HOLD_BLOCK`), which costs `POLLING_OVERHEAD` of their time. */
  readonly polling: Uint8Array;
  /** See `SHARINGS`. Given in the first decision of a run; later ones repeat it or say `SHARING_AS_IS`. */
  sharing: number;
  /** Share of the multiprocessors under `SHARING_SHARES` and `SHARING_PARTITION`. Constant after the first decision. */
  readonly share: Float64Array;
  /** See `NOTIFY_CRITICAL`. */
  notify: number;
  /** Time at which to be asked again, ns; Infinity for none. */
  wakeUp: number;
  /** Time the decision itself took, us: its effects come that much later. */
  microseconds: number;
}

/**
 * Least share of a group's time that limiting its launches, or a check before each kernel, costs. Source: XSched, OSDI'25,
 * level 1: below 3.4 %. With so few in flight that kernels end before the next is launched, the GPU waits for it as well.
 */
export const LAUNCH_OVERHEAD = 0.034;

/**
 * Time of a kernel that finds at its start that it has to leave, ns: with `HOLD_KERNEL` and `HOLD_BLOCK` all kernels in flight
 * behind the one that runs take that long. Source: choice, an empty kernel behind another.
 */
export const EMPTY_KERNEL_NS = 2000;

/** Share of a group's time that polling a flag costs. Source: FLEP (abstract), 2.5 %. */
export const POLLING_OVERHEAD = 0.025;

/** The decision that leaves everything to the hardware: what a driver does by default. */
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
