/**
 * Every environment: the registry that makes them by id, and their classes.
 *
 * @module
 */

import { Registry } from "../gym/registry.ts";
import { CARTPOLE_SPEC, CartPole } from "./cartpole.ts";
import { CongestionEnv } from "./congestion/congestion.ts";
import { CONGESTION_SPEC } from "./congestion/registration.ts";
import { GpuEnv } from "./gpu/gpu.ts";
import { GPU_SPEC } from "./gpu/registration.ts";
import { ReadaheadEnv } from "./readahead/readahead.ts";
import { ReadaheadSyncEnv } from "./readahead/readahead_sync.ts";
import { READAHEAD_DEVICES, READAHEAD_SPEC, READAHEAD_SYNC_SPEC } from "./readahead/registration.ts";
import { TIERING_SPEC } from "./tiering/registration.ts";
import { TieringEnv } from "./tiering/tiering.ts";

export { type AnySubsystem, hasKernel, type KernelEnv, kernelEnvOf } from "./kernel_env.ts";
export { CartPole, CongestionEnv, GpuEnv, ReadaheadEnv, ReadaheadSyncEnv, TieringEnv };

/** All environments of this project. `Registry.register` shows how to add one. */
export const registry = new Registry();

registry.register(CARTPOLE_SPEC, (context) => new CartPole(context));
registry.register(TIERING_SPEC, (context) => new TieringEnv(context));
registry.register(READAHEAD_SPEC, (context) => new ReadaheadEnv(context, READAHEAD_DEVICES));
registry.register(READAHEAD_SYNC_SPEC, (context) => new ReadaheadSyncEnv(context));
registry.register(GPU_SPEC, (context) => new GpuEnv(context));
registry.register(CONGESTION_SPEC, (context) => new CongestionEnv(context));

/** Ids of the environments of this project. Threads and processes that a user has not prepared know no others. */
export const OWN_IDS: ReadonlySet<string> = new Set(registry.list().map(({ id }) => id));
