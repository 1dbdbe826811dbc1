import { INSTRUCTION } from "./architecture.ts";
import { DEFAULT_SLICE_US, MAX_SLICE_US } from "./decision.ts";

/** Means by which a best-effort group is taken off the GPU when critical work needs it. */
export const MEANS = ["timeslice", "disable", "gate", "poll", "auto"] as const;

/** Its timeslice ends. The hardware does it, at no cost but the wait for the end of the timeslice. */
export const BY_TIMESLICE = 0;
/** One control operation disables it, another enables it again. */
export const BY_DISABLE = 1;
/** The host launches only a few kernels ahead, and none while there is critical work. */
export const BY_GATE = 2;
/** Its kernels are rewritten: every thread block polls a flag and leaves. */
export const BY_POLL = 3;
/** The means that the planner estimates to be fastest, from the group's profile. */
export const BY_AUTO = 4;

/** Instead of a preemption mode: the mode that the planner estimates to cost least, from the group's profile. */
export const AUTO_MODE = 3;

/** When a best-effort group may be on the runlist. */
export const TURNS = ["take-turns", "always", "never"] as const;

/** One at a time of the groups that take turns. */
export const TAKE_TURNS = 0;
/** Always on, whatever other groups do. */
export const ALWAYS = 1;
/** Never on. */
export const NEVER_ON = 2;

/** For which requests the GPU is kept before their launch. */
export const RESERVES = ["hint", "none", "tight", "wide", "linger"] as const;

/** Requests in preparation. */
export const RESERVE_HINT = 0;
/** No requests: the GPU is never kept ahead of a launch. */
export const RESERVE_NONE = 1;
/** Also the next expected request, if it comes close to the expected time. */
export const RESERVE_TIGHT = 2;
/** As `RESERVE_TIGHT`, with more margin on both sides. */
export const RESERVE_WIDE = 3;
/** Also a request that comes shortly after the last one has ended. */
export const RESERVE_LINGER = 4;

/** When best-effort groups that were taken off may return. */
export const RELEASES = ["resident", "done"] as const;

/** As soon as critical work is resident. Its long timeslice keeps it on the GPU. */
export const RELEASE_RESIDENT = 0;
/** When no critical work is left. */
export const RELEASE_DONE = 1;

/** Whether each client has its own context, or all share one from the start of the run. */
export const CONTEXTS = ["own", "shared"] as const;

/** One context per client. The runlist gives them turns. */
export const CONTEXT_OWN = 0;
/**
 * One server launches for all clients. Kernels run side by side, no context is switched, and only holding takes a group
 * off.
 */
export const CONTEXT_SHARED = 1;

/**
 * Order 0. It becomes -1 while the group's oldest request can no longer be in time and is long compared with a control
 * operation, see `PlannerSettings.orderControls`.
 */
export const ORDER_AUTO = Number.NaN;

/**
 * Timeslice of critical groups, us. They leave earlier, when they have nothing left to do. Source: GPreempt's artifact.
 */
const CRITICAL_SLICE_US = 1_000_000;

/**
 * Lasting intentions from which `GpuPlanner` derives decisions, which are settings of the moment. Arrays have one
 * element per group. `means`, `mode`, `sliceUs` and `turn` apply to best-effort groups; `mode`, `sliceUs`, `reserve`,
 * `lead`, `release`, `context` and `order` apply to critical groups.
 */
export interface GpuStance {
  /** See `MEANS`. */
  readonly means: Uint8Array;
  /** See `PREEMPTION_MODES`, or `AUTO_MODE`. */
  readonly mode: Uint8Array;
  /** us. */
  readonly sliceUs: Float64Array;
  /** See `TURNS`. */
  readonly turn: Uint8Array;
  /** See `RESERVES`. */
  readonly reserve: Uint8Array;
  /** See `RELEASES`. */
  readonly release: Uint8Array;
  /**
   * Time before a launch from which the GPU is kept for it, relative to the estimated time until best-effort work has
   * left.
   */
  readonly lead: Float64Array;
  /** See `CONTEXTS`. The first critical group's value at the start of the run applies to all groups. */
  readonly context: Uint8Array;
  /**
   * A critical group waits while one of higher order has work; control operations disable it. NaN: see `ORDER_AUTO`.
   */
  readonly order: Float64Array;
}

/**
 * Creates a stance that reserves nothing. Best-effort groups have the hardware's timeslice, critical groups have
 * `CRITICAL_SLICE_US`.
 */
export function createStance(critical: Uint8Array): GpuStance {
  const n = critical.length;
  return {
    means: new Uint8Array(n),
    mode: new Uint8Array(n).fill(INSTRUCTION),
    sliceUs: Float64Array.from(critical, (yes) =>
      yes === 1 ? Math.min(CRITICAL_SLICE_US, MAX_SLICE_US) : DEFAULT_SLICE_US,
    ),
    turn: new Uint8Array(n),
    reserve: new Uint8Array(n).fill(RESERVE_NONE),
    release: new Uint8Array(n).fill(RELEASE_DONE),
    lead: new Float64Array(n).fill(1),
    context: new Uint8Array(n),
    order: new Float64Array(n),
  };
}
