import { assertWhole } from "../assert_whole.ts";
import type { GpuArchitecture } from "./architecture.ts";
import { assertWorkload, type GpuWorkload } from "./workload.ts";

/** A complete setup: the workload, the GPU and the properties of the driver. */
export interface GpuScenario {
  readonly workload: GpuWorkload;
  readonly architecture: GpuArchitecture;
  /** Median latency of a control operation, ns. Operations wait for each other. */
  readonly controlNs: number;
  /** Shortest timeslice that the driver accepts, us. It raises shorter ones to this value. */
  readonly minSliceUs: number;
  /** Time that a request loses to cold caches, ns, when another group has run since the group's last kernel. */
  readonly coldNs: number;
}

/** Throws a RangeError that names the first impossible setting. */
export function assertScenario({ workload, controlNs, minSliceUs, coldNs }: GpuScenario): void {
  assertWorkload(workload);
  for (const [name, value] of Object.entries({ controlNs, coldNs })) {
    assertWhole(name, value, 0);
  }
  if (!(minSliceUs >= 1 && minSliceUs <= 1e6)) throw new RangeError(`minSliceUs must be 1 to 1e6, got ${minSliceUs}`);
}
