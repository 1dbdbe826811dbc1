import type { z } from "zod";
import { UnknownNameError } from "../gym/nearest.ts";
import { BanditTrainer } from "./bandit.ts";
import { banditOptionsSchema } from "./bandit_options.ts";
import { EsTrainer } from "./es.ts";
import { esOptionsSchema } from "./es_options.ts";
import { PpoTrainer } from "./ppo.ts";
import { PpoEsTrainer } from "./ppo_es.ts";
import { ppoEsOptionsSchema } from "./ppo_es_options.ts";
import { ppoOptionsSchema } from "./ppo_options.ts";
import { RolloutTrainer } from "./rollout.ts";
import { rolloutOptionsSchema } from "./rollout_options.ts";
import type { Trainer, TrainingSetup } from "./trainer.ts";

/** An algorithm as the registry lists it. */
export interface AgentEntry {
  name: string;
  description: string;
  /** Whether a tfjs backend must be selected before training (`selectBackend`). Acting never needs one. */
  needsBackend: boolean;
  /** Hyperparameters that differ from the defaults, by registry id of an environment. */
  presets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The hyperparameters with what was given. Throws a RangeError that names the wrong one and what is allowed. */
  options(given: Readonly<Record<string, unknown>>): Record<string, unknown>;
  create(setup: TrainingSetup, options: Record<string, unknown>): Trainer;
}

const READAHEAD_PPO = { network: "scorer", hidden: [16], normalizeObservations: false, numEnvs: 32, gamma: 0.9 };

// Chosen on the validation split: parts of many programs side by side, and caution where an action's worth is uncertain.
const READAHEAD_BANDIT = {
  numEnvs: 64,
  numSteps: 32,
  hidden: [32, 16],
  expectile: 0.25,
  epsilonEnd: 0.2,
  latestStart: 30_000,
  episodeSteps: 4000,
};

// The features are "what a global history buffer would choose" and "pages it would read now / 16": 0.2 lone faults a page, chosen on
// programs held out of training. From compressed memory nothing that reads is to be trusted.
const READAHEAD_CAUTION = { trusted: 14, margin: 1, taxed: 0, tax: 3.2 };

// The first alternatives together are the planner's own estimates; from there in small steps.
const GPU_ES = {
  pairs: 16,
  episodes: 12,
  sigma: 0.1,
  learningRate: 0.02,
  margin: 1,
  normalizeObservations: false,
};

// One decision a queue pair and round trip, of which most rows have none in a step; what it does shows within a few.
const CONGESTION_PPO = {
  numEnvs: 8,
  numSteps: 512,
  minibatchSize: 1024,
  learningRate: 3e-3,
  gamma: 0.9,
  hidden: [32],
  normalizeObservations: false,
  normalizeRewards: false,
};

const CONGESTION_ES = {
  pairs: 10,
  episodes: 19,
  everyWorkload: true,
  objective: "cost",
};

/** All algorithms; the first is the default of `train`. */
export const agents: readonly AgentEntry[] = [
  entry({
    name: "ppo",
    description: "proximal policy optimisation with a clipped objective, gradients on tfjs",
    needsBackend: true,
    schema: ppoOptionsSchema,
    presets: {
      "CartPole-v1": {
        numEnvs: 8,
        numSteps: 256,
        minibatchSize: 1024,
        learningRate: 3e-3,
        gamma: 0.98,
        normalizeRewards: false,
      },
      // Chosen on the validation split: what a knob does shows within seconds, so a longer horizon only adds noise.
      "ring0/Tiering-v1": { gamma: 0.9, learningRate: 2e-3, finalLogStd: -3 },
      "ring0/Readahead-v1": READAHEAD_PPO,
      "ring0/GpuPreemption-v1": { hidden: [32], gamma: 0.95, normalizeObservations: false },
      "ring0/ReadaheadSync-v1": READAHEAD_PPO,
      "ring0/CongestionControl-v1": CONGESTION_PPO,
    },
    create: (setup, options) => new PpoTrainer(setup, options),
  }),
  entry({
    name: "es",
    description: "evolution strategies on whole episodes with common random numbers",
    needsBackend: false,
    schema: esOptionsSchema,
    presets: {
      "ring0/GpuPreemption-v1": GPU_ES,
      "ring0/CongestionControl-v1": {
        ...CONGESTION_ES,
        sigma: 0.08,
        learningRate: 0.03,
        normalizeObservations: false,
      },
    },
    create: (setup, options) => new EsTrainer(setup, options),
  }),
  entry({
    name: "ppo-es",
    description: "PPO on the rewards, then evolution strategies on whole episodes from there",
    needsBackend: true,
    schema: ppoEsOptionsSchema,
    presets: {
      "ring0/CongestionControl-v1": {
        ppoSteps: 1_500_000,
        ppo: { ...CONGESTION_PPO, annealLr: false },
        es: { ...CONGESTION_ES, sigma: 0.03, learningRate: 0.01 },
      },
    },
    create: (setup, options) => new PpoEsTrainer(setup, options),
  }),
  entry({
    name: "rollout",
    description:
      "rollout policy iteration: plays every alternative ahead in copies of the environment and fits linear scores",
    needsBackend: false,
    schema: rolloutOptionsSchema,
    presets: {},
    create: (setup, options) => new RolloutTrainer(setup, options),
  }),
  entry({
    name: "bandit",
    description: "contextual bandit: predicts what each action earns from its features",
    needsBackend: true,
    schema: banditOptionsSchema,
    presets: {
      "ring0/Readahead-v1": { ...READAHEAD_BANDIT, ...READAHEAD_CAUTION },
      "ring0/ReadaheadSync-v1": READAHEAD_BANDIT,
    },
    create: (setup, options) => new BanditTrainer(setup, options),
  }),
];

/**
 * The agent of that name.
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

/** How to train: see `TrainingSetup`; `overrides` are hyperparameters by name, over the preset, over the defaults. */
export interface CreateTrainerOptions extends TrainingSetup {
  /** Registry id of the environment, for its preset. */
  env: string;
  overrides?: Readonly<Record<string, unknown>>;
}

/**
 * A trainer by name. An agent that needs a backend computes on the one `selectBackend` selected.
 *
 * @throws UnknownNameError for an unknown agent, RangeError for an unknown or impossible hyperparameter
 */
export function createTrainer(name: string, { env, overrides = {}, ...setup }: CreateTrainerOptions): Trainer {
  const agent = findAgent(name);
  if (!Number.isSafeInteger(setup.totalSteps) || setup.totalSteps < 1) {
    throw new RangeError(`the steps to train for must be a positive whole number, got ${setup.totalSteps}`);
  }
  return agent.create(setup, agent.options({ ...agent.presets[env], ...overrides }));
}

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
      const [issue] = result.error.issues;
      throw new RangeError(`hyperparameter ${issue.path.join(".")} of ${rest.name}: ${issue.message}`);
    }
    return result.data;
  };
  return { ...rest, options, create: (setup, given) => create(setup, options(given)) };
}
