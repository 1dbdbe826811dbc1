import { FixedRate } from "./fixed_rate.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { shippedFloor } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** Line rate without a window: only switches hold senders back, by pausing them. */
export const pfcOnly: CongestionEntry = {
  name: "pfc-only",
  role: "simple",
  description: "line rate; only switches' pause frames hold a sender back",
  source: "what every fabric does without congestion control",
  information: "none",
  knobs: [],
  create: () => programHeuristic(new FixedRate("pfc-only", { start: 1, floor: shippedFloor, window: Infinity })),
};
