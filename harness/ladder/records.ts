import type { MlModel } from "../../ladder/ml_model.ts";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { Mode } from "../../ladder/states.ts";
import type { BlockResult } from "./block.ts";

/** A row of `ladder.csv`: one block. Empty where there is no such number. */
export interface LadderRecord {
  /** Of the ladder. */
  seed: number;
  block: number;
  workload: string;
  /** Of the run that was played. */
  run: number;
  /** Mode in which it began. */
  mode: Mode;
  /** Probability with which the agent was to decide. */
  share_aimed: number;
  /** Share of the block's operations that it did decide. */
  share_realised: number;
  /** Operations of the live run. */
  operations: number;
  /** Recommendations that were not there or invalid, in the live run and in the copy. */
  refused: number;
  /** Greatest load, 0 to 1. */
  load: number;
  /** Of the live run, in the environment's unit. */
  cost: number;
  /** What the default cost or would have cost. */
  default_cost: number | null;
  /** Relative advantage of the agent, by each evaluator. */
  paired: number | null;
  switchback: number | null;
  /** Of the evidence that counts, after the block: blocks, mean and the bounds that hold at all times. */
  evidence: number;
  advantage: number | null;
  lower: number | null;
  upper: number | null;
  attempt: number;
  /** Mode after the block, where it changed, and why. */
  event: string;
  reason: string;
}

/** Columns of `ladder.csv`. */
export const LADDER_COLUMNS = [
  "seed",
  "block",
  "workload",
  "run",
  "mode",
  "share_aimed",
  "share_realised",
  "operations",
  "refused",
  "load",
  "cost",
  "default_cost",
  "paired",
  "switchback",
  "evidence",
  "advantage",
  "lower",
  "upper",
  "attempt",
  "event",
  "reason",
] as const satisfies readonly (keyof LadderRecord)[];

/** Columns of `transitions.csv`. */
export const TRANSITION_COLUMNS = [
  "seed",
  "block",
  "from",
  "to",
  "reason",
  "evidence",
  "advantage",
  "lower",
  "upper",
  "attempt",
  "alpha",
] as const;

/** The row of a block that has just been closed. @param transitions in it and at its end */
export function recordOf(
  seed: number,
  result: BlockResult,
  { machine }: MlModel,
  transitions: readonly Transition[],
): LadderRecord {
  const { live, other, assignment, efficiency } = result;
  // A change of mode begins a new epoch: what was known when it changed is what the row is about.
  const { count, mean, lower, upper, attempt } = transitions.at(-1)?.evidence ?? machine.evidence;
  return {
    seed,
    block: result.block,
    workload: result.workload,
    run: result.seed,
    mode: result.mode,
    share_aimed: assignment.propensity,
    share_realised: live.applied / live.operations,
    operations: live.operations,
    refused: live.refused + (other?.refused ?? 0),
    load: live.load,
    cost: live.cost,
    default_cost: result.defaultCost,
    paired: efficiency.paired,
    switchback: efficiency.switchback,
    evidence: count,
    advantage: count > 0 ? mean : null,
    lower: finite(lower),
    upper: finite(upper),
    attempt,
    event: transitions.map(({ to }) => to).join(" "),
    reason: transitions.map(({ reason }) => reason).join(" "),
  };
}

/** A row of `transitions.csv`. */
export function transitionCells(seed: number, { block, from, to, reason, evidence }: Transition) {
  const { count, mean, lower, upper, attempt, alpha } = evidence;
  return {
    seed,
    block,
    from,
    to,
    reason,
    evidence: count,
    advantage: count > 0 ? mean : null,
    lower: finite(lower),
    upper: finite(upper),
    attempt,
    alpha,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
