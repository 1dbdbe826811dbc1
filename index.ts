/**
 * The public surface of ring0-gym: the environments and their contract, the simulated kernels, the heuristics and
 * bounds, the agents, and the harness that measures one against the other.
 *
 * Every line is also a subpath of the package, e.g. `ring0-gym/envs` or `ring0-gym/kernel/tiering`, which loads only
 * what it needs.
 *
 * @module
 */

export * from "./agents/index.ts";
export * from "./baselines/congestion/index.ts";
export * from "./baselines/gpu/index.ts";
export * from "./baselines/readahead/index.ts";
export * from "./baselines/tiering/index.ts";
export { TieringReference as GreedyReference } from "./baselines/tiering/index.ts";
export * from "./envs/index.ts";
export * from "./gym/index.ts";
export * from "./harness/index.ts";
export * from "./kernel/congestion/index.ts";
export * from "./kernel/gpu/index.ts";
export * from "./kernel/readahead/index.ts";
export * from "./kernel/tiering/index.ts";
export * from "./ladder/index.ts";
export * from "./workloads/index.ts";
