import { existsSync, readFileSync, statSync } from "node:fs";
import { DEFAULT_PAGES } from "../envs/tiering_options.ts";
import type { TieringWorkload } from "../kernel/tiering/workload.ts";
import { decodeHistogramTrace } from "../workloads/trace_format.ts";
import { TraceWorkload } from "../workloads/trace_workload.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @param pages the most it may have; by default as many as the environment's own workloads have
 * @throws UsageError when there is no such file, TraceFormatError when it is damaged
 */
export function openWorkloadFile(path: string, pages = DEFAULT_PAGES): TieringWorkload | null {
  if (!existsSync(path)) {
    if (/[/\\]|\.[a-z0-9]+$/i.test(path)) throw new UsageError(`there is no trace file ${path}`);
    return null;
  }
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a trace file`);
  return new TraceWorkload(decodeHistogramTrace(readFileSync(path), path), { pages });
}
