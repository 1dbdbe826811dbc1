import type { AnyEnv } from "../../gym/env.ts";
import type { LadderPolicy } from "../../ladder/ladder_policy.ts";
import type { MlModel } from "../../ladder/ml_model.ts";
import type { Policy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";
import type { RunCache } from "./run_cache.ts";

/** Who takes part in a ladder's run. */
export interface LadderParts {
  readonly problem: Problem;
  /** Without wrappers. */
  readonly env: AnyEnv;
  readonly model: MlModel;
  readonly agent: LadderPolicy;
  /** The subsystem's own algorithm. */
  readonly byDefault: Policy;
  /** Kind of a workload, by its name. */
  readonly slices: ReadonlyMap<string, string>;
  /** Whether the one who does not decide in the live run plays the same run in a copy. */
  readonly copies: boolean;
  /** Runs that need not be played again; null to play every one. */
  readonly cache: RunCache | null;
}
