/**
 * The contract of environments: spaces, registry, wrappers, vectors of environments, and the checks of the contract.
 *
 * @module
 */

export { type RandomState, type RandomStream, randomStream, restoreStream } from "../kernel/random.ts";
export { invalidAction, sampleAction } from "./action.ts";
export { CHECK_NAMES, type CheckName, type CheckOptions, checkEnv, type Finding } from "./check.ts";
export * from "./env.ts";
export type { EnvContext } from "./env_context.ts";
export { UnknownNameError } from "./nearest.ts";
export { checkOptions } from "./options.ts";
export { type EnvFactory, type MakeOptions, type MakeVecOptions, Registry } from "./registry.ts";
export { RunningMoments, type RunningMomentsJSON } from "./running_moments.ts";
export { deriveSeed, SEED_RANGES, splitOfSeed } from "./seeds.ts";
export * from "./spaces.ts";
export { SplitError } from "./split_guard.ts";
export {
  type AutoresetMode,
  VectorEnv,
  type VectorEnvOptions,
  type VectorResetOptions,
  type VectorStep,
} from "./vector_env.ts";
export { DefaultOptions } from "./wrappers/default_options.ts";
export { FrameStack } from "./wrappers/frame_stack.ts";
export { LateStart, type LateStartOptions } from "./wrappers/late_start.ts";
export { NormalizeObservation } from "./wrappers/normalize_observation.ts";
export { NormalizeReward } from "./wrappers/normalize_reward.ts";
export { OrderEnforcing } from "./wrappers/order_enforcing.ts";
export { RecordEpisodeStatistics } from "./wrappers/record_episode_statistics.ts";
export { RescaleAction } from "./wrappers/rescale_action.ts";
export { TimeLimit } from "./wrappers/time_limit.ts";
export { Wrapper } from "./wrappers/wrapper.ts";
