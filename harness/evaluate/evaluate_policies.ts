import { registry } from "../../envs/index.ts";
import type { Split } from "../../gym/env.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { findPolicies } from "../play/find_policy.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import { splitSettings } from "../run/settings.ts";
import { Evaluator } from "./evaluate.ts";

export { evaluationCells, evaluationColumns } from "../compare/evaluation_record.ts";
export { comparisonRules, measuresOf } from "../problems/index.ts";

/** What to evaluate. */
export interface EvaluatePoliciesOptions {
  /** Id or alias. */
  env: string;
  /** Names or folders, see `findPolicy`. */
  policies: readonly string[];
  /** Default `validation`. */
  split?: Split;
  /** Episodes of each workload; by default those of a training's final evaluation. */
  episodes?: number;
  firstSeed?: number;
  /** Settings of the environment as `key=value`, in all episodes. */
  options?: readonly string[];
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
export async function evaluatePolicies(options: EvaluatePoliciesOptions): Promise<EvaluationRecord[] | null> {
  const { split = "validation", firstSeed, rivals = false, signal, onEpisode } = options;
  const spec = registry.spec(options.env);
  const { id } = spec;
  const episodes = options.episodes ?? trainingDefaults(id).episodes.test;
  const evaluator = new Evaluator(id, split, {
    episodes,
    firstSeed,
    options: splitSettings(spec, options.options ?? []),
    charge: true,
  });
  const policies = findPolicies(id, options.policies);
  for (const policy of rivals ? evaluator.rivals() : []) {
    if (!policies.has(policy.name)) policies.set(policy.name, policy);
  }
  const rows: EvaluationRecord[] = [];
  try {
    for (const policy of policies.values()) {
      for (const row of evaluator.play(policy)) {
        rows.push(row);
        onEpisode?.(rows.length, policies.size * evaluator.episodes.length);
        await yieldToEventLoop(signal);
      }
    }
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
  return rivals ? [...rows, ...evaluator.boundRecords()] : rows;
}
