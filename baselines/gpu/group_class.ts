import type { GpuView } from "../../kernel/gpu/view.ts";

/** Whether a critical group has a request that is launched and not done. */
export function criticalWaits({ groups, critical, queued }: GpuView): boolean {
  for (let g = 0; g < groups; g++) {
    if (critical[g] === 1 && queued[g] > 0) return true;
  }
  return false;
}

/** Writes one value for all critical groups and another for all best-effort groups. */
export function setByClass(
  view: GpuView,
  setting: Uint8Array | Float64Array | Int32Array,
  critical: number,
  bestEffort: number,
): void {
  for (let g = 0; g < view.groups; g++) setting[g] = view.critical[g] === 1 ? critical : bestEffort;
}

/** Number of critical groups. */
export function criticalGroups({ groups, critical }: GpuView): number {
  let count = 0;
  for (let g = 0; g < groups; g++) count += critical[g];
  return count;
}
