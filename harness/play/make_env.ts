import { registry } from "../../envs/index.ts";
import type { AnyEnv, Split } from "../../gym/env.ts";
import { findProblem } from "../problems/index.ts";

/**
 * Makes an environment for trainings, evaluations and simulations. An environment with a kernel comes without wrappers
 * and so without a time limit, because costs compare only when every policy does all of the work. Any other comes as
 * the registry makes it, with its time limit.
 *
 * @param envName id or alias
 * @param splits splits whose workloads and seeds may be used; by default all
 * @throws UnknownNameError for an unknown environment
 */
export function makeForPlay(envName: string, splits?: readonly Split[]): AnyEnv {
  const { id } = registry.spec(envName);
  return registry.make(id, { splits, wrap: findProblem(id) === null });
}
