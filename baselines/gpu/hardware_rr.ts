import { createDecision, type GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuEntry } from "./types.ts";

/**
 * The runlist as drivers leave it, which is the default: every group gets a timeslice of 1024 us in turn, and no group
 * comes before another.
 */
export const hardwareRr: GpuEntry = {
  name: "hardware-rr",
  role: "default",
  description: "the hardware's round robin as drivers ship it: 1024 us for every group, nobody first",
  source: "nvgpu `kernel_fifo_gv100.c`: 128 << 3 us",
  knobs: [],
  create() {
    let decision: GpuDecision | null = null;
    return {
      name: "hardware-rr",
      reset() {
        decision = null;
      },
      decide(view) {
        decision ??= createDecision(view.groups);
        return decision;
      },
    };
  },
};
