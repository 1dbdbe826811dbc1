import type { EnvSpec, Split, WorkloadEntry } from "./env.ts";

/** What the factory of an environment receives: the spec, and the guard of the splits that the environment may use. */
export interface EnvContext {
  readonly spec: EnvSpec;
  /** Splits that the environment may use; null allows all. */
  readonly splits: readonly Split[] | null;
  /** The workloads of those splits. */
  readonly workloads: readonly WorkloadEntry[];
  /**
   * Finds a workload by name.
   *
   * @throws SplitError when the workload belongs to a split that the environment may not use, UnknownNameError when no
   *   workload has that name
   */
  openWorkload(name: string): WorkloadEntry;
  /**
   * Checks a seed. An environment calls this with every seed before it uses the seed.
   *
   * @throws SplitError when `splits` is not null and none of their ranges (`SEED_RANGES`) contains the seed,
   *   RangeError when the seed is not a non-negative safe integer
   */
  checkSeed(seed: number): void;
}
