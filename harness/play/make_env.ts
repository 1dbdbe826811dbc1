import { registry } from "../../envs/index.ts";
import type { AnyEnv, Split } from "../../gym/env.ts";
import { findProblem } from "../problems/index.ts";

/**
 * Makes an environment as trainings, evaluations and simulations alike play it: with a kernel, without wrappers and so without a time
 * limit, because costs compare only when every policy does all of the work; otherwise as the registry does, with its time limit.
 *
 * @param envName id or alias
 * @param splits what may be used; by default everything
 * @throws UnknownNameError for an unknown environment
 */
export function makeForPlay(envName: string, splits?: readonly Split[]): AnyEnv {
  const { id } = registry.spec(envName);
  return registry.make(id, { splits, wrap: findProblem(id) === null });
}
