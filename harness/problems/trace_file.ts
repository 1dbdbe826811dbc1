import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { DEFAULT_PAGES } from "../../envs/tiering/options.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import type { TieringWorkload } from "../../kernel/tiering/workload.ts";
import { importFlowList, isFlowList } from "../../workloads/congestion/import_flow_list.ts";
import { decodeTrace, type Trace } from "../../workloads/format/trace_format.ts";
import { AZURE_COLUMNS, importAzure } from "../../workloads/gpu/import_azure.ts";
import { importDisb } from "../../workloads/gpu/import_disb.ts";
import { importOrion, ORION_COLUMNS } from "../../workloads/gpu/import_orion.ts";
import { importReef } from "../../workloads/gpu/import_reef.ts";
import { SPLITWISE_COLUMNS } from "../../workloads/gpu/import_splitwise.ts";
import { profileWorkload } from "../../workloads/gpu/profile_workload.ts";
import {
  type AccessTraceWorkloadOptions,
  accessTraceWorkload,
} from "../../workloads/readahead/access_trace_workload.ts";
import { TraceWorkload } from "../../workloads/tiering/trace_workload.ts";
import { UsageError } from "../run/usage_error.ts";

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

/** What opening a file for the GPU takes. */
export interface GpuFileOptions {
  /** Longest run, ns. Default: the file's own, else 10 s, of an Azure trace its first minute. */
  durationNs?: number;
  /** Of what the file leaves open: kernels of its models, times of random arrivals. Default: 0. */
  seed?: number;
}

/**
 * The GPU workload that a file holds, or null when `path` is neither a file nor looks like one. What it is is told by its
 * content: a workload of DISB, a trace of Azure's language models, or the kernels of one model from Orion or REEF, which are
 * run as best effort in a closed loop beside a critical VGG-19 at 100 Hz.
 *
 * @throws UsageError when there is no such file or it holds none of these, TraceFormatError when it is damaged
 */
export function openGpuFile(path: string, options: GpuFileOptions = {}): GpuWorkload | null {
  if (!isTraceFile(path)) return null;
  const text = readFileSync(path, "utf8");
  const name = basename(path, extname(path));
  if (text.trimStart().startsWith("{")) {
    if (text.includes('"tasks"')) return importDisb(text, { ...options, file: path, name });
    if (text.includes('"kernel_latency"')) return profileWorkload(importReef(text, { file: path, name }), options);
  }
  const heading = text.slice(0, text.search(/\r?\n|$/));
  if (heading === AZURE_COLUMNS.join(",")) return importAzure(text, { ...options, file: path, name });
  if (heading === ORION_COLUMNS.join(",")) return profileWorkload(importOrion(text, { file: path, name }), options);
  if (heading === SPLITWISE_COLUMNS.join(",")) throw new UsageError(`${path} is a table of times, not a workload`);
  throw new UsageError(
    `${path} is no workload for a GPU; allowed: DISB workload (JSON), Azure LLM trace (CSV), ` +
      "kernels from Orion (CSV) or REEF (JSON)",
  );
}

/** What opening a file for congestion control takes. */
export interface CongestionFileOptions {
  /** Rate of every host's link. Default: 100. */
  gbps?: number | undefined;
  /** Propagation of every link, ns. Default: 1000. */
  delayNs?: number | undefined;
}

/** Endings of files that are taken for flow lists whatever they hold. */
const FLOW_LISTS = [".flows", ".txt"];

/**
 * The workload of messages that a flow list holds, or null when `path` is neither a file nor looks like one.
 *
 * @throws UsageError when there is no such file or it is no flow list, TraceFormatError when it is damaged, RangeError when
 *   `options` ask for what cannot be
 */
export function openCongestionFile(path: string, options: CongestionFileOptions = {}): CongestionWorkload | null {
  if (!isTraceFile(path)) return null;
  const text = readFileSync(path, "utf8");
  if (!FLOW_LISTS.includes(extname(path)) && !isFlowList(text)) {
    throw new UsageError(
      `${path} is no workload for congestion control; allowed: flow list (src dst bytes start, one a line)`,
    );
  }
  return importFlowList(text, { ...options, file: path, name: basename(path, extname(path)) });
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
