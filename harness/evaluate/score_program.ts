import { mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { summarise } from "../compare/summary.ts";
import { workloadScores } from "../compare/workload_scores.ts";
import { playEpisode } from "../play/episode.ts";
import { makeForPlay } from "../play/make_env.ts";
import type { Policy } from "../play/policy.ts";
import { programPolicy } from "../play/program_policy.ts";
import { comparisonRules, findProblem } from "../problems/index.ts";
import type { Problem } from "../problems/problem.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { ProgramError } from "../program/program_error.ts";
import { UsageError } from "../run/usage_error.ts";
import type { Episode } from "./episodes.ts";
import { Evaluator } from "./evaluate.ts";
import { failed, type ProgramArtifacts, type ProgramScore } from "./program_score.ts";
import { defaultPolicy } from "./score.ts";

/** Score of the quick stage below which the full stage is left out: three times the room of the default behind it. */
const FAR_BEHIND = -3;

/** Workloads of the quick stage. Source: choice. */
const QUICK_WORKLOADS = 2;

/** What to score. */
export interface ScoreProgramOptions {
  /** Id or alias. */
  env: string;
  /** Path of the program. */
  program: string;
  /** Seeds and workloads of the test split are for `evaluate` alone. */
  split: "train" | "validation";
  /** Episodes of each workload; by default as many as `evaluate` plays. */
  episodes?: number;
}

/**
 * Scores a program on paired seeds, as `evaluate` does. A quick stage of few episodes comes first; a program that fails
 * there or is far behind the default goes no further.
 *
 * @throws UsageError for an environment without a kernel; FileError where the file cannot be read
 */
export function scoreProgram({ env, program, split, episodes }: ScoreProgramOptions): ProgramScore {
  const { id } = registry.spec(env);
  const problem = findProblem(id);
  if (problem === null) throw new UsageError(`${id} has no kernel, so no default to score against`);
  let stage: ProgramArtifacts["stage"] = "quick";
  try {
    const policy = programPolicy(problem, program);
    const count = episodes ?? trainingDefaults(id).episodes.test;
    const evaluator = new Evaluator(id, split, { episodes: count });
    const played = playQuick(evaluator, policy);
    const quick = mean(played.values(), ({ score }) => score) ?? 0;
    if (quick < FAR_BEHIND) {
      const error = `the quick stage scores ${quick.toFixed(3)}, far behind the default's 0`;
      return { combined_score: quick, valid: false, scores: {}, artifacts: { stage, error } };
    }
    stage = "full";
    const records = evaluator.episodes.map((episode) => played.get(episode) ?? evaluator.playOne(policy, episode));
    return report(problem, policy, records);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return failed(stage, error.message);
  }
}

/** Plays the first episode of each of the first workloads. */
function playQuick(evaluator: Evaluator, policy: Policy): Map<Episode, EvaluationRecord> {
  const first = evaluator.episodes.filter(({ episode }) => episode === 0).slice(0, QUICK_WORKLOADS);
  return new Map(first.map((episode) => [episode, evaluator.playOne(policy, episode)]));
}

function report(problem: Problem, policy: Policy, records: EvaluationRecord[]): ProgramScore {
  const rules = comparisonRules(problem.id);
  const summary = summarise(records, rules).policies.find((one) => one.policy === policy.name)!;
  const scores = workloadScores(records, rules.pooled ?? false);
  const worst =
    summary.worst_workload === null ? null : records.find((one) => one.workload === summary.worst_workload)!;
  return {
    combined_score: summary.mean,
    valid: true,
    scores: Object.fromEntries(scores.map(({ workload, score }) => [workload!, score])),
    artifacts: {
      stage: "full",
      interval: summary.interval,
      cost: summary.cost ?? undefined,
      default_cost: mean(records, ({ default_cost }) => default_cost),
      decision_us: summary.decision_us ?? undefined,
      worst: worst === null ? undefined : countersOf(problem, policy, worst),
    },
  };
}

/** Every metric of an episode, under a policy and under the default. */
function countersOf(problem: Problem, policy: Policy, { workload, seed }: EvaluationRecord): ProgramArtifacts["worst"] {
  const env = makeForPlay(problem.id);
  const metricsOf = (one: Policy) => playEpisode(env, one, seed, { workload }).metrics;
  return { workload: workload!, seed, program: metricsOf(policy), default: metricsOf(defaultPolicy(problem)!) };
}
