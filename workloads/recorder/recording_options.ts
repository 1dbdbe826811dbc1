import type { CacheFilter } from "../format/histogram_trace.ts";
import type { Trace } from "../format/trace_format.ts";
import type { AccessCut } from "./access_trace_builder.ts";

/** What is recorded, and how it is cut. */
export interface RecordingOptions {
  /** `histogram`: misses of a cache, by page and window. `accesses`: accesses to pages in order. Default `histogram`. */
  kind?: Trace["kind"];
  /** Bytes of a page, a power of two. Default 4096. */
  pageBytes?: number;
  /** Histogram: fills in a window before merging. Default 20000. */
  windowAccesses?: number;
  /** Histogram: neighbouring windows are merged, in equal groups, until at most this many are left. Default 160. */
  maxWindows?: number;
  /** Histogram. Default: `DEFAULT_FILTER`, 256 KiB. */
  filter?: CacheFilter;
  /** Accesses: pages a thread used last, whose further use is left out, 1 to 64. Default 16. */
  stackDepth?: number;
  /** Accesses: recorded ones to leave out first. Default 0. */
  skip?: number;
  /** Accesses: recorded ones to keep at most. Default: all. */
  keep?: number;
  /** Replace the output file if it exists. Default false. */
  force?: boolean;
}

const OF_KIND = {
  histogram: ["windowAccesses", "maxWindows", "filter"],
  accesses: ["stackDepth", "skip", "keep"],
} as const;

/** Throws a RangeError if an option of the other kind is set, or if `maxWindows` cannot be a number of windows. */
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

/** How page accesses are cut by these options. */
export function accessCut({ pageBytes = 4096, stackDepth = 16, skip = 0, keep }: RecordingOptions): AccessCut {
  return { pageBytes, stackDepth, skip, keep };
}
