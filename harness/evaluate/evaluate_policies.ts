import { registry } from "../../envs/index.ts";
import type { Split } from "../../gym/env.ts";
import type { EvaluationRow } from "../compare/evaluation_row.ts";
import { findPlayers } from "../play/find_player.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { breathe, Interrupted } from "../run/interrupt.ts";
import { Evaluator } from "./evaluate.ts";

export { evaluationCells, evaluationColumns } from "../compare/evaluation_row.ts";
export { comparisonOf, measuresOf } from "./evaluate.ts";

/** What to evaluate. */
export interface EvaluatePoliciesOptions {
  /** Id or alias. */
  env: string;
  /** Names or folders, see `findPlayer`. */
  policies: readonly string[];
  /** Default `validation`. */
  split?: Split;
  /** Episodes of each workload; by default those of a training's final evaluation. */
  episodes?: number;
  firstSeed?: number;
  /** Whether to add all heuristics, the reference and the bound. */
  rivals?: boolean;
  signal?: AbortSignal;
  onEpisode?: (done: number, total: number) => void;
}

/**
 * Plays policies on the same episodes and returns the rows for `evaluation.csv`; null when it was interrupted.
 *
 * @throws UsageError, UnknownNameError or ArtifactError when a policy cannot be had or a seed is not of the split
 */
export async function evaluatePolicies(options: EvaluatePoliciesOptions): Promise<EvaluationRow[] | null> {
  const { policies, split = "validation", firstSeed, rivals = false, signal, onEpisode } = options;
  const { id } = registry.spec(options.env);
  const episodes = options.episodes ?? trainingDefaults(id).episodes.test;
  const evaluator = new Evaluator(id, split, { episodes, firstSeed, charge: true });
  const players = findPlayers(id, policies);
  for (const player of rivals ? evaluator.rivals() : []) {
    if (!players.has(player.name)) players.set(player.name, player);
  }
  const rows: EvaluationRow[] = [];
  try {
    for (const player of players.values()) {
      for (const row of evaluator.play(player)) {
        rows.push(row);
        onEpisode?.(rows.length, players.size * evaluator.episodes.length);
        await breathe(signal);
      }
    }
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
  return rivals ? [...rows, ...evaluator.boundRows()] : rows;
}
