import type { GpuView } from "./view.ts";

/**
 * How critical the load on a GPU is, 0 to 1: the share of its time that critical requests have been asking for. At 1 they alone fill
 * it, and no order of them has all in time; below, a schedule may exist. It does not depend on who decides.
 */
export function gpuPressure({ criticalLoad }: GpuView): number {
  return Math.min(1, criticalLoad);
}
