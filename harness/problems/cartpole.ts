import { CARTPOLE_SPEC } from "../../envs/cartpole.ts";
import type { EnvironmentEntry } from "./problem.ts";

/** What the commands know about CartPole, which has no kernel and no heuristics. */
export const cartpole: EnvironmentEntry = {
  id: CARTPOLE_SPEC.id,
  bench: { load: () => import("../bench/cartpole.ts"), decisions: true },
  training: {
    agents: {
      ppo: {
        hyperparameters: {
          numEnvs: 8,
          numSteps: 256,
          minibatchSize: 1024,
          learningRate: 3e-3,
          gamma: 0.98,
          normalizeRewards: false,
        },
      },
    },
  },
};
