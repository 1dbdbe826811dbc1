import type { EnvSpec } from "../../gym/env.ts";
import { congestionWorkloads } from "../../workloads/congestion/catalog.ts";
import { CONGESTION_OPTIONS } from "./options.ts";

/** What the registry knows about the congestion control environment. */
export const CONGESTION_SPEC: EnvSpec = {
  id: "ring0/CongestionControl-v1",
  alias: "congestion",
  description: "setting the rate of every queue pair on a fabric of RDMA and SMC traffic",
  source: "envs/congestion/congestion.ts",
  maxEpisodeSteps: null,
  rewardThreshold: null,
  options: CONGESTION_OPTIONS,
  workloads: congestionWorkloads.map(({ name, family, split }) => ({ name, family, split })),
};
