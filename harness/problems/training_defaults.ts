/** How `train` runs an environment unless told otherwise. */
export interface TrainingDefaults {
  agent: string;
  /** Environment steps by agent. */
  steps: Readonly<Record<string, number>>;
  /** Evaluations on the validation split while training. */
  evaluations: number;
  /** Episodes of each workload in an evaluation: while training, and at the end. */
  episodes: { validation: number; test: number };
}

const GENERAL: TrainingDefaults = {
  agent: "ppo",
  steps: { ppo: 500_000, es: 500_000, bandit: 500_000, rollout: 500_000 },
  evaluations: 20,
  episodes: { validation: 10, test: 50 },
};

/** About four minutes of training a seed and five of evaluation on one core. */
const READAHEAD: Partial<TrainingDefaults> = {
  agent: "bandit",
  steps: { bandit: 800_000, ppo: 500_000, es: 300_000 },
  evaluations: 2,
  episodes: { validation: 4, test: 4 },
};

/** By registry id, where an environment differs from the general case. */
const BY_ENV: Readonly<Record<string, Partial<TrainingDefaults>>> = {
  // About two minutes of training and half a minute of evaluation on two cores.
  "ring0/Tiering-v1": {
    steps: { ppo: 300_000, es: 300_000 },
    episodes: { validation: 2, test: 8 },
  },
  "ring0/Readahead-v1": READAHEAD,
  "ring0/ReadaheadSync-v1": READAHEAD,
  // About four minutes of training a seed and two of evaluation on two cores.
  "ring0/CongestionControl-v1": {
    agent: "ppo-es",
    steps: { "ppo-es": 24_000_000, ppo: 3_000_000, es: 20_000_000 },
    evaluations: 20,
    episodes: { validation: 6, test: 8 },
  },
  // About three minutes of training and five of evaluation on two cores.
  "ring0/GpuPreemption-v1": {
    agent: "rollout",
    steps: { rollout: 6_000_000, es: 20_000_000, ppo: 500_000 },
    evaluations: 12,
    episodes: { validation: 16, test: 48 },
  },
};

/** How `train` runs the environment with this registry id unless told otherwise. */
export function trainingDefaults(envId: string): TrainingDefaults {
  return { ...GENERAL, ...BY_ENV[envId] };
}
