import { randomUUID } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { HistogramTrace } from "../trace.ts";
import { decodeTrace, encodeTrace, traceChecksum } from "../trace_format.ts";

/** The output file is there already and was not to be replaced. */
export class OutputExistsError extends Error {
  override readonly name = "OutputExistsError";
}

/** The output file cannot be written where it was asked for. */
export class OutputPlaceError extends Error {
  override readonly name = "OutputPlaceError";
}

/**
 * Checks before anything is recorded that `file` can be written.
 *
 * @throws OutputExistsError if it exists, unless `force`; OutputPlaceError if its folder is missing or cannot be written
 */
export function assertWritable(file: string, force: boolean): void {
  if (!force && existsSync(file)) throw new OutputExistsError(`${file} exists; --force replaces it`);
  if (existsSync(file) && statSync(file).isDirectory()) throw new OutputPlaceError(`${file} is a folder, not a file`);
  const folder = dirname(resolve(file));
  const probe = `${file}.${randomUUID()}.tmp`;
  try {
    // Permissions alone do not say it: some file systems take no files from anybody.
    writeFileSync(probe, "", { flag: "wx" });
    rmSync(probe);
  } catch {
    throw new OutputPlaceError(`cannot write ${file}: the folder ${folder} is missing or not writable`);
  }
}

/**
 * Writes a trace as a packed file, whole or not at all.
 *
 * @throws OutputExistsError if the file exists and `force` is false
 */
export function writeTrace(file: string, trace: HistogramTrace, force = false): void {
  assertWritable(file, force);
  const bytes = encodeTrace(trace);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: "wx" });
    if (force) {
      renameSync(temporary, file);
    } else {
      linkSync(temporary, file);
    }
  } catch (error) {
    // Somebody else may have made the file since it was looked for.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") assertWritable(file, false);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Facts about a packed trace, plain data. */
export interface TraceDescription {
  file: string;
  name: string;
  kind: "histogram";
  program: string;
  command: string;
  method: string;
  windows: number;
  /** Fills in a window. */
  windowAccesses: number;
  pages: number;
  pageBytes: number;
  /** `pages * pageBytes`. */
  footprintBytes: number;
  /** Fills in all. */
  accesses: number;
  /** Write-backs over fills. */
  writeShare: number;
  /** Share of all fills that go to the tenth (rounded up) of the pages with most fills. */
  hottestTenthShare: number;
  /** The same for the hottest third. */
  hottestThirdShare: number;
  filter: { lineBytes: number; sets: number; ways: number };
  /** Bytes of the file. */
  packedBytes: number;
  /** SHA-256 that the file carries, checked. */
  checksum: string;
}

/** Reads and checks a packed trace and says what is in it. Throws a TraceFormatError if it is damaged. */
export function describeTrace(file: string): TraceDescription {
  const bytes = readFileSync(file);
  const trace = decodeTrace(bytes, file);
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
    file,
    name: header.name,
    kind: trace.kind,
    program: header.program,
    command: header.command,
    method: header.method,
    windows: header.windows,
    windowAccesses: header.windowAccesses,
    pages: header.pages,
    pageBytes: header.pageBytes,
    footprintBytes: header.pages * header.pageBytes,
    accesses: header.accesses,
    writeShare: written / header.accesses,
    hottestTenthShare: hottest(1 / 10),
    hottestThirdShare: hottest(1 / 3),
    filter: header.filter,
    packedBytes: bytes.length,
    checksum: traceChecksum(bytes),
  };
}
