export { type ImportOptions, importTrace } from "../workloads/recorder/import_trace.ts";
export { type RecordOptions, recordProgram } from "../workloads/recorder/record_program.ts";
export { describeTrace, type TraceDescription } from "../workloads/recorder/trace_file.ts";
