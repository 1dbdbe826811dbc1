import type { GpuView } from "./view.ts";

/**
 * Pressure of a GPU's load, 0 to 1: the share of its time that critical requests have recently asked for. At 1 they
 * alone fill the GPU, and no order of them finishes all in time; below 1 a schedule may exist. It does not depend on
 * the policy.
 */
export function gpuPressure({ criticalLoad }: GpuView): number {
  return Math.min(1, criticalLoad);
}
