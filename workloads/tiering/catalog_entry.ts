import type { TieringWorkload } from "../../kernel/tiering/workload.ts";
import type { Split } from "../split.ts";

/** Options for opening a workload of the catalog. */
export interface TieringOpenOptions {
  /**
   * Pages of the workload. A generator makes exactly this many (default 4096). A trace has at most this many, see
   * `TraceWorkloadOptions.pages` (default: all pages of the recording).
   */
  pages?: number;
}

/** A workload that the tiering environment can run. */
export interface TieringCatalogEntry {
  readonly name: string;
  /** The program or the generator. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator" | "trace";
  /** Path of the trace file; traces only. */
  readonly file?: string;
  /**
   * Opens the workload of one episode. A generator draws its parameters from `seed`; a trace is the same for every
   * seed.
   *
   * @throws RangeError if a generator or a trace cannot have that many pages
   * @throws TraceFormatError if the trace file is damaged
   */
  open(seed: number, options?: TieringOpenOptions): TieringWorkload;
}
