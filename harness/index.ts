/**
 * The harness: what plays, trains, compares and measures policies in environments. The command line is made of it.
 *
 * @module
 */

export { bench } from "./bench/bench.ts";
export type { BenchResult } from "./bench/bench_result.ts";
export { benchExported } from "./bench/exported.ts";
export type { EvaluationRecord } from "./compare/evaluation_record.ts";
export * from "./compare/statistics.ts";
export { type SummaryTable, summarise } from "./compare/summary.ts";
export { Evaluator } from "./evaluate/evaluate.ts";
export { type EvaluatePoliciesOptions, evaluatePolicies } from "./evaluate/evaluate_policies.ts";
export { type SimulateOptions, type Simulation, simulate } from "./evaluate/simulate.ts";
export { type LadderCommand, type LadderResult, runLadder } from "./ladder/ladder.ts";
export { OnlineLearner } from "./ladder/online_learner.ts";
export type { LadderRecord } from "./ladder/records.ts";
export type { LadderRun } from "./ladder/totals.ts";
export { type Curve, curveSvg } from "./pictures/learning_curve.ts";
export { loadPngRenderer, type PngRenderer } from "./pictures/png_renderer.ts";
export { type EpisodeResult, playEpisode } from "./play/episode.ts";
export { findPolicy } from "./play/find_policy.ts";
export { greedyPolicy, type Policy } from "./play/policy.ts";
export { policyServerCommand } from "./process/policy_server_command.ts";
export {
  INVALID_RECOMMENDATION,
  ProcessPolicy,
  type ProcessPolicyCounters,
  type ProcessPolicyOptions,
} from "./process/process_policy.ts";
export { type ServePolicyOptions, servePolicy } from "./process/serve_policy.ts";
export type { Served } from "./process/serve_socket.ts";
export { RunError, UsageError } from "./run/usage_error.ts";
export type { TrainOptions } from "./train/plan_run.ts";
export { resumeTraining, type TrainHooks, type TrainOutcome, train } from "./train/train.ts";
export { type Validation, validate } from "./validate/validate.ts";
