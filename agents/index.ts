/**
 * The learning algorithms, and the policies that they train.
 *
 * @module
 */

import type { z } from "zod";
import { firstIssueIn } from "../files/first_issue.ts";
import { UnknownNameError } from "../gym/nearest.ts";
import { BanditTrainer } from "./bandit.ts";
import { banditOptionsSchema } from "./bandit_options.ts";
import { EsTrainer } from "./es.ts";
import { esOptionsSchema } from "./es_options.ts";
import { PpoTrainer } from "./ppo.ts";
import { PpoEsTrainer } from "./ppo_es.ts";
import { ppoEsOptionsSchema } from "./ppo_es_options.ts";
import { ppoOptionsSchema } from "./ppo_options.ts";
import { type LearnableEnv, refusalOfBandit, refusalOfRollout } from "./refusals.ts";
import { RolloutTrainer } from "./rollout.ts";
import { rolloutOptionsSchema } from "./rollout_options.ts";
import type { Trainer, TrainerState, TrainingRecord, TrainingSetup } from "./trainer.ts";

export { ArtifactError } from "./artifact.ts";
export { type Backend, type BackendName, selectBackend } from "./backend.ts";
export { loadCheckpoint, loadPolicy, type PolicyUse, saveCheckpoint, savePolicy } from "./checkpoint.ts";
export { LinUcb, type LinUcbOptions } from "./linucb.ts";
export { NetworkPolicy, type PolicyParts } from "./network_policy.ts";
export type { LearnableEnv, Trainer, TrainerState, TrainingRecord, TrainingSetup };

/** An entry of the list of learning algorithms. */
export interface AgentEntry {
  name: string;
  description: string;
  /** Whether a tfjs backend must be selected before training (`selectBackend`). Acting never needs one. */
  needsBackend: boolean;
  /** Environment steps of a training, where the environment has no preset. */
  steps: number;
  /** The reason why the agent cannot learn in an environment; null when it can. */
  refusal(env: LearnableEnv): string | null;
  /**
   * The complete hyperparameters: `given` over the defaults.
   *
   * @throws RangeError that names a wrong one and what is allowed
   */
  options(given: Readonly<Record<string, unknown>>): Record<string, unknown>;
  create(setup: TrainingSetup, options: Record<string, unknown>): Trainer;
}

/** All learning algorithms, in the order in which they are listed. */
export const agents: readonly AgentEntry[] = [
  entry({
    name: "ppo",
    description: "proximal policy optimisation with a clipped objective, gradients on tfjs",
    needsBackend: true,
    schema: ppoOptionsSchema,
    steps: 500_000,
    refusal: () => null,
    create: (setup, options) => new PpoTrainer(setup, options),
  }),
  entry({
    name: "es",
    description: "evolution strategies on whole episodes with common random numbers",
    needsBackend: false,
    schema: esOptionsSchema,
    steps: 500_000,
    refusal: () => null,
    create: (setup, options) => new EsTrainer(setup, options),
  }),
  entry({
    name: "ppo-es",
    description: "PPO on the rewards, then evolution strategies on whole episodes from there",
    needsBackend: true,
    schema: ppoEsOptionsSchema,
    steps: 500_000,
    refusal: () => null,
    create: (setup, options) => new PpoEsTrainer(setup, options),
  }),
  entry({
    name: "rollout",
    description:
      "rollout policy iteration: plays every alternative ahead in copies of the environment and fits linear scores",
    needsBackend: false,
    schema: rolloutOptionsSchema,
    steps: 500_000,
    refusal: refusalOfRollout,
    create: (setup, options) => new RolloutTrainer(setup, options),
  }),
  entry({
    name: "bandit",
    description: "contextual bandit: predicts what each action earns from its features",
    needsBackend: true,
    schema: banditOptionsSchema,
    steps: 500_000,
    refusal: refusalOfBandit,
    create: (setup, options) => new BanditTrainer(setup, options),
  }),
];

/**
 * Finds an agent by name.
 *
 * @throws UnknownNameError with the nearest known name
 */
export function findAgent(name: string): AgentEntry {
  const found = agents.find((agent) => agent.name === name);
  if (found === undefined) {
    throw new UnknownNameError(
      "agent",
      name,
      agents.map((agent) => agent.name),
    );
  }
  return found;
}

/** Options of `createTrainer`, beside those of `TrainingSetup`. */
export interface CreateTrainerOptions extends TrainingSetup {
  /** Hyperparameters by name; they override the defaults. */
  overrides?: Readonly<Record<string, unknown>>;
}

/**
 * Creates a trainer of the named agent. An agent with `needsBackend` computes on the backend that `selectBackend`
 * selected.
 *
 * @throws UnknownNameError for an unknown agent, RangeError for an unknown or impossible hyperparameter
 */
export function createTrainer(name: string, { overrides = {}, ...setup }: CreateTrainerOptions): Trainer {
  const agent = findAgent(name);
  if (!Number.isSafeInteger(setup.totalSteps) || setup.totalSteps < 1) {
    throw new RangeError(`the steps to train for must be a positive whole number, got ${setup.totalSteps}`);
  }
  return agent.create(setup, agent.options(overrides));
}

/**
 * An entry whose options are checked against `schema` when the user gives them and again when the trainer is created.
 */
function entry<Options extends Record<string, unknown>>({
  schema,
  create,
  ...rest
}: Omit<AgentEntry, "options" | "create"> & {
  schema: z.ZodObject & z.ZodType<Options>;
  create: (setup: TrainingSetup, options: Options) => Trainer;
}): AgentEntry {
  const options = (given: Readonly<Record<string, unknown>>): Options => {
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(schema.shape, name)) {
        throw new UnknownNameError(`hyperparameter of ${rest.name}:`, name, Object.keys(schema.shape));
      }
    }
    const result = schema.safeParse(given);
    if (!result.success) {
      const { where, what } = firstIssueIn(result.error, given);
      throw new RangeError(`hyperparameter ${where} of ${rest.name}: ${what}`);
    }
    return result.data;
  };
  return { ...rest, options, create: (setup, given) => create(setup, options(given)) };
}
