import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { TraceFormatError } from "../../format/trace_format_error.ts";
import { prefillFactor } from "../azure_llm.ts";
import { drawSequence } from "../draw_sequence.ts";
import { findModel } from "../models.ts";
import { closedLoop } from "../profile_workload.ts";
import type { GpuImportOptions } from "./gpu_import_options.ts";
import { numberIn, parseCsv } from "./parse_csv.ts";

/** Heading of a request trace of a language model in AzurePublicDataset. */
export const AZURE_COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

/** Default length of a run, ns: the first minute of the trace. Source: choice. */
const AZURE_DURATION_NS = 60_000_000_000;

/** Allowed latency of a prompt, relative to a prompt alone. Source: choice. */
const SLO = 1.5;

const NS_PER_DAY = 86_400_000_000_000;

/**
 * Reads the prompts of a trace as a critical group, each the prefill of a model of 7 to 8 billion parameters, beside a
 * training job as best effort. Decode steps are left out: engines batch them, which separate requests cannot represent.
 *
 * @throws TraceFormatError that names the first wrong line
 */
export function importAzure(text: string, options: GpuImportOptions = {}): GpuWorkload {
  const { file, name = "azure", durationNs = AZURE_DURATION_NS, seed = 0 } = options;
  const records = parseCsv(text, AZURE_COLUMNS, file);
  const arrivals: number[] = [];
  const declared: number[] = [];
  const begin = timeOf(records[0].cells[0], records[0].line, file);
  for (const record of records) {
    const { day, ns } = timeOf(record.cells[0], record.line, file);
    const time = (day - begin.day) * NS_PER_DAY + ns - begin.ns;
    const tokens = numberIn(record, AZURE_COLUMNS, "ContextTokens", { least: 0, file });
    if (time < (arrivals[arrivals.length - 1] ?? 0)) {
      throw new TraceFormatError({ file, line: record.line }, `${record.cells[0]} is before the request above it`);
    }
    if (time >= durationNs) break;
    arrivals.push(time);
    declared.push(prefillFactor(tokens));
  }
  const lengths = Float64Array.from(declared);
  const critical = {
    name: "prefill",
    critical: true,
    sequence: drawSequence(findModel("llm-prefill"), randomStream(seed, "gpu/azure")),
    arrivals: Float64Array.from(arrivals),
    thinkNs: 0,
    after: [],
    prepNs: 0,
    scales: lengths,
    declared: lengths,
    slo: SLO,
    instructionPreemption: true,
  };
  const training = drawSequence(findModel("resnet50-32-fb"), randomStream(seed, "gpu/azure", 1));
  return { name, groups: [critical, closedLoop(training)], durationNs, sharing: "time-slice" };
}

/** Day since 1970, and ns within that day. A number cannot hold ns since 1970 exactly. */
function timeOf(cell: string, line: number, file: string | undefined): { day: number; ns: number } {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})?$/.exec(cell);
  if (match === null) {
    throw new TraceFormatError({ file, line }, `TIMESTAMP must be like 2023-11-16 18:17:03.9799600, got "${cell}"`);
  }
  const [year, month, date, hours, minutes, seconds] = match.slice(1, 7).map(Number);
  const day = Math.floor(Date.UTC(year, month - 1, date) / 86_400_000);
  return { day, ns: ((hours * 60 + minutes) * 60 + seconds) * 1e9 + Math.round(Number(`0${match[7] ?? ""}`) * 1e9) };
}
