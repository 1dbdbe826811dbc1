import { FixedRate } from "./fixed_rate.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { START, tunedFloor } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** One rate and one window for all queue pairs and all the time: the best policy that does not look at the network. */
export const staticWindow: CongestionEntry = {
  name: "static-window",
  role: "static",
  description: "one rate and one window, in bandwidth-delay products, for all, chosen on the training split",
  source: "ours",
  information: "none",
  knobs: [START, { name: "window", min: 0.05, max: 20, scale: "log", start: 1, unit: "line x base" }],
  create: ({ start, window }) =>
    programHeuristic(new FixedRate("static-window", { start, floor: tunedFloor, window: window / start })),
};
