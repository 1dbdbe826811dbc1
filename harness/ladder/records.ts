import type { MlModel } from "../../ladder/ml_model.ts";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { Mode } from "../../ladder/states.ts";
import type { BlockResult } from "./block.ts";

/** A record of `ladder.csv`: one block. Null becomes an empty cell. */
export interface LadderRecord {
  /** Seed of the ladder. */
  seed: number;
  block: number;
  workload: string;
  /** Seed of the run that was played. */
  run: number;
  /** Mode in which the block began. */
  mode: Mode;
  /** Probability with which the policy was assigned the block. */
  share_aimed: number;
  /** Share of the block's operations in which the policy did decide. */
  share_realised: number;
  /** Operations of the live run. */
  operations: number;
  /** Missing or invalid recommendations, in the live run and in the copy together. */
  refused: number;
  /** Greatest load, 0 to 1. */
  load: number;
  /** Cost of the live run, in the environment's unit. */
  cost: number;
  /** Cost of the default, live or in the copy. */
  default_cost: number | null;
  /** Relative advantage of the policy, by each evaluator. */
  paired: number | null;
  switchback: number | null;
  /** The evidence that counts after the block: number of blocks, mean, and bounds that hold at all times. */
  evidence: number;
  advantage: number | null;
  lower: number | null;
  upper: number | null;
  /** Number of the attempt at a promotion. */
  attempt: number;
  /** Modes that the ladder changed to in this block, and the reasons; empty where it did not change. */
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

/**
 * The record of a block that has just been closed.
 *
 * @param seed seed of the ladder
 * @param transitions changes of mode in the block and at its end
 */
export function recordOf(
  seed: number,
  result: BlockResult,
  { machine }: MlModel,
  transitions: readonly Transition[],
): LadderRecord {
  const { live, other, assignment, efficiency } = result;
  // A change of mode begins a new epoch. The record holds the evidence at the time of the change.
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

/** A record of `transitions.csv`. */
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
