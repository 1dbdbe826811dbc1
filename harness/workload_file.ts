import { existsSync, readFileSync, statSync } from "node:fs";
import { DEFAULT_PAGES } from "../envs/tiering_options.ts";
import type { ReadaheadWorkload } from "../kernel/readahead/workload.ts";
import type { TieringWorkload } from "../kernel/tiering/workload.ts";
import { type AccessTraceWorkloadOptions, accessTraceWorkload } from "../workloads/access_trace_workload.ts";
import { decodeTrace, type Trace } from "../workloads/trace_format.ts";
import { TraceWorkload } from "../workloads/trace_workload.ts";
import { UsageError } from "./usage_error.ts";

/** What each kind of trace is called in messages. */
const KINDS: Record<Trace["kind"], string> = { histogram: "a histogram", accesses: "page accesses in order" };

/**
 * The tiering workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @param pages the most it may have; by default as many as the environment's own workloads have
 * @throws UsageError when there is no such file or its trace is of another kind, TraceFormatError when it is damaged
 */
export function openHistogramFile(path: string, pages = DEFAULT_PAGES): TieringWorkload | null {
  const trace = openTrace(path, "histogram");
  return trace && new TraceWorkload(trace, { pages });
}

/**
 * The readahead workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @throws UsageError when there is no such file or its trace is of another kind, TraceFormatError when it is damaged,
 *   RangeError when `options` ask for what cannot be
 */
export function openAccessFile(path: string, options?: AccessTraceWorkloadOptions): ReadaheadWorkload | null {
  const trace = openTrace(path, "accesses");
  return trace && accessTraceWorkload(trace, options);
}

function openTrace<Kind extends Trace["kind"]>(path: string, kind: Kind): Extract<Trace, { kind: Kind }> | null {
  if (!isTraceFile(path)) return null;
  const trace = decodeTrace(readFileSync(path), path);
  if (isOfKind(trace, kind)) return trace;
  throw new UsageError(`${path} holds ${KINDS[trace.kind]}; here it must be ${KINDS[kind]} (trace --kind ${kind})`);
}

function isOfKind<Kind extends Trace["kind"]>(trace: Trace, kind: Kind): trace is Extract<Trace, { kind: Kind }> {
  return trace.kind === kind;
}

function isTraceFile(path: string): boolean {
  if (!existsSync(path)) {
    if (/[/\\]|\.[a-z0-9]+$/i.test(path)) throw new UsageError(`there is no trace file ${path}`);
    return false;
  }
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a trace file`);
  return true;
}
