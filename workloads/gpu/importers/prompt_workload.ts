import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import { prefillFactor } from "../azure_llm.ts";
import { drawSequence } from "../draw_sequence.ts";
import { findModel } from "../models.ts";
import { closedLoop } from "../profile_workload.ts";
import type { GpuImportOptions } from "./gpu_import_options.ts";

/** A request to a language model in a trace. */
export interface Prompt {
  /** Time since the first request, ns. */
  readonly time: number;
  readonly tokens: number;
  /** The time as the trace states it, and its line, for messages. */
  readonly stamp: string;
  readonly line: number;
}

/** Default length of a run, ns: the first minute of the trace. Source: choice. */
const DURATION_NS = 60_000_000_000;

/** Allowed latency of a prompt, relative to a prompt alone. Source: choice. */
const SLO = 1.5;

/** Most requests of a run. Source: choice. */
const MOST_REQUESTS = 5_000_000;

/**
 * Prompts as a critical group, each the prefill of a model of 7 to 8 billion parameters, beside a training job as best
 * effort. Decode steps are left out: engines batch them, which separate requests cannot represent.
 *
 * @param prompts in the order of the trace; they are taken only up to the end of the run
 * @throws InputFormatError for a request before the one above it, or too many requests
 */
export function promptWorkload(
  prompts: Iterable<Prompt>,
  { file, name = "prompts", durationNs = DURATION_NS, seed = 0 }: GpuImportOptions,
): GpuWorkload {
  const arrivals: number[] = [];
  const declared: number[] = [];
  for (const { time, tokens, stamp, line } of prompts) {
    if (time < (arrivals[arrivals.length - 1] ?? 0)) {
      throw new InputFormatError({ file, line }, `${stamp} is before the request above it`);
    }
    if (time >= durationNs) break;
    if (arrivals.length === MOST_REQUESTS) {
      throw new InputFormatError({ file, line }, `at most ${MOST_REQUESTS} requests are possible in a run: shorten it`);
    }
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
