import type { TieringEntry } from "./types.ts";

/** Every page stays where it was first put: in the fastest tier that had room. */
export const firstTouch: TieringEntry = {
  name: "first-touch",
  role: "simple",
  description: "allocate to the fastest tier with room, never move (Linux without NUMA balancing)",
  source: "Linux without NUMA balancing",
  knobs: [],
  create: () => ({ name: "first-touch", reset() {}, decide: () => ({ mechanism: "none" }) }),
};
