import { FAST_SHARE, histogramDecision, PLACEMENT_KNOBS } from "./placement_knobs.ts";
import type { TieringEntry } from "./types.ts";

/** Histogram placement with one setting of all knobs for all workloads and machines. */
export const staticKnobs: TieringEntry = {
  name: "static",
  role: "static",
  description: "histogram placement with the one setting of all knobs that is best on the training split",
  knobs: [FAST_SHARE, ...PLACEMENT_KNOBS],
  create(values) {
    const decision = histogramDecision(values, values.fastShare);
    return { name: "static", reset() {}, decide: () => decision };
  },
};
