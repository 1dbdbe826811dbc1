import { agents } from "../../agents/index.ts";
import { environments } from "./index.ts";

/** How `train` runs an environment unless the user says otherwise. */
export interface TrainingDefaults {
  agent: string;
  /** Environment steps of a training, by agent. */
  steps: Readonly<Record<string, number>>;
  /** Agents that have presets in the environment, its own agent among them. */
  setUp: readonly string[];
  /** Number of evaluations on the validation split during training. */
  evaluations: number;
  /** Episodes of each workload in an evaluation: during training, and at its end. */
  episodes: { validation: number; test: number };
}

/** The agent to train where an environment names none of its own. */
const GENERAL_AGENT = "ppo";

/**
 * How `train` runs an environment unless the user says otherwise.
 *
 * @param envId registry id
 */
export function trainingDefaults(envId: string): TrainingDefaults {
  const { agent = GENERAL_AGENT, agents: presets = {}, evaluations = 20, episodes } = trainingPresets(envId);
  return {
    agent,
    steps: Object.fromEntries(agents.map(({ name, steps }) => [name, presets[name]?.steps ?? steps])),
    setUp: Object.keys(presets),
    evaluations,
    episodes: { validation: 10, test: 50, ...episodes },
  };
}

/**
 * Hyperparameters of an agent in an environment, as far as they differ from the agent's defaults.
 *
 * @param envId registry id
 */
export function hyperparameterPreset(envId: string, agent: string): Readonly<Record<string, unknown>> {
  return trainingPresets(envId).agents?.[agent]?.hyperparameters ?? {};
}

function trainingPresets(envId: string) {
  return environments.find(({ id }) => id === envId)?.training ?? {};
}
