import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import type { Split } from "../split.ts";

/** Options for opening a workload of the catalog. */
export interface GpuOpenOptions {
  /** Length of the run, ns. Default: 400 ms. */
  durationNs?: number;
  /** Factor on the number of critical requests that the workload has by itself. Default: 1. */
  criticalLoad?: number;
}

/** A workload that the GPU environment can run. */
export interface GpuCatalogEntry {
  readonly name: string;
  /** The kind of mix. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator";
  /** Opens the workload of one episode: groups, models, rates and objectives are drawn from `seed`. */
  open(seed: number, options?: GpuOpenOptions): GpuWorkload;
}
