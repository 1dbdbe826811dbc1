import type { RunResult } from "./run_result.ts";

/** A run in which one policy made all decisions. */
export interface CachedRun extends RunResult {
  readonly workload: string;
}

/**
 * A cache of played runs by policy, seed and options. The same policy in the same run always has the same cost, so
 * several ladders can use the same runs in different orders and play each only once. Valid only for policies that learn
 * nothing and remember nothing between runs.
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
