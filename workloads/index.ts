/**
 * The workloads that environments run: a catalog per subsystem, the file format of recordings, and what makes them.
 *
 * @module
 */

export { congestionWorkloads } from "./congestion/catalog.ts";
export type { CongestionCatalogEntry, CongestionOpenOptions } from "./congestion/catalog_entry.ts";
export type { AccessTrace, AccessTraceHeader } from "./format/access_trace.ts";
export type { HistogramTrace, TraceHeader } from "./format/histogram_trace.ts";
export {
  decodeAccessTrace,
  decodeHistogramTrace,
  decodeTrace,
  encodeTrace,
  type Trace,
} from "./format/trace_format.ts";
export { TraceFormatError } from "./format/trace_format_error.ts";
export { gpuWorkloads } from "./gpu/catalog.ts";
export type { GpuCatalogEntry, GpuOpenOptions } from "./gpu/catalog_entry.ts";
export { type AccessTraceWorkloadOptions, accessTraceWorkload } from "./readahead/access_trace_workload.ts";
export { readaheadWorkloads } from "./readahead/catalog.ts";
export type { ReadaheadCatalogEntry, ReadaheadOpenOptions } from "./readahead/catalog_entry.ts";
export { describeTrace, type TraceDescription } from "./recorder/describe_trace.ts";
export { importTrace } from "./recorder/import_trace.ts";
export { recordProgram } from "./recorder/record_program.ts";
export { tieringWorkloads } from "./tiering/catalog.ts";
export type { TieringCatalogEntry, TieringOpenOptions } from "./tiering/catalog_entry.ts";
export { TraceWorkload, type TraceWorkloadOptions } from "./tiering/trace_workload.ts";
