import type { Knob } from "../knobs.ts";
import { histogramDecision, PLACEMENT_KNOBS } from "./placement_knobs.ts";
import type { TieringEntry } from "./types.ts";

const GAIN: Knob = { name: "gain", min: 0.02, max: 8, scale: "log", start: 0.25 };

/**
 * Colloid (SOSP 2024) on MEMTIS: it shifts the fast tier's share of accesses until both tiers answer in the same time.
 *
 * The principle is Colloid's. A proportional controller replaces its search between watermarks: every second the share
 * changes from its present value by a gain times the logarithm of the ratio of latencies.
 */
export const memtisColloid: TieringEntry = {
  name: "memtis-colloid",
  role: "published",
  description: "Colloid on MEMTIS: shift the fast tier's share of accesses until both tiers answer in the same time",
  source: "Colloid, SOSP 2024",
  knobs: [GAIN, ...PLACEMENT_KNOBS],
  create(values) {
    const decision = histogramDecision(values, 1);
    return {
      name: "memtis-colloid",
      reset() {
        decision.fastShare = 1;
      },
      decide(view) {
        const [fast, slow] = view.tiers;
        const step = values.gain * Math.log(slow.latency / fast.latency);
        decision.fastShare = Math.min(1, Math.max(0, fast.share + step));
        return decision;
      },
    };
  },
};
