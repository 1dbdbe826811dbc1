import { INSTRUCTION } from "./architecture.ts";
import { DEFAULT_SLICE_US, MAX_SLICE_US } from "./decision.ts";

/** How a best-effort group is taken off the GPU when critical work wants it. */
export const MEANS = ["timeslice", "disable", "gate", "poll", "auto"] as const;

/** Its timeslice ends: the hardware does it, at no cost but the slice. */
export const BY_TIMESLICE = 0;
/** It is disabled by a control operation, and enabled by another. */
export const BY_DISABLE = 1;
/** The host launches few kernels ahead and none while critical work is there. */
export const BY_GATE = 2;
/** Its kernels, rewritten, poll a flag at every thread block and leave. */
export const BY_POLL = 3;
/** By what the planner works out to be fastest by the group's profile. */
export const BY_AUTO = 4;

/** Instead of a preemption mode: the one that the planner works out to cost least by the group's profile. */
export const AUTO_MODE = 3;

/** When a best-effort group may be on the runlist. */
export const TURNS = ["take-turns", "always", "never"] as const;

/** One of those that take turns at a time. */
export const TAKE_TURNS = 0;
export const ALWAYS = 1;
export const NEVER_ON = 2;

/** For which requests the GPU is kept before they are launched. */
export const RESERVES = ["hint", "none", "tight", "wide", "linger"] as const;

/** Those whose preparation is under way. */
export const RESERVE_HINT = 0;
export const RESERVE_NONE = 1;
/** Also the one that is expected next, if it comes about when it should. */
export const RESERVE_TIGHT = 2;
/** The same, with more room on both sides. */
export const RESERVE_WIDE = 3;
/** Also one that comes shortly after the last has ended. */
export const RESERVE_LINGER = 4;

/** When best-effort groups that were taken off may come back. */
export const RELEASES = ["resident", "done"] as const;

/** As soon as critical work is on the GPU: its long timeslice keeps it there. */
export const RELEASE_RESIDENT = 0;
/** When no critical work is left. */
export const RELEASE_DONE = 1;

/** Whether clients have a context each, or one in common from the start of the run on. */
export const CONTEXTS = ["own", "shared"] as const;

/** One each; the runlist takes turns. */
export const CONTEXT_OWN = 0;
/** One server launches for all: kernels run side by side, no context is switched, and only holding takes anything off. */
export const CONTEXT_SHARED = 1;

/** Order 0, but -1 while the group's oldest request cannot be in time any more and is longer than a control operation takes. */
export const ORDER_AUTO = Number.NaN;

/** Timeslice of critical groups, us: they leave when they have nothing left to do. Source: GPreempt's artifact. */
export const CRITICAL_SLICE_US = 1_000_000;

/**
 * What `GpuPlanner` makes decisions of, one element a group: lasting intentions where a `GpuDecision` has settings of the
 * moment. Of a best-effort group `means`, `mode`, `sliceUs` and `turn` count, of a critical one `mode`, `sliceUs`, `reserve`,
 * `lead`, `release`, `context` and `order`.
 */
export interface GpuStance {
  readonly means: Uint8Array;
  /** See `PREEMPTION_MODES`, or `AUTO_MODE`. */
  readonly mode: Uint8Array;
  /** us. */
  readonly sliceUs: Float64Array;
  readonly turn: Uint8Array;
  readonly reserve: Uint8Array;
  readonly release: Uint8Array;
  /** Time before a launch at which the GPU is kept for it, over the time that taking best effort off is thought to take. */
  readonly lead: Float64Array;
  /** See `CONTEXTS`. What the first critical group has at the start holds for all. */
  readonly context: Uint8Array;
  /** While a group with more of it has work, one with less waits, by control operations. NaN: see `ORDER_AUTO`. */
  readonly order: Float64Array;
}

/** A stance by which groups have the hardware's timeslice, critical ones one that does not end, and nothing is kept. */
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
