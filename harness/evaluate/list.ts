import { agents } from "../../agents/index.ts";
import { registry } from "../../envs/index.ts";
import type { EnvSpec } from "../../gym/env.ts";
import { policyNames } from "../play/find_policy.ts";
import type { PolicyRole } from "../play/policy.ts";
import { findProblem } from "../problems/index.ts";

/** What the command `list` prints as JSON. */
export interface Listing {
  environments: (EnvSpec & {
    /** Names of policies that `evaluate` and `simulate` accept. */
    policies: string[];
    heuristics: { name: string; role: PolicyRole; description: string }[];
  })[];
  agents: string[];
}

/** Lists all environments, with their policies, workloads and options, and all agents. */
export function listEverything(): Listing {
  return {
    environments: registry.list().map((spec) => ({
      ...spec,
      policies: policyNames(spec.id),
      heuristics: (findProblem(spec.id)?.heuristics ?? []).map(({ name, role, description }) => ({
        name,
        role,
        description,
      })),
    })),
    agents: agents.map(({ name }) => name),
  };
}
