import { registry } from "../../envs/index.ts";
import { problems } from "../problems/index.ts";
import type { Target } from "../problems/target.ts";

/** A target and whether it holds. */
export interface Validation extends Target {
  /** Registry id of the environment. */
  readonly env: string;
  /** Whether the simulated figure is within the tolerance of the published one. */
  readonly holds: boolean;
}

/**
 * Checks every target of one environment, or of all. An environment without targets has no results.
 *
 * @param name id or alias of the environment; all environments by default
 * @throws UnknownNameError for an unknown environment
 */
export async function validate(name?: string): Promise<Validation[]> {
  const wanted = name === undefined ? null : registry.spec(name).id;
  const validations: Validation[] = [];
  for (const problem of problems) {
    if (wanted !== null && problem.id !== wanted) continue;
    for (const { id, ...target } of await problem.targets()) {
      const holds = Math.abs(target.simulated - target.expected) <= target.tolerance;
      validations.push({ id, env: problem.id, ...target, holds });
    }
  }
  return validations;
}
