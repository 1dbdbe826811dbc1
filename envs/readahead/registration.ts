import type { EnvSpec } from "../../gym/env.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { readaheadWorkloads } from "../../workloads/readahead/catalog.ts";
import { READAHEAD_OPTIONS } from "./options.ts";

const shared = {
  maxEpisodeSteps: null,
  rewardThreshold: null,
  options: READAHEAD_OPTIONS,
  workloads: readaheadWorkloads.map(({ name, family, split }) => ({ name, family, split })),
};

/** What the registry knows about readahead on asynchronous devices. */
export const READAHEAD_SPEC: EnvSpec = {
  id: "ring0/Readahead-v1",
  alias: "readahead",
  description: "what to read ahead at swap-in, from drives and remote memory",
  source: "envs/readahead/readahead.ts",
  ...shared,
};

/** What the registry knows about readahead on synchronous devices. */
export const READAHEAD_SYNC_SPEC: EnvSpec = {
  id: "ring0/ReadaheadSync-v1",
  alias: "readahead-sync",
  description: "what to read ahead at swap-in, from compressed memory",
  source: "envs/readahead/readahead_sync.ts",
  ...shared,
};

/** Profiles from which an episode on asynchronous devices draws. */
export const READAHEAD_DEVICES = deviceNames(false);
/** Profiles from which an episode on synchronous devices draws. */
export const READAHEAD_SYNC_DEVICES = deviceNames(true);

function deviceNames(synchronous: boolean): string[] {
  return Object.values(DEVICE_PROFILES)
    .filter((profile) => profile.synchronous === synchronous)
    .map(({ name }) => name);
}
