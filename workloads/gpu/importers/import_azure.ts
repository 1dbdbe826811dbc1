import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import type { GpuImportOptions } from "./gpu_import_options.ts";
import { numberIn, parseCsv } from "./parse_csv.ts";
import { type Prompt, promptWorkload } from "./prompt_workload.ts";
import { parseTimeStamp } from "./time_stamp.ts";

/** Heading of a request trace of a language model in AzurePublicDataset. */
export const AZURE_COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

const NS_PER_DAY = 86_400_000_000_000;

/**
 * Reads the prompts of a trace up to the end of the run. See `promptWorkload` for how they are played.
 *
 * @param text the trace, or its parts; they are read only as far as the run needs them
 * @throws InputFormatError that names the first wrong line
 */
export function importAzure(text: string | Iterable<string>, options: GpuImportOptions = {}): GpuWorkload {
  return promptWorkload(prompts(text, options.file), { ...options, name: options.name ?? "azure" });
}

function* prompts(text: string | Iterable<string>, file: string | undefined): Generator<Prompt> {
  let begin: ReturnType<typeof parseTimeStamp> | null = null;
  for (const record of parseCsv(text, AZURE_COLUMNS, file)) {
    const [cell] = record.cells;
    const stamp = parseTimeStamp(cell, "TIMESTAMP", record.line, file);
    begin ??= stamp;
    if (stamp.zoned !== begin.zoned) {
      const [has, had] = stamp.zoned ? ["a", "none"] : ["no", "one"];
      throw new InputFormatError(
        { file, line: record.line },
        `TIMESTAMP has ${has} time zone, but the first has ${had}: got "${cell}"`,
      );
    }
    const time = (stamp.day - begin.day) * NS_PER_DAY + stamp.ns - begin.ns;
    const tokens = numberIn(record, AZURE_COLUMNS, "ContextTokens", { least: 0, file });
    yield { time, tokens, stamp: cell, line: record.line };
  }
}
