import { existsSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { readFile } from "../../files/open_file.ts";
import { assertPackedTrace } from "../../workloads/assert_packed_trace.ts";
import { MOST_TRACE_BYTES } from "../../workloads/format/limits.ts";
import { decodeTrace, type Trace } from "../../workloads/format/trace_format.ts";
import { UsageError } from "../run/usage_error.ts";
import type { FileFormat, FileReading } from "./problem.ts";

/** The format of all files that are played here. */
const PACKED: FileFormat = { name: "packed", called: "packed trace" };

/** Name of each kind of trace in messages. */
const KINDS: Record<Trace["kind"], string> = { histogram: "a histogram", accesses: "page accesses in order" };

/**
 * Reads the trace in a file. Null when `path` is not a file and does not look like one.
 *
 * @throws UsageError when the file does not exist or its trace is of another kind, TraceFormatError when it is damaged
 */
export function openTrace<Kind extends Trace["kind"]>(
  path: string,
  kind: Kind,
  { format = PACKED.name, onFormat }: FileReading = {},
): Extract<Trace, { kind: Kind }> | null {
  if (!isTraceFile(path)) return null;
  if (format !== PACKED.name) {
    throw new UsageError(`"${format}" is no format that can be played here; allowed: ${PACKED.name}`);
  }
  assertPackedTrace(path);
  const trace = decodeTrace(readFile(path, MOST_TRACE_BYTES), path);
  if (isOfKind(trace, kind)) {
    onFormat?.(PACKED, []);
    return trace;
  }
  throw new UsageError(`${path} holds ${KINDS[trace.kind]}; here it must be ${KINDS[kind]} (trace --kind ${kind})`);
}

function isOfKind<Kind extends Trace["kind"]>(trace: Trace, kind: Kind): trace is Extract<Trace, { kind: Kind }> {
  return trace.kind === kind;
}

/**
 * Whether `path` is a file. A name without a slash and without an ending may be the name of a workload instead.
 *
 * @throws UsageError when `path` looks like a file but does not exist, or is not a regular file
 */
export function isTraceFile(path: string): boolean {
  if (!existsSync(path)) {
    if (/[/\\]|\.[a-z0-9]+$/i.test(path)) throw new UsageError(`there is no trace file ${path}`);
    return false;
  }
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a trace file`);
  return true;
}

/** The name of the workload in a file: that of the file, without its folder, its endings for packing and its own. */
export function workloadName(path: string): string {
  const plain = path.replace(/\.(gz|zst)$/, "");
  return basename(plain, extname(plain));
}
