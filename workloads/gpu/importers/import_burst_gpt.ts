import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import type { GpuImportOptions } from "./gpu_import_options.ts";
import { numberIn, parseCsv } from "./parse_csv.ts";
import { type Prompt, promptWorkload } from "./prompt_workload.ts";

/** Columns of BurstGPT's request traces that are read. Source: HPMLL/BurstGPT. */
export const BURST_GPT_COLUMNS = ["Timestamp", "Request tokens", "Response tokens"];

/**
 * Reads the prompts of a trace of BurstGPT, whose times are in seconds, up to the end of the run. See `promptWorkload`
 * for how they are played.
 *
 * @param text the trace, or its parts; they are read only as far as the run needs them
 * @throws InputFormatError that names the first wrong line
 */
export function importBurstGpt(text: string | Iterable<string>, options: GpuImportOptions = {}): GpuWorkload {
  return promptWorkload(prompts(text, options.file), { ...options, name: options.name ?? "burst-gpt" });
}

function* prompts(text: string | Iterable<string>, file: string | undefined): Generator<Prompt> {
  let begin: number | null = null;
  for (const record of parseCsv(text, BURST_GPT_COLUMNS, file)) {
    const seconds = numberIn(record, BURST_GPT_COLUMNS, "Timestamp", { least: 0, greatest: 1e9, file });
    const tokens = numberIn(record, BURST_GPT_COLUMNS, "Request tokens", { least: 0, file });
    begin ??= seconds;
    yield { time: Math.round((seconds - begin) * 1e9), tokens, stamp: record.cells[0], line: record.line };
  }
}
