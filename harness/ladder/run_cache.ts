import type { RunResult } from "./run_result.ts";

/** A run that somebody played to its end without anybody else's deciding in it. */
export interface CachedRun extends RunResult {
  readonly workload: string;
}

/**
 * Runs that were played, by who played them. The same policy in the same run costs the same, so that many ladders can meet the same
 * runs in other orders without playing them again. For policies that learn nothing and remember nothing between runs.
 */
export class RunCache {
  readonly #arms = new Map<string, CachedRun>();

  get(policy: string, seed: number, options: object): CachedRun | undefined {
    return this.#arms.get(keyOf(policy, seed, options));
  }

  set(policy: string, seed: number, options: object, run: CachedRun): void {
    this.#arms.set(keyOf(policy, seed, options), run);
  }
}

function keyOf(policy: string, seed: number, options: object): string {
  return `${policy}/${seed}/${JSON.stringify(options)}`;
}
