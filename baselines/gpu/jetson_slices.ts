import { HIGH, LOW } from "../../kernel/gpu/interleave.ts";
import { setByClass } from "./group_class.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * Timeslices of high and low priority, us. The medium priority has 2600, and no group uses it here. Source: nvgpu,
 * tsg.h.
 */
const HIGH_SLICE_US = 5200;
const LOW_SLICE_US = 1300;

/** Priorities of Jetson's driver: critical groups get longer slices and a higher interleave level. */
export const jetsonSlices: GpuEntry = {
  name: "jetson-slices",
  role: "published",
  description:
    "priorities of Jetson's driver: critical groups 5200 us and interleaved high, best effort 1300 us and low",
  source: "nvgpu `tsg.h`",
  knobs: [],
  create: () =>
    ruleHeuristic("jetson-slices", (view, decision) => {
      setByClass(view, decision.sliceUs, HIGH_SLICE_US, LOW_SLICE_US);
      setByClass(view, decision.interleave, HIGH, LOW);
    }),
};
