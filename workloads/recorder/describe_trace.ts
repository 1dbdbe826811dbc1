import { readFile } from "../../files/open_file.ts";
import { assertPackedTrace } from "../assert_packed_trace.ts";
import type { AccessTrace } from "../format/access_trace.ts";
import type { HistogramTrace } from "../format/histogram_trace.ts";
import { MOST_TRACE_BYTES } from "../format/limits.ts";
import { decodeTrace, type Trace, traceChecksum } from "../format/trace_format.ts";
import { lruMisses } from "./lru_misses.ts";

/** Facts about a packed trace of either kind. */
interface CommonDescription {
  file: string;
  name: string;
  program: string;
  command: string;
  method: string;
  pages: number;
  pageBytes: number;
  /** `pages * pageBytes`. */
  footprintBytes: number;
  /** Number of accesses; for a histogram, number of fills. */
  accesses: number;
  /** Writes divided by accesses; for a histogram, write-backs divided by fills. */
  writeShare: number;
  /** Size of the file, bytes. */
  packedBytes: number;
  /** SHA-256 that the file carries; it has been checked. */
  checksum: string;
}

/** Facts about a packed histogram, as plain data. */
export interface HistogramDescription extends CommonDescription {
  kind: "histogram";
  windows: number;
  /** Fills in a window. */
  windowAccesses: number;
  /** Share of all fills that go to the tenth (rounded up) of the pages with the most fills. */
  hottestTenthShare: number;
  /** The same for the hottest third of the pages. */
  hottestThirdShare: number;
  filter: { lineBytes: number; sets: number; ways: number };
}

/** Facts about packed page accesses, as plain data. */
export interface AccessDescription extends CommonDescription {
  kind: "accesses";
  /** Depth of the stack deletion: accesses to this many last distinct pages of a thread are not recorded. */
  stackDepth: number;
  /** Recorded accesses of the run before the first access of this trace. */
  skipped: number;
  threads: number;
  programCounters: number;
  vmas: number;
  /** Pages of all VMAs, accessed or not. */
  mappedPages: number;
  /** Memory accesses that the recorded accesses stand for. */
  work: number;
  /** Share of all accesses that miss an LRU memory that holds a tenth (rounded up) of the pages. */
  tenthMissShare: number;
  /** The same for a quarter of the pages. */
  quarterMissShare: number;
}

/** Facts about a packed trace, as plain data. */
export type TraceDescription = HistogramDescription | AccessDescription;

/** Reads and checks a packed trace and describes its contents. Throws a TraceFormatError if it is damaged. */
export function describeTrace(file: string): TraceDescription {
  assertPackedTrace(file);
  const bytes = readFile(file, MOST_TRACE_BYTES);
  const trace = decodeTrace(bytes, file);
  return trace.kind === "histogram" ? describeHistogram(trace, bytes, file) : describeAccesses(trace, bytes, file);
}

function describeCommon({ header }: Trace, bytes: Uint8Array, file: string): Omit<CommonDescription, "writeShare"> {
  const { name, program, command, method, pages, pageBytes, accesses } = header;
  return {
    file,
    name,
    program,
    command,
    method,
    pages,
    pageBytes,
    footprintBytes: pages * pageBytes,
    accesses,
    packedBytes: bytes.length,
    checksum: traceChecksum(bytes),
  };
}

function describeHistogram(trace: HistogramTrace, bytes: Uint8Array, file: string): HistogramDescription {
  const { header, page, fills, writeBacks } = trace;
  const perPage = new Float64Array(header.pages);
  let written = 0;
  for (let e = 0; e < page.length; e++) {
    perPage[page[e]!]! += fills[e]!;
    written += writeBacks[e]!;
  }
  perPage.sort().reverse();
  const hottest = (part: number): number =>
    perPage.subarray(0, Math.ceil(header.pages * part)).reduce((sum, count) => sum + count, 0) / header.accesses;
  return {
    kind: trace.kind,
    ...describeCommon(trace, bytes, file),
    windows: header.windows,
    windowAccesses: header.windowAccesses,
    writeShare: written / header.accesses,
    hottestTenthShare: hottest(1 / 10),
    hottestThirdShare: hottest(1 / 3),
    filter: header.filter,
  };
}

function describeAccesses(trace: AccessTrace, bytes: Uint8Array, file: string): AccessDescription {
  const { header, vmas, page, write, work } = trace;
  const sum = (values: Iterable<number>): number => {
    let total = 0;
    for (const value of values) total += value;
    return total;
  };
  const missShare = (part: number): number =>
    lruMisses(page, header.pages, Math.ceil(header.pages * part)) / header.accesses;
  return {
    kind: trace.kind,
    ...describeCommon(trace, bytes, file),
    stackDepth: header.stackDepth,
    skipped: header.skipped,
    threads: header.threads,
    programCounters: header.programCounters,
    vmas: header.vmas,
    mappedPages: sum(vmas.map(({ pages }) => pages)),
    work: sum(work),
    writeShare: sum(write) / header.accesses,
    tenthMissShare: missShare(1 / 10),
    quarterMissShare: missShare(1 / 4),
  };
}
