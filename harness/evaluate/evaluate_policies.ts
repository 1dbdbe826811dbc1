import { registry } from "../../envs/index.ts";
import type { Split } from "../../gym/env.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { findPolicies } from "../play/find_policy.ts";
import type { Policy } from "../play/policy.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import { splitSettings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import { Evaluator } from "./evaluate.ts";

export { evaluationCells, evaluationColumns } from "../compare/evaluation_record.ts";
export { comparisonRules, measuresOf } from "../problems/index.ts";

/** What to evaluate. */
export interface EvaluatePoliciesOptions {
  /** Id or alias. */
  env: string;
  /** Names or folders of policies, see `findPolicy`. */
  policies: readonly string[];
  /** More policies; they play first, and none of the others may have their names. None by default. */
  given?: readonly Policy[];
  /** Default `validation`. */
  split?: Split;
  /** Episodes of each workload; by default those of a training's final evaluation. */
  episodes?: number;
  /** Seed of the first episode; by default the first seed of the split's range. */
  firstSeed?: number;
  /** Settings of the environment as `key=value`; they hold in all episodes. */
  options?: readonly string[];
  /** Whether to add all heuristics, the reference and the bound. Default false. */
  rivals?: boolean;
  /** Abort it to stop between two episodes. */
  signal?: AbortSignal;
  /** Called after every episode. */
  onEpisode?: (done: number, total: number) => void;
}

/**
 * Plays policies on the same episodes and returns the records of `evaluation.csv`; null when interrupted.
 *
 * @throws UsageError, UnknownNameError or ArtifactError when a policy cannot be loaded; UsageError when a seed lies
 *   outside the split's range
 */
export async function evaluatePolicies(options: EvaluatePoliciesOptions): Promise<EvaluationRecord[] | null> {
  const { split = "validation", firstSeed, rivals = false, given = [], signal, onEpisode } = options;
  const spec = registry.spec(options.env);
  const { id } = spec;
  const episodes = options.episodes ?? trainingDefaults(id).episodes.test;
  const evaluator = new Evaluator(id, split, {
    episodes,
    firstSeed,
    options: splitSettings(spec, options.options ?? []),
    charge: true,
  });
  const policies = new Map(given.map((policy) => [policy.name, policy]));
  for (const [name, policy] of findPolicies(id, options.policies)) {
    if (policies.has(name)) throw new UsageError(`the policy ${name} was given twice`);
    policies.set(name, policy);
  }
  for (const policy of rivals ? evaluator.rivals() : []) {
    if (given.some(({ name }) => name === policy.name)) throw new UsageError(`${policy.name} is the name of a rival`);
    if (!policies.has(policy.name)) policies.set(policy.name, policy);
  }
  const records: EvaluationRecord[] = [];
  try {
    for (const policy of policies.values()) {
      for (const record of evaluator.play(policy)) {
        records.push(record);
        onEpisode?.(records.length, policies.size * evaluator.episodes.length);
        await yieldToEventLoop(signal);
      }
    }
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
  return rivals ? [...records, ...evaluator.boundRecords()] : records;
}
