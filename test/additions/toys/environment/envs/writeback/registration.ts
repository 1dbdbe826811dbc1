import type { EnvSpec } from "../../gym/env.ts";

/** What the registry knows about the writeback environment. */
export const WRITEBACK_SPEC: EnvSpec = {
  id: "toy/Writeback-v1",
  alias: "writeback",
  description: "when to write dirty pages back",
  maxEpisodeSteps: null,
  rewardThreshold: null,
  options: [
    { name: "workload", type: "string", description: "name of a workload of the allowed splits" },
    { name: "periods", type: "number", min: 1, max: 1000, description: "length of an episode" },
  ],
  workloads: [
    { name: "compiler", family: "compiler", split: "train" },
    { name: "database", family: "database", split: "validation" },
    { name: "browser", family: "browser", split: "test" },
  ],
};
