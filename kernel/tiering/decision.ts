/**
 * What a policy sets for the next interval: one of the kernel's placement mechanisms, and its knobs. A policy that
 * wants to place pages itself uses `explicit`.
 */
export type TieringDecision = NoneDecision | HintFaultDecision | HistogramDecision | ExplicitDecision;

/** Leave every page where it is. */
export interface NoneDecision {
  readonly mechanism: "none";
}

/**
 * NUMA-balancing hint faults: a scanner unmaps base pages of the slow tier; the time until the program touches one
 * again says how hot it is. Pages come to the fast tier as they fault; a clock with a second chance picks who leaves.
 */
export interface HintFaultDecision {
  readonly mechanism: "hint-fault";
  /** A page whose fault comes within this time of being scanned is hot, ms. Infinity: any touched page. */
  hotThresholdMs: number;
  /** Address space scanned per second, MB. */
  scanRate: number;
  /** Most promotion candidates per second, MB. */
  promoteRate: number;
}

/**
 * Sampled histogram placement: pages are ranked by sampled heat, the hottest go to the fast tier until it is full or
 * until it serves `fastShare` of the accesses; above that share hot pages go back down.
 */
export interface HistogramDecision {
  readonly mechanism: "histogram";
  /** Share of accesses the fast tier is to serve at most, 0 to 1. 1: as many as fit. */
  fastShare: number;
  /** Most bytes moved per second, MB, both directions together. */
  moveRate: number;
  /** How much of a page's heat is what was sampled just now, 0 to 1; the rest is a long average, see `Sampler`. */
  recency: number;
  /** How much hotter a page must be than the one it replaces: `heat > other (1 + h) + h`. */
  hysteresis: number;
  /** What heat is measured with. Default: sampling. */
  monitor?: "sampling" | "damon";
}

/** Moves these pages, demotions first, each list in order, until the interval or the rate is used up. */
export interface ExplicitDecision {
  readonly mechanism: "explicit";
  /** Pages to bring to the fast tier; those already there are passed over. */
  promote: Int32Array;
  /** How many of `promote` count. */
  promoteCount: number;
  /** Pages to take out of the fast tier; those not there are passed over. */
  demote: Int32Array;
  demoteCount: number;
  /** Most bytes moved per second, MB. */
  moveRate: number;
}

/**
 * Ranges of histogram placement's knobs, the same for everybody who sets them: static settings, heuristics, the hand
 * rule and learned policies. A wider range for one of them would decide a comparison. `start` is a sane setting, where
 * every search begins; recency and hysteresis were looked for on the training split.
 */
export const HISTOGRAM_KNOBS = {
  fastShare: { min: 0, max: 1, start: 0.5 },
  moveRate: { min: 256, max: 16384, start: 2048 },
  recency: { min: 0, max: 1, start: 0.8 },
  hysteresis: { min: 0.125, max: 8, start: 1.5 },
} as const;

/** Throws a RangeError that names the first knob outside its range. */
export function assertDecision(decision: TieringDecision): void {
  switch (decision.mechanism) {
    case "none":
      return;
    case "hint-fault":
      atLeast("hotThresholdMs", decision.hotThresholdMs, 0);
      atLeast("scanRate", decision.scanRate, 0);
      atLeast("promoteRate", decision.promoteRate, 0);
      return;
    case "histogram":
      share("fastShare", decision.fastShare);
      share("recency", decision.recency);
      atLeast("moveRate", decision.moveRate, 0);
      atLeast("hysteresis", decision.hysteresis, 0);
      return;
    case "explicit":
      atLeast("moveRate", decision.moveRate, 0);
      return;
    default:
      throw new RangeError(
        `mechanism must be none, hint-fault, histogram or explicit, got ${(decision as { mechanism: unknown }).mechanism}`,
      );
  }
}

function share(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must be from 0 to 1, got ${value}`);
}

function atLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new RangeError(`${name} must be at least ${least}, got ${value}`);
}
