import { agents } from "../../agents/index.ts";
import { environments } from "./index.ts";

/** How `train` runs an environment unless the user says otherwise. */
export interface TrainingDefaults {
  agent: string;
  /** Environment steps, for every agent. */
  steps: Readonly<Record<string, number>>;
  /** Agents that the environment has settings for; its own agent among them. */
  setUp: readonly string[];
  /** Evaluations on the validation split while training. */
  evaluations: number;
  /** Episodes of each workload in an evaluation: while training, and at the end. */
  episodes: { validation: number; test: number };
}

/** The agent that is trained where an environment names none of its own. */
const GENERAL_AGENT = "ppo";

/** How `train` runs the environment with this registry id unless the user says otherwise. */
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

/** Hyperparameters that an agent has in the environment with this registry id, where they differ from the agent's defaults. */
export function hyperparameterPreset(envId: string, agent: string): Readonly<Record<string, unknown>> {
  return trainingPresets(envId).agents?.[agent]?.hyperparameters ?? {};
}

function trainingPresets(envId: string) {
  return environments.find(({ id }) => id === envId)?.training ?? {};
}
