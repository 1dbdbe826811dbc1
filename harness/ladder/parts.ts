import type { AnyEnv } from "../../gym/env.ts";
import type { LadderPolicy } from "../../ladder/ladder_policy.ts";
import type { MlModel } from "../../ladder/ml_model.ts";
import type { Policy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";
import type { RunCache } from "./run_cache.ts";

/** The objects that take part in a run of the ladder. */
export interface LadderParts {
  readonly problem: Problem;
  /** The environment, without wrappers. */
  readonly env: AnyEnv;
  readonly model: MlModel;
  /** The policy on trial. */
  readonly agent: LadderPolicy;
  /** The subsystem's own algorithm. */
  readonly byDefault: Policy;
  /** Kind of a workload, by its name. */
  readonly slices: ReadonlyMap<string, string>;
  /** Whether the side that does not decide in the live run plays the same run in a copy. */
  readonly copies: boolean;
  /** Cache of played runs; null to play every run. */
  readonly cache: RunCache | null;
}
