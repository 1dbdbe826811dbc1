/**
 * The public surface of ring0-gym: the environments and their contract, the simulated kernels, the heuristics and
 * bounds, the agents, and the harness that measures one against the other.
 *
 * @module
 */

export { ArtifactError } from "./agents/artifact.ts";
export { type Backend, type BackendName, selectBackend } from "./agents/backend.ts";
export { loadCheckpoint, loadPolicy, saveCheckpoint, savePolicy } from "./agents/checkpoint.ts";
export { type AgentEntry, agents, type CreateTrainerOptions, createTrainer, findAgent } from "./agents/index.ts";
export { LinUcb } from "./agents/linucb.ts";
export { NetworkPolicy } from "./agents/network_policy.ts";
export type { Trainer, TrainerState, TrainingRecord, TrainingSetup } from "./agents/trainer.ts";
export type { HeuristicEntry, Role } from "./baselines/heuristic_entry.ts";
export type { Knob, KnobValues } from "./baselines/knobs.ts";
export { tieringBound } from "./baselines/tiering/bound.ts";
export { GreedyReference } from "./baselines/tiering/greedy_reference.ts";
export { tieringHeuristics } from "./baselines/tiering/index.ts";
export { CartPole } from "./envs/cartpole.ts";
export { registry } from "./envs/index.ts";
export { type AnySubsystem, hasKernel, type KernelEnv, kernelEnvOf } from "./envs/kernel_env.ts";
export { TieringEnv } from "./envs/tiering/tiering.ts";
export { invalidAction, sampleAction } from "./gym/action.ts";
export { type CheckName, checkEnv, type Finding } from "./gym/check.ts";
export * from "./gym/env.ts";
export type { EnvContext } from "./gym/env_context.ts";
export { UnknownNameError } from "./gym/nearest.ts";
export { checkOptions } from "./gym/options.ts";
export { type EnvFactory, type MakeOptions, type MakeVecOptions, Registry } from "./gym/registry.ts";
export { deriveSeed, SEED_RANGES, splitOfSeed } from "./gym/seeds.ts";
export * from "./gym/spaces.ts";
export { SplitError } from "./gym/split_guard.ts";
export { type AutoresetMode, VectorEnv, type VectorEnvOptions, type VectorStep } from "./gym/vector_env.ts";
export { DefaultOptions } from "./gym/wrappers/default_options.ts";
export { FrameStack } from "./gym/wrappers/frame_stack.ts";
export { LateStart, type LateStartOptions } from "./gym/wrappers/late_start.ts";
export { NormalizeObservation } from "./gym/wrappers/normalize_observation.ts";
export { NormalizeReward } from "./gym/wrappers/normalize_reward.ts";
export { OrderEnforcing } from "./gym/wrappers/order_enforcing.ts";
export { RecordEpisodeStatistics } from "./gym/wrappers/record_episode_statistics.ts";
export { RescaleAction } from "./gym/wrappers/rescale_action.ts";
export { TimeLimit } from "./gym/wrappers/time_limit.ts";
export { Wrapper } from "./gym/wrappers/wrapper.ts";
export { type BenchResult, bench } from "./harness/bench/bench.ts";
export type { EvaluationRecord } from "./harness/compare/evaluation_record.ts";
export * from "./harness/compare/statistics.ts";
export { type SummaryTable, summarise } from "./harness/compare/summary.ts";
export { Evaluator } from "./harness/evaluate/evaluate.ts";
export { type EvaluatePoliciesOptions, evaluatePolicies } from "./harness/evaluate/evaluate_policies.ts";
export { type SimulateOptions, type Simulation, simulate } from "./harness/evaluate/simulate.ts";
export { type LadderCommand, type LadderResult, runLadder } from "./harness/ladder/ladder.ts";
export { OnlineLearner } from "./harness/ladder/online_learner.ts";
export type { LadderRecord } from "./harness/ladder/records.ts";
export type { LadderRun } from "./harness/ladder/totals.ts";
export { type Curve, curveSvg } from "./harness/pictures/learning_curve.ts";
export { svgToPng } from "./harness/pictures/picture.ts";
export { type EpisodeResult, playEpisode } from "./harness/play/episode.ts";
export { findPolicy } from "./harness/play/find_policy.ts";
export { greedyPolicy, type Policy } from "./harness/play/policy.ts";
export { policyServerCommand } from "./harness/process/policy_server_command.ts";
export {
  INVALID_RECOMMENDATION,
  ProcessPolicy,
  type ProcessPolicyCounters,
  type ProcessPolicyOptions,
} from "./harness/process/process_policy.ts";
export { type ServePolicyOptions, servePolicy } from "./harness/process/serve_policy.ts";
export type { Served } from "./harness/process/serve_socket.ts";
export { RunError, UsageError } from "./harness/run/usage_error.ts";
export type { TrainOptions } from "./harness/train/plan_run.ts";
export { resumeTraining, type TrainHooks, type TrainOutcome, train } from "./harness/train/train.ts";
export { type Validation, validate } from "./harness/validate/validate.ts";
export { type RandomStream, randomStream, restoreStream } from "./kernel/random.ts";
export { type Heuristic, InvariantError, type Subsystem } from "./kernel/subsystem.ts";
export type { TieringDecision } from "./kernel/tiering/decision.ts";
export type { TieringOutcome, TieringScenario } from "./kernel/tiering/scenario.ts";
export { TieringKernel } from "./kernel/tiering/tiering.ts";
export type { TieringView } from "./kernel/tiering/view.ts";
export type { TieringWorkload, WindowHistogram } from "./kernel/tiering/workload.ts";
export { ConfidenceSequence } from "./ladder/confidence_sequence.ts";
export { LadderError } from "./ladder/ladder_error.ts";
export type { Feedback, LadderPolicy, LadderPolicyRun } from "./ladder/ladder_policy.ts";
export { type LadderEvent, MlModel, type Operations } from "./ladder/ml_model.ts";
export { type BlockReport, type Evidence, ModeMachine, type Transition } from "./ladder/mode_machine.ts";
export { type LadderOptions, ladderOptionsSchema } from "./ladder/options.ts";
export { MODES, type Mode } from "./ladder/states.ts";
export type { HistogramTrace, TraceHeader } from "./workloads/format/histogram_trace.ts";
export {
  decodeAccessTrace,
  decodeHistogramTrace,
  decodeTrace,
  encodeTrace,
  type Trace,
} from "./workloads/format/trace_format.ts";
export { TraceFormatError } from "./workloads/format/trace_format_error.ts";
export { describeTrace, type TraceDescription } from "./workloads/recorder/describe_trace.ts";
export { importTrace } from "./workloads/recorder/import_trace.ts";
export { recordProgram } from "./workloads/recorder/record_program.ts";
export { tieringWorkloads } from "./workloads/tiering/catalog.ts";
export type { TieringCatalogEntry, TieringOpenOptions } from "./workloads/tiering/catalog_entry.ts";
export { TraceWorkload, type TraceWorkloadOptions } from "./workloads/tiering/trace_workload.ts";
