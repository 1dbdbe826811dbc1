import type { GpuArchitecture } from "./architecture.ts";
import { assertWorkload, type GpuWorkload } from "./workload.ts";

/** What runs, on what, with which driver. */
export interface GpuScenario {
  readonly workload: GpuWorkload;
  readonly architecture: GpuArchitecture;
  /** Median time from a control operation's turn to its effect, ns. Operations wait for each other. */
  readonly controlNs: number;
  /** Shortest timeslice the driver accepts, us; shorter ones are raised to it. */
  readonly minSliceUs: number;
  /** Time a request loses to cold caches when another group ran since the group's last kernel, ns. */
  readonly coldNs: number;
}

/** Throws a RangeError that names the first setting that is impossible. */
export function assertScenario({ workload, controlNs, minSliceUs, coldNs }: GpuScenario): void {
  assertWorkload(workload);
  for (const [name, value] of Object.entries({ controlNs, coldNs })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${name} must be a whole number >= 0, got ${value}`);
  }
  if (!(minSliceUs >= 1 && minSliceUs <= 1e6)) throw new RangeError(`minSliceUs must be 1 to 1e6, got ${minSliceUs}`);
}
