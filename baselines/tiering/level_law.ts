import type { Knob } from "../knobs.ts";
import { histogramDecision, PLACEMENT_KNOBS } from "./placement_knobs.ts";
import type { TieringEntry } from "./types.ts";

const LEVEL: Knob = { name: "level", min: 0, max: 1.5, scale: "linear", start: 0.4 };
const SLOPE: Knob = { name: "slope", min: 0, max: 3, scale: "linear", start: 1.2 };

/**
 * The level law: `share = level - slope ln(fast latency / slow latency)`, limited to the range 0 to 1. A person wrote
 * it after reading a learned policy. It sets the share by the ratio of the latencies, not by small steps from the
 * present share.
 */
export const levelLaw: TieringEntry = {
  name: "level-law",
  role: "hand-rule",
  description: "share = level - slope ln(fast latency / slow latency), a rule read off learned policies",
  source: "ours, read off learned policies",
  knobs: [LEVEL, SLOPE, ...PLACEMENT_KNOBS],
  create(values) {
    const decision = histogramDecision(values, values.level);
    return {
      name: "level-law",
      reset() {
        decision.fastShare = Math.min(1, values.level);
      },
      decide(view) {
        const [fast, slow] = view.tiers;
        const share = values.level - values.slope * Math.log(fast.latency / slow.latency);
        decision.fastShare = Math.min(1, Math.max(0, share));
        return decision;
      },
    };
  },
};
