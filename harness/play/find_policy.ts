import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ArtifactError } from "../../agents/artifact.ts";
import { loadPolicy } from "../../agents/checkpoint.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { registry } from "../../envs/index.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { checkOptions } from "../../gym/options.ts";
import { findProblem } from "../problems/index.ts";
import { isProgramFile } from "../program/program_file.ts";
import { UsageError } from "../run/usage_error.ts";
import { constantPolicy } from "./constant_policy.ts";
import { greedyPolicy, heuristicPolicy, type Policy, randomPolicy, referencePolicy } from "./policy.ts";
import { programPolicy } from "./program_policy.ts";

/**
 * Names that `findPolicy` accepts for an environment: its heuristics, `reference` where it has a kernel, and `random`.
 * It accepts `constant-N` too, which is not listed.
 */
export function policyNames(envId: string): string[] {
  const problem = findProblem(envId);
  const names = problem === null ? [] : [...problem.heuristics.map(({ name }) => name), "reference"];
  return [...names, randomPolicy.name];
}

/**
 * Finds a policy by name, or loads a trained policy from its folder: a policy folder, or a run that contains one.
 *
 * @param envName id or alias
 * @throws UnknownNameError when `nameOrFolder` is neither a name nor a path; UsageError when the folder holds no
 *   policy; ArtifactError when the policy is damaged or belongs to another environment
 */
export function findPolicy(envName: string, nameOrFolder: string): Policy {
  const { id } = registry.spec(envName);
  const problem = findProblem(id);
  const entry = problem?.heuristics.find(({ name }) => name === nameOrFolder);
  if (problem && entry) return heuristicPolicy(problem, entry);
  if (problem && nameOrFolder === "reference") return referencePolicy(problem);
  if (nameOrFolder === randomPolicy.name) return randomPolicy;
  const constant = /^constant-(\d{1,9})$/.exec(nameOrFolder);
  if (constant !== null) return constantPolicy(Number(constant[1]));
  if (!existsSync(nameOrFolder) && !/[/\\]/.test(nameOrFolder)) {
    throw new UnknownNameError(`policy of ${id}:`, nameOrFolder, policyNames(id));
  }
  if (isProgramFile(nameOrFolder)) return programPolicy(problem, nameOrFolder);
  const policy = findNetworkPolicy(id, nameOrFolder);
  return greedyPolicy(policy.algorithm, policy, problem, policy.options);
}

/**
 * Loads the trained policy from a folder: a policy folder, or a run that contains one.
 *
 * @param envName id or alias
 * @throws UsageError when the folder does not exist or holds no policy; ArtifactError when the policy is damaged or
 *   belongs to another environment
 */
export function findNetworkPolicy(envName: string, folder: string): NetworkPolicy {
  const { id } = registry.spec(envName);
  if (!existsSync(folder)) throw new UsageError(`there is no policy folder ${folder}`);
  const env = registry.make(id, { wrap: false });
  const { observationSpace, actionSpace } = env;
  env.close();
  const path = policyFolder(folder);
  const policy = loadPolicy(path, { env: id, observationSpace, actionSpace });
  try {
    checkOptions(policy.options, registry.spec(id));
  } catch (error) {
    throw new ArtifactError(`${path}/policy.json: options: ${(error as Error).message}`);
  }
  return policy;
}

/**
 * Loads the trained policy from a folder that says itself for which environment it is.
 *
 * @throws what `findNetworkPolicy` throws; UnknownNameError when this program has no such environment
 */
export function findPolicyOfFolder(folder: string): NetworkPolicy {
  if (!existsSync(folder)) throw new UsageError(`there is no policy folder ${folder}`);
  return findNetworkPolicy(loadPolicy(policyFolder(folder)).env, folder);
}

/**
 * Finds several policies. The keys are names that differ: where a name is taken, as by another policy of the same
 * algorithm, the key is the given folder.
 *
 * @throws what `findPolicy` throws; UsageError when a policy is given twice
 */
export function findPolicies(envName: string, namesOrFolders: readonly string[]): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const given of namesOrFolders) {
    const policy = withName(findPolicy(envName, given), given, policies);
    policies.set(policy.name, policy);
  }
  return policies;
}

function withName(policy: Policy, given: string, taken: ReadonlyMap<string, Policy>): Policy {
  if (!taken.has(policy.name)) return policy;
  if (taken.has(given) || policy.name === given) throw new UsageError(`the policy ${given} was given twice`);
  return { ...policy, name: given };
}

function policyFolder(path: string): string {
  if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not the folder of a policy or a run`);
  const names = readdirSync(path);
  if (names.includes("policy.json")) return path;
  if (names.includes("policy")) return join(path, "policy");
  const seeds = names.filter((name) => /^seed-\d+$/.test(name));
  if (seeds.length > 0) throw new UsageError(`${path} holds several seeds; give one of ${seeds.join(", ")}`);
  throw new UsageError(`${path} holds no policy: neither policy.json nor policy/ is there`);
}
