import { programHeuristic } from "./program_heuristic.ts";
import { ADDED_WINDOW, bound, type RateLimits, tunedFloor } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/**
 * The line rate, divided by the number of queue pairs that share the last link and multiplied by a share. A receiver
 * that knows all its senders would grant this.
 */
export class FairShare extends RateProgram<RateLimits> {
  constructor(name: string, limits: RateLimits) {
    super(name, limits, 0);
  }

  protected start(queuePair: number, _at: number): void {
    this.beforeSend(queuePair);
  }

  protected hear(queuePair: number, _at: number): void {
    this.beforeSend(queuePair);
  }

  override beforeSend(queuePair: number): void {
    const { table, constants } = this;
    const sharers = Math.max(1, table.sharers[queuePair]);
    this.setRate(queuePair, (constants.start * table.line[queuePair]) / sharers);
  }
}

/** An equal share of the last link. */
export const fairShare: CongestionEntry = {
  name: "fair-share",
  role: "simple",
  description: "the line rate divided by the senders that share the last link, which it is told",
  source: "what a receiver could grant that knew its senders",
  information: "senders",
  knobs: [],
  create: () => programHeuristic(new FairShare("fair-share", { start: 1, floor: tunedFloor, window: Infinity })),
};

/** A multiple of the equal share, with a window. Both are tuned. */
export const fairShareTuned: CongestionEntry = {
  name: "fair-share-tuned",
  role: "published",
  description: "a multiple of the equal share of the last link, with a window, both tuned",
  source: "as `fair-share`",
  startsAs: "fair-share",
  information: "senders",
  knobs: [{ name: "share", min: 0.5, max: 2, scale: "log", start: 1 }, ADDED_WINDOW],
  create: ({ share, window }) =>
    programHeuristic(new FairShare("fair-share-tuned", { start: share, floor: tunedFloor, window: bound(window) })),
};
