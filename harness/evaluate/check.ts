import { registry } from "../../envs/index.ts";
import { checkEnv, type Finding } from "../../gym/check.ts";

/** What the checker found in one environment. */
export interface EnvFindings {
  /** Registry id. */
  env: string;
  findings: Finding[];
}

/**
 * Runs the environment checker on one environment, or on all.
 *
 * @param name id or alias; all environments by default
 * @throws UnknownNameError for an unknown environment
 */
export function checkEnvironments(name?: string): EnvFindings[] {
  const ids = name === undefined ? registry.list().map(({ id }) => id) : [registry.spec(name).id];
  return ids.map((env) => ({ env, findings: checkEnv(registry.make(env)) }));
}
