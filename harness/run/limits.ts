export { MOST_ACCESSES, MOST_WINDOWS } from "../../workloads/format/limits.ts";
export { MAX_DEPTH } from "../../workloads/recorder/page_filter.ts";

import { UsageError } from "./usage_error.ts";

/**
 * Upper limits of numbers that a user gives. With all of them at once a command still takes less than about 2 GB.
 * Source: choice, far above what is in use. Limits of packed traces are in workloads/format/limits.ts, those of
 * hyperparameters in the schemas of the agents.
 */
export const MOST = {
  /** Environment steps of a training. */
  steps: 1_000_000_000,
  /** Training seeds, or seeds of the ladder. */
  seeds: 1000,
  /** Seeds of a simulation. */
  simulatedSeeds: 10_000,
  /** Evaluations while training. */
  evaluations: 10_000,
  /** Episodes of each workload. */
  episodes: 1000,
  /** Processes at a time. */
  workers: 256,
  /** Blocks of a run of the ladder, and runs from which blocks are drawn. */
  blocks: 100_000,
  /** Wait for a recommendation, ms. */
  deadline: 60_000,
  /** Settings tried for a heuristic. */
  budget: 100_000,
  /** Training streams of a class. */
  streams: 10_000,
  /** Passes over the samples. */
  epochs: 100_000,
} as const;

/** Throws a UsageError unless a number is a whole one from 1 to its limit. `what` names it in the message. */
export function assertAtMost(what: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw new UsageError(`${what} must be a whole number from 1 to ${most}, got ${value}`);
}
