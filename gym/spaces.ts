/** The six kinds of space, and functions for all of them. */
export { type Bound, Box } from "./spaces/box.ts";
export { Dict } from "./spaces/dict.ts";
export { Discrete } from "./spaces/discrete.ts";
export { spaceFromJSON } from "./spaces/from_json.ts";
export { MultiBinary } from "./spaces/multi_binary.ts";
export { MultiDiscrete } from "./spaces/multi_discrete.ts";
export { alternatives, containsRows, createRows, maskSize, type RowArray } from "./spaces/rows.ts";
export type { Space } from "./spaces/space.ts";
export { Tuple } from "./spaces/tuple.ts";
