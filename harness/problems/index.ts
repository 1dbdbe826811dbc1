import { registry } from "../../envs/index.ts";
import { cartpole } from "./cartpole.ts";
import { congestion } from "./congestion.ts";
import { gpu } from "./gpu.ts";
import type { EnvironmentEntry, Families, Measure, Problem } from "./problem.ts";
import { readahead, readaheadSync } from "./readahead.ts";
import { tiering } from "./tiering.ts";

/** Every environment with a kernel. */
export const problems: readonly Problem[] = [tiering, readahead, readaheadSync, gpu, congestion];

/** Every environment about which the commands know more than the registry does. */
export const environments: readonly EnvironmentEntry[] = [cartpole, ...problems];

/** The problem of the environment with this registry id; null when it has no kernel and no heuristics. */
export function findProblem(envId: string): Problem | null {
  return problems.find(({ id }) => id === envId) ?? null;
}

/**
 * The metrics that are compared beside the score of an environment.
 *
 * @param envName id or alias
 */
export function measuresOf(envName: string): readonly Measure[] {
  return findProblem(registry.spec(envName).id)?.measures ?? [];
}

/**
 * The families of an environment's workloads; null where families are not compared.
 *
 * @param envName id or alias
 */
export function familiesOf(envName: string): Families | null {
  const { id, workloads } = registry.spec(envName);
  const seenByAll = findProblem(id)?.seenByAll;
  if (seenByAll === undefined) return null;
  return { of: new Map(workloads.map(({ name, family }) => [name, family])), seenByAll };
}

/**
 * How policies are compared in an environment: arguments of `summarise`.
 *
 * @param envName id or alias
 */
export function comparisonRules(envName: string): {
  measures: readonly Measure[];
  families: Families | null;
  pooled: boolean;
} {
  const pooled = findProblem(registry.spec(envName).id)?.pooled === true;
  return { measures: measuresOf(envName), families: familiesOf(envName), pooled };
}
