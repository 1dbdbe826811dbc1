import type { ArmResult } from "./block.ts";

/** A run that somebody played to its end without anybody else's deciding in it. */
export interface CachedArm extends ArmResult {
  readonly workload: string;
}

/**
 * Runs that were played, by who played them. The same player in the same run costs the same, so that many ladders can meet the same
 * runs in other orders without playing them again. For players that learn nothing and remember nothing between runs.
 */
export class ArmCache {
  readonly #arms = new Map<string, CachedArm>();

  get(player: string, seed: number, options: object): CachedArm | undefined {
    return this.#arms.get(keyOf(player, seed, options));
  }

  set(player: string, seed: number, options: object, arm: CachedArm): void {
    this.#arms.set(keyOf(player, seed, options), arm);
  }
}

function keyOf(player: string, seed: number, options: object): string {
  return `${player}/${seed}/${JSON.stringify(options)}`;
}
