import type { EnvSpec } from "../../gym/env.ts";
import { tieringWorkloads } from "../../workloads/tiering/catalog.ts";
import { TIERING_OPTIONS } from "./options.ts";

/** What the registry knows about the tiering environment. */
export const TIERING_SPEC: EnvSpec = {
  id: "ring0/Tiering-v1",
  alias: "tiering",
  description: "page placement on a machine with a fast and a slow memory tier",
  source: "envs/tiering/tiering.ts",
  maxEpisodeSteps: 1000,
  rewardThreshold: null,
  options: TIERING_OPTIONS,
  workloads: tieringWorkloads.map(({ name, family, split }) => ({ name, family, split })),
};
