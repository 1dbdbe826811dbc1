/**
 * What a policy sets for the next interval: one of the kernel's placement mechanisms and its knobs. A policy that
 * places pages itself uses `explicit`.
 */
export type TieringDecision = NoneDecision | HintFaultDecision | HistogramDecision | ExplicitDecision;

/** Leaves every page where it is. */
export interface NoneDecision {
  readonly mechanism: "none";
}

/**
 * NUMA-balancing hint faults. A scanner unmaps base pages of the slow tier. The time until the program touches such a
 * page again tells how hot it is. Pages enter the fast tier as they fault; a clock with a second chance picks the pages
 * that leave.
 */
export interface HintFaultDecision {
  readonly mechanism: "hint-fault";
  /** A page is hot if its fault comes within this time after the scan, ms. Infinity: any touched page is hot. */
  hotThresholdMs: number;
  /** Address space scanned per second, MB. */
  scanRate: number;
  /** Most promotion candidates per second, MB. */
  promoteRate: number;
}

/**
 * Sampled histogram placement. Pages are ranked by sampled heat. The hottest go to the fast tier until it is full or
 * until it serves `fastShare` of the accesses; above that share hot pages go back down.
 */
export interface HistogramDecision {
  readonly mechanism: "histogram";
  /** Most accesses that the fast tier should serve, as a share, 0 to 1. 1: as many as fit. */
  fastShare: number;
  /** Most bytes moved per second, MB, in both directions together. */
  moveRate: number;
  /** Weight of the newest samples in a page's heat, 0 to 1. The rest is a long average, see `Sampler`. */
  recency: number;
  /** How much hotter a page must be than the page it replaces: `heat > other (1 + h) + h`. */
  hysteresis: number;
  /** Monitor that measures heat. Default: sampling. */
  monitor?: "sampling" | "damon";
}

/** Moves these pages, demotions first, each list in order, until the interval or the rate is used up. */
export interface ExplicitDecision {
  readonly mechanism: "explicit";
  /** Pages to promote to the fast tier. Pages that are there already are skipped. */
  promote: Int32Array;
  /** Number of valid entries of `promote`. */
  promoteCount: number;
  /** Pages to demote out of the fast tier. Pages that are not there are skipped. */
  demote: Int32Array;
  demoteCount: number;
  /** Most bytes moved per second, MB. */
  moveRate: number;
}

/**
 * Ranges of the knobs of histogram placement. Static settings, heuristics, the hand rule and learned policies all use
 * the same ranges: a wider range for one of them would decide a comparison. `start` is a sane setting, where every
 * search begins. Recency and hysteresis were searched on the training split.
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
