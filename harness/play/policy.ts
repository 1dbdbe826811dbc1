import type { HeuristicEntry, Role } from "../../baselines/heuristic_entry.ts";
import { kernelEnvOf } from "../../envs/kernel_env.ts";
import { sampleAction } from "../../gym/action.ts";
import type { AnyEnv, StepOutcome } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import { knobValues, type Problem } from "../problems/problem.ts";
import type { Settings } from "../run/settings.ts";

/** What a policy stands for in a comparison: a heuristic's role, or where else it comes from. */
export type PolicyRole = Role | "agent" | "reference" | "bound" | "random";

/** An episode as a policy plays it: decide, then apply, until the episode ends. */
export interface Turn {
  /** Chooses from what the environment shows: for agents the observation, others look elsewhere. Only this is timed. */
  decide(observation: unknown): unknown;
  /** Carries the choice out. The result has an observation where the next choice needs one. */
  apply(choice: unknown): StepOutcome;
}

/** Somebody who decides: a heuristic, a trained policy, the clairvoyant reference. */
export interface Policy {
  readonly name: string;
  readonly role: PolicyRole;
  /** What it is told, see `HeuristicEntry.information` and `Problem.agentSees`; null where that is not said. */
  readonly sees: string | null;
  /** Size of what was learned, bytes; none for what is code. */
  readonly bytes?: number;
  /** Settings of the environment that belong to the policy: how it observes and what its actions do. None by default. */
  readonly options?: Settings;
  /** Takes over an environment that has just been reset with `seed`. */
  begin(env: AnyEnv, seed: number): Turn;
}

/** What a policy needs of a trained policy; `agents/network_policy.ts` has it. */
export interface ActingPolicy {
  readonly bytes?: number;
  act(observation: unknown, rows: number, mask: Uint8Array | null): unknown;
}

/** A heuristic of a problem, with its tuned constants. */
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
 * A trained policy, greedy.
 *
 * @param problem of its environment, for what it sees
 * @param options settings of the environment with which it was trained; those of `Problem.agentOptions` it brings with it
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

/** Those of the options that belong to an agent and not to what it is trained on. */
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

/** Legal actions drawn at random, what an environment without heuristics is compared with. */
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
