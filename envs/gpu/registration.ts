import type { EnvSpec } from "../../gym/env.ts";
import { gpuWorkloads } from "../../workloads/gpu/catalog.ts";
import { GPU_OPTIONS } from "./options.ts";

/** What the registry knows about the GPU environment. */
export const GPU_SPEC: EnvSpec = {
  id: "ring0/GpuPreemption-v1",
  alias: "gpu",
  description: "sharing a GPU between latency-critical and best-effort work",
  source: "envs/gpu/gpu.ts",
  maxEpisodeSteps: null,
  rewardThreshold: null,
  options: GPU_OPTIONS,
  workloads: gpuWorkloads.map(({ name, family, split }) => ({ name, family, split })),
};
