import type { RandomStream } from "../../kernel/random.ts";
import { shuffled } from "../shuffled.ts";
import { interpolate, type QuantileFunction, quantileFunction } from "./quantile_function.ts";

/** Published figures of the requests to a language model. */
export interface LlmTraffic {
  /** Requests per second. */
  readonly rate: number;
  /** Time between arrivals, relative to its mean. */
  readonly gaps: QuantileFunction;
  /** Tokens of a prompt. */
  readonly promptTokens: QuantileFunction;
}

/**
 * Requests to two Azure services in November 2023. Source: quantiles and means of AzureLLMInferenceTrace_code.csv
 * (8,819 requests, coefficient of variation of the gaps 13.2) and _conv.csv (19,366 requests, 1.09),
 * Azure/AzurePublicDataset.
 */
export const AZURE_TRAFFIC: Record<"code" | "conv", LlmTraffic> = {
  code: {
    rate: 2.57,
    gaps: quantileFunction(
      [
        [0, 2.5e-6],
        [0.01, 5.7e-5],
        [0.1, 5.4e-4],
        [0.25, 5.33e-3],
        [0.5, 0.164],
        [0.75, 0.267],
        [0.9, 0.701],
        [0.95, 1.03],
        [0.99, 5.66],
        [0.999, 212],
        [1, 557],
      ],
      1,
    ),
    promptTokens: quantileFunction(
      [
        [0, 3],
        [0.01, 17],
        [0.1, 147],
        [0.25, 578],
        [0.5, 1469],
        [0.75, 2745],
        [0.9, 5194],
        [0.95, 7315],
        [1, 7437],
      ],
      2048,
    ),
  },
  conv: {
    rate: 5.53,
    gaps: quantileFunction(
      [
        [0, 1e-4],
        [0.01, 2.97e-3],
        [0.1, 0.0892],
        [0.25, 0.267],
        [0.5, 0.655],
        [0.75, 1.364],
        [0.9, 2.327],
        [0.95, 3.126],
        [0.99, 4.927],
        [0.999, 7.91],
        [1, 23.9],
      ],
      1,
    ),
    promptTokens: quantileFunction(
      [
        [0, 2],
        [0.01, 29],
        [0.1, 207],
        [0.25, 396],
        [0.5, 1020],
        [0.75, 1189],
        [0.9, 2735],
        [0.95, 4083],
        [0.99, 4142],
        [1, 7930],
      ],
      1155,
    ),
  },
};

/** Longest prompt with a published time, tokens; longer prompts are cut to it. */
const MAX_PROMPT_TOKENS = 8192;

/**
 * Time to read a prompt, relative to a prompt of 1,024 tokens. Source: splitwise-sim, perf_model.csv, llama2-70b on
 * H100, TP8, medians of 53.4, 77.9, 136.8, 390 and 845 ms at 512 to 8192 tokens. Shorter prompts take as long as 512
 * tokens (58 ms at 128, 52 ms at 256).
 */
const PREFILL_TIMES: readonly (readonly [tokens: number, factor: number])[] = [
  [0, 53.4 / 77.9],
  [512, 53.4 / 77.9],
  [1024, 1],
  [2048, 136.8 / 77.9],
  [4096, 390 / 77.9],
  [MAX_PROMPT_TOKENS, 845 / 77.9],
];

/** Time to read a prompt of `tokens` tokens, relative to a prompt of 1,024 tokens, for which a prefill model holds. */
export function prefillFactor(tokens: number): number {
  const cut = Math.min(MAX_PROMPT_TOKENS, Math.max(0, tokens));
  let after = 1;
  while (PREFILL_TIMES[after][0] < cut) after++;
  const [from, low] = PREFILL_TIMES[after - 1];
  const [to, high] = PREFILL_TIMES[after];
  return low + ((high - low) * (cut - from)) / (to - from);
}

/**
 * Arrivals in a run, ns. Their number is the rate times the length of the run, at least 1. The gaps are evenly spaced
 * quantiles of the traffic's gaps, in an order that the stream draws. So every run has the bursts and silences that fit
 * its length.
 */
export function burstyArrivals(
  { gaps }: LlmTraffic,
  ratePerS: number,
  durationNs: number,
  random: RandomStream,
): Float64Array {
  const count = Math.max(1, Math.round((ratePerS * durationNs) / 1e9));
  const lengths = Float64Array.from(shuffled(count, random), (rank) =>
    interpolate(gaps, (rank + random.next()) / count),
  );
  const scale = durationNs / lengths.reduce((sum, length) => sum + length, 0);
  // The run begins inside the first gap; otherwise every run would end with a request.
  let time = -random.next() * lengths[0] * scale;
  return lengths.map((length) => {
    time += length * scale;
    return Math.min(durationNs - 1, Math.max(0, Math.floor(time)));
  });
}

/** Draws the tokens of `count` prompts. */
export function drawPrompts({ promptTokens }: LlmTraffic, count: number, random: RandomStream): Float64Array {
  return Float64Array.from({ length: count }, () => Math.round(interpolate(promptTokens, random.next())));
}

/** Number of points for the mean over prompts. */
const MEAN_POINTS = 400;

/**
 * Mean of `prefillFactor` over the whole distribution of a service's prompts; it does not depend on the draws of a run.
 */
export function meanPrefillFactor({ promptTokens }: LlmTraffic): number {
  let sum = 0;
  for (let i = 0; i < MEAN_POINTS; i++) sum += prefillFactor(interpolate(promptTokens, (i + 0.5) / MEAN_POINTS));
  return sum / MEAN_POINTS;
}
