import { existsSync, readFileSync, statSync } from "node:fs";
import { DEFAULT_PAGES } from "../envs/tiering_options.ts";
import type { ReadaheadWorkload } from "../kernel/readahead/workload.ts";
import type { TieringWorkload } from "../kernel/tiering/workload.ts";
import { type AccessTraceWorkloadOptions, accessTraceWorkload } from "../workloads/access_trace_workload.ts";
import { decodeAccessTrace, decodeHistogramTrace } from "../workloads/trace_format.ts";
import { TraceWorkload } from "../workloads/trace_workload.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The tiering workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @param pages the most it may have; by default as many as the environment's own workloads have
 * @throws UsageError when there is no such file, TraceFormatError when it is damaged or of another kind
 */
export function openWorkloadFile(path: string, pages = DEFAULT_PAGES): TieringWorkload | null {
  if (!isTraceFile(path)) return null;
  return new TraceWorkload(decodeHistogramTrace(readFileSync(path), path), { pages });
}

/**
 * The readahead workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @throws UsageError when there is no such file, TraceFormatError when it is damaged or of another kind
 */
export function openAccessFile(path: string, options?: AccessTraceWorkloadOptions): ReadaheadWorkload | null {
  if (!isTraceFile(path)) return null;
  return accessTraceWorkload(decodeAccessTrace(readFileSync(path), path), options);
}

function isTraceFile(path: string): boolean {
  if (!existsSync(path)) {
    if (/[/\\]|\.[a-z0-9]+$/i.test(path)) throw new UsageError(`there is no trace file ${path}`);
    return false;
  }
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a trace file`);
  return true;
}
