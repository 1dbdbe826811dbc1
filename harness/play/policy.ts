import type { HeuristicEntry, Role } from "../../baselines/heuristic_entry.ts";
import { kernelEnvOf } from "../../envs/kernel_env.ts";
import { sampleAction } from "../../gym/action.ts";
import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import { knobValues, type Problem } from "../problems/problem.ts";
import type { Settings } from "../run/settings.ts";

/** The roles of heuristics, then those of all other policies. */
export const POLICY_ROLES = [
  "default",
  "simple",
  "static",
  "published",
  "hand-rule",
  "agent",
  "reference",
  "bound",
  "random",
] as const satisfies readonly (Role | "agent" | "reference" | "bound" | "random")[];

/** Part that a policy has in a comparison: the role of a heuristic, or the origin of any other policy. */
export type PolicyRole = (typeof POLICY_ROLES)[number];

/** One episode of a policy: `decide`, then `apply`, in turn until the episode ends. */
export interface Turn {
  /**
   * Makes a decision. Trained policies decide from the observation; heuristics and the reference read the kernel
   * instead. Only this call is timed.
   */
  decide(observation: unknown): unknown;
  /** Carries the decision out. The result has an observation where the next decision needs one. */
  apply(choice: unknown): StepOutcome;
}

/** Makes the decisions in an environment: a heuristic, a trained policy, or the clairvoyant reference. */
export interface Policy {
  readonly name: string;
  readonly role: PolicyRole;
  /**
   * Information that it uses, see `HeuristicEntry.information` and `Problem.agentSees`; null where that is not stated.
   */
  readonly sees: string | null;
  /** Size of the learned weights, bytes; absent for policies that are code. */
  readonly bytes?: number;
  /**
   * Settings of the environment that belong to the policy: what it observes and what its actions do. None by default.
   */
  readonly options?: Settings;
  /** Starts to decide in an environment that has just been reset with `seed`. */
  begin(env: AnyEnv, seed: number): Turn;
}

/** What `greedyPolicy` needs of a trained policy. `NetworkPolicy` of agents/network_policy.ts is one. */
export interface ActingPolicy {
  readonly bytes?: number;
  /** Actions of `rows` decision makers, from their observations and the mask of legal alternatives. */
  act(observation: unknown, rows: number, mask: Uint8Array | null): unknown;
}

/** A heuristic of a problem as a policy, with its tuned constants. */
// biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
export function heuristicPolicy(problem: Pick<Problem, "tuned">, entry: HeuristicEntry<any, any>): Policy {
  const heuristic = entry.create(knobValues(problem, entry));
  return {
    name: entry.name,
    role: entry.role,
    sees: entry.information ?? null,
    begin(env) {
      const { kernel, decide } = kernelOf(env);
      heuristic.reset();
      return { decide: () => heuristic.decide(kernel.view), apply: decide };
    },
  };
}

/**
 * A trained policy as a policy that acts greedily: it takes the most likely action and adds no noise.
 *
 * @param problem problem of its environment; it says what the policy sees
 * @param options settings of the environment under which it was trained; the policy keeps those of
 *   `Problem.agentOptions`
 */
export function greedyPolicy(
  name: string,
  policy: ActingPolicy,
  problem: Problem | null = null,
  options: Settings = {},
): Policy {
  return {
    name,
    role: "agent",
    sees: problem?.agentSees?.(options) ?? null,
    bytes: policy.bytes,
    options: agentOptions(problem, options),
    begin: (env) => ({
      decide: (observation) => policy.act(observation, env.rows, env.actionMask()),
      apply: (action) => env.step(action),
    }),
  };
}

/**
 * The options that belong to an agent: those that `Problem.agentOptions` lists. The others describe what it trains on.
 */
export function agentOptions(problem: Problem | null, options: Settings): Settings {
  return Object.fromEntries(Object.entries(options).filter(([name]) => problem?.agentOptions?.includes(name)));
}

/** The clairvoyant reference of a problem. */
export function referencePolicy(problem: Problem): Policy {
  return {
    name: "reference",
    role: "reference",
    sees: null,
    begin(env) {
      const { kernel, decide } = kernelOf(env);
      const reference = problem.reference(kernel);
      return { decide: () => reference.decide(), apply: decide };
    },
  };
}

/** Draws legal actions at random. In an environment without heuristics this is the policy to compare with. */
export const randomPolicy: Policy = {
  name: "random",
  role: "random",
  sees: null,
  begin(env, seed) {
    const random = randomStream(seed, "harness/random-player");
    return { decide: () => sampleAction(env, random), apply: (action) => env.step(action) };
  },
};

function kernelOf(env: AnyEnv) {
  const inner = kernelEnvOf(env);
  return { kernel: inner.kernel, decide: (decision: unknown) => inner.decide(decision) };
}
