import type { Interval } from "../compare/statistics.ts";

/** `combined_score` of a program that has none: below every score of a program that runs. */
export const NO_SCORE = -1000;

/** What `score-program` prints. The names are those that searches for programs expect. */
export interface ProgramScore {
  /** Mean score, 0 for the default and 1 for the bound; `NO_SCORE` for a program that cannot be scored. */
  combined_score: number;
  /** Whether the program ran to the end of every episode of the full stage. */
  valid: boolean;
  /** Mean score by workload. */
  scores: Record<string, number>;
  artifacts: ProgramArtifacts;
}

/** What a search can learn from. */
export interface ProgramArtifacts {
  /** `full`, or `quick` where the full stage was left out. */
  stage: "quick" | "full";
  /** 95 % interval of the mean score over the episodes; null for a single episode of a workload. */
  interval?: Interval | null;
  /** Mean cost of the program and of the default. */
  cost?: number;
  default_cost?: number;
  /** Mean time of a decision, us. It is not repeatable. */
  decision_us?: number;
  /** The workload with the lowest score, with every metric of one episode: the program's, and the default's. */
  worst?: { workload: string; seed: number; program: Record<string, number>; default: Record<string, number> };
  /** Why the program has no score, with the line at which it failed. */
  error?: string;
}

/** The result of a program that has no score. */
export function failed(stage: ProgramArtifacts["stage"], error: string): ProgramScore {
  return { combined_score: NO_SCORE, valid: false, scores: {}, artifacts: { stage, error } };
}
