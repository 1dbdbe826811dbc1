import { numberIn, parseCsv } from "./parse_csv.ts";

/** Heading of splitwise-sim's performance table. */
export const SPLITWISE_COLUMNS = [
  "model",
  "hardware",
  "prompt_size",
  "batch_size",
  "token_size",
  "peak_power",
  "average_power",
  "prompt_time",
  "token_time",
  "e2e_time",
  "tensor_parallel",
];

/** How long a language model takes on some GPUs. */
export interface LlmTiming {
  readonly model: string;
  readonly hardware: string;
  /** GPUs the model is spread over. */
  readonly tensorParallel: number;
  /** Tokens of each prompt, and prompts at once. */
  readonly promptTokens: number;
  readonly batch: number;
  /** Tokens made after each prompt. */
  readonly generatedTokens: number;
  /** Median time to read the prompts, ms. */
  readonly promptMs: number;
  /** Median time of each step after, ms. */
  readonly tokenMs: number;
}

/**
 * The medians of a table of measured times, one a setting, in the table's order.
 *
 * Rows of 64 prompts of 512 tokens on two GPUs are left out: they say 794 ms on A100 where 32 prompts take 6,632 ms.
 *
 * @throws TraceFormatError that names the first wrong line
 */
export function importSplitwise(text: string, { file }: { file?: string } = {}): LlmTiming[] {
  const settings = new Map<string, { timing: LlmTiming; prompts: number[]; tokens: number[] }>();
  for (const row of parseCsv(text, SPLITWISE_COLUMNS, file)) {
    const read = (column: string, least: number): number => numberIn(row, SPLITWISE_COLUMNS, column, { least, file });
    const timing: LlmTiming = {
      model: row.cells[0],
      hardware: row.cells[1],
      tensorParallel: read("tensor_parallel", 1),
      promptTokens: read("prompt_size", 1),
      batch: read("batch_size", 1),
      generatedTokens: read("token_size", 1),
      promptMs: read("prompt_time", 0),
      tokenMs: read("token_time", 0),
    };
    if (timing.tensorParallel === 2 && timing.promptTokens === 512 && timing.batch === 64) continue;
    const { model, hardware, tensorParallel, promptTokens, batch, generatedTokens, promptMs, tokenMs } = timing;
    const key = [model, hardware, tensorParallel, promptTokens, batch, generatedTokens].join("/");
    const setting = settings.get(key) ?? { timing, prompts: [], tokens: [] };
    setting.prompts.push(promptMs);
    setting.tokens.push(tokenMs);
    settings.set(key, setting);
  }
  return [...settings.values()].map(({ timing, prompts, tokens }) => ({
    ...timing,
    promptMs: median(prompts),
    tokenMs: median(tokens),
  }));
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
