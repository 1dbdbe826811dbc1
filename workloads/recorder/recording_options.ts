import type { CacheFilter } from "../format/histogram_trace.ts";
import type { Trace } from "../format/trace_format.ts";
import type { AccessCut } from "./access_trace_builder.ts";

/** Kind of recording, and which part of the run is kept. */
export interface RecordingOptions {
  /** `histogram`: cache misses by page and window. `accesses`: page accesses in order. Default `histogram`. */
  kind?: Trace["kind"];
  /** Bytes of a page, a power of two. Default 4096. */
  pageBytes?: number;
  /** Histogram only: fills in a window before merging. Default 20000. */
  windowAccesses?: number;
  /** Histogram only: consecutive windows are merged in equal groups until at most this many are left. Default 160. */
  maxWindows?: number;
  /** Histogram only: the cache model. Default: `DEFAULT_FILTER`, 256 KiB. */
  filter?: CacheFilter;
  /** Accesses only: accesses to this many last distinct pages of a thread are left out, 1 to 64. Default 16. */
  stackDepth?: number;
  /** Accesses only: recorded accesses to leave out at the start. Default 0. */
  skip?: number;
  /** Accesses only: most recorded accesses to keep. Default: all. */
  keep?: number;
  /** Replaces the output file if it exists. Default false. */
  force?: boolean;
}

const OF_KIND = {
  histogram: ["windowAccesses", "maxWindows", "filter"],
  accesses: ["stackDepth", "skip", "keep"],
} as const;

/**
 * Throws a RangeError if an option of the other kind is set, or if `maxWindows` is not a possible number of windows.
 */
export function assertRecordingOptions(options: RecordingOptions): void {
  const { kind = "histogram", maxWindows = 1 } = options;
  const other = kind === "histogram" ? "accesses" : "histogram";
  for (const name of OF_KIND[other]) {
    if (options[name] !== undefined) throw new RangeError(`${name} is an option of kind ${other}, the kind is ${kind}`);
  }
  if (!Number.isInteger(maxWindows) || maxWindows < 1) {
    throw new RangeError(`maxWindows must be a whole number of at least 1, got ${maxWindows}`);
  }
}

/** The cut of page accesses that these options ask for. */
export function accessCut({ pageBytes = 4096, stackDepth = 16, skip = 0, keep }: RecordingOptions): AccessCut {
  return { pageBytes, stackDepth, skip, keep };
}
