import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import type { Split } from "../split.ts";

/** Options for opening a workload of the catalog. */
export interface ReadaheadOpenOptions {
  /**
   * Accesses of all threads together. A generator makes exactly this many (default 100,000). A trace plays at most this
   * many (default 150,000).
   */
  accesses?: number;
}

/** A workload that the readahead environments can run. */
export interface ReadaheadCatalogEntry {
  readonly name: string;
  /** The program or the generator. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator" | "trace";
  /** Path of the trace file; traces only. */
  readonly file?: string;
  /**
   * Opens the workload of one episode. A generator draws its parameters from `seed`; a trace draws which part of the
   * recording it plays.
   *
   * @throws RangeError if `options` asks for an impossible number of accesses
   * @throws TraceFormatError if the trace file is damaged
   */
  open(seed: number, options?: ReadaheadOpenOptions): ReadaheadWorkload;
}
