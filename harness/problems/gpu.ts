import { GpuReference, gpuBound, gpuHeuristics, gpuTuned } from "../../baselines/gpu/index.ts";
import { GPU_CHOICES } from "../../envs/gpu/actions.ts";
import { GPU_COLUMNS } from "../../envs/gpu/observation.ts";
import { GPU_SPEC } from "../../envs/gpu/registration.ts";
import type { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { gpuPressure } from "../../kernel/gpu/pressure.ts";
import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import { firstCharacters, readText, textChunks } from "../../workloads/format/text_input.ts";
import type { GpuImportOptions } from "../../workloads/gpu/importers/gpu_import_options.ts";
import { AZURE_COLUMNS, importAzure } from "../../workloads/gpu/importers/import_azure.ts";
import { BURST_GPT_COLUMNS, importBurstGpt } from "../../workloads/gpu/importers/import_burst_gpt.ts";
import { importDisb } from "../../workloads/gpu/importers/import_disb.ts";
import { importOrion, ORION_COLUMNS } from "../../workloads/gpu/importers/import_orion.ts";
import { importReef } from "../../workloads/gpu/importers/import_reef.ts";
import { columnPlaces, headingOf } from "../../workloads/gpu/importers/parse_csv.ts";
import { profileWorkload } from "../../workloads/gpu/profile_workload.ts";
import { describeLook, recogniseFormat } from "../../workloads/recognise_format.ts";
import { columnNumbers } from "../online/column_features.ts";
import { HeldArms } from "../online/held_arms.ts";
import type { OnlineModel } from "../online/online_model.ts";
import { UsageError } from "../run/usage_error.ts";
import type { FileFormat, FileReading, Problem } from "./problem.ts";
import { gpuPrograms } from "./programs/gpu.ts";
import { isTraceFile, workloadName } from "./trace_file.ts";

/** What the commands know about GPU preemption. */
export const gpu: Problem = {
  id: GPU_SPEC.id,
  heuristics: gpuHeuristics,
  tuned: gpuTuned,
  features: GPU_COLUMNS,
  programs: gpuPrograms,
  measures: [{ metric: "lc_late_p99_us", better: "less", digits: 1 }],
  tradeoff: {
    x: { metric: "be_cost", label: "best effort's share of its entitlement" },
    y: { metric: "lc_cost", label: "lateness of critical requests" },
    knobs: ["lead_scale", "lead_us", "slice_us", "depth", "tolerance"],
    option: "lead_scale",
    policies: ["hardware-rr", "gpreempt-hint", "xsched-lv3-hint", "block-wait-hint", "composite"],
  },
  broken: "lc-only",
  pressure: (kernel) => gpuPressure((kernel as GpuKernel).view),
  overload: { critical_load: 6 },
  online: gpuModel,
  bound: (kernel) => gpuBound((kernel as GpuKernel).scenario, (kernel as GpuKernel).seed),
  reference: (kernel) => new GpuReference(kernel as GpuKernel),
  openFile: (path, { duration_ms }, reading) =>
    openGpuFile(path, {
      ...reading,
      durationNs: duration_ms === undefined ? undefined : Math.round(Number(duration_ms) * 1e6),
    }),
  targets: async () => (await import("../validate/gpu.ts")).gpuTargets(),
  bench: { load: () => import("../bench/gpu.ts"), decisions: true },
  training: {
    agent: "rollout",
    agents: {
      rollout: { steps: 6_000_000 },
      // The first alternatives together are the planner's own estimates. Training moves away from them in small steps.
      es: {
        steps: 20_000_000,
        hyperparameters: {
          pairs: 16,
          episodes: 12,
          sigma: 0.1,
          learningRate: 0.02,
          margin: 1,
          normalizeObservations: false,
        },
      },
      ppo: { steps: 500_000, hyperparameters: { hidden: [32], gamma: 0.95, normalizeObservations: false } },
    },
    // About three minutes of training for each seed, and five of evaluation, on two cores.
    evaluations: 12,
    episodes: { validation: 16, test: 48 },
  },
};

/** Columns of the observation that are features of a choice. Source: choice, on train. */
const CONTEXT = columnNumbers(GPU_COLUMNS, "log2(shortest timeslice / us) / 10", "log2(control latency / switch) / 4");

/**
 * The online learner's arms. They combine every means of taking best effort off the GPU that the host can name itself,
 * best-effort groups in turn or all at once, and the GPU reserved for requests in preparation or not. Every other
 * choice stays at its first alternative. An arm is held for 20 ms, which is two turns of best effort. The holding time
 * and alpha are choices, made on the training split.
 */
function gpuModel(seed: number): OnlineModel {
  const arms: number[][] = [];
  for (const means of alternatives("means").filter((name) => name !== "auto")) {
    for (const turn of alternatives("turn")) {
      for (const reserve of ["hint", "none"]) arms.push(actionWith({ means, turn, reserve }));
    }
  }
  return new HeldArms({ arms, context: { columns: CONTEXT }, hold: 20e6, settle: 5e6, alpha: 1 }, seed);
}

function alternatives(choice: string): readonly string[] {
  return GPU_CHOICES.find(({ name }) => name === choice)!.alternatives;
}

/** An action with these alternatives by choice; every other choice takes its first alternative. */
function actionWith(chosen: Readonly<Record<string, string>>): number[] {
  return GPU_CHOICES.map((choice) => Math.max(0, choice.alternatives.indexOf(chosen[choice.name])));
}

/** What opening a file for the GPU takes. */
export interface GpuFileOptions extends FileReading {
  /** Longest run, ns. Default: the file's own, else 10 s, of a trace of requests its first minute. */
  readonly durationNs?: number | undefined;
  /** Of what the file leaves open: kernels of its models, times of random arrivals. Default: 0. */
  readonly seed?: number | undefined;
}

interface GpuFormat extends FileFormat {
  /** Columns of a table. None: it is JSON. */
  readonly columns?: readonly string[];
  open(path: string, options: GpuImportOptions, notes: string[]): GpuWorkload;
}

/** Most bytes of a file that describes a workload or a model. Source: choice. */
const MOST_DESCRIPTION = 32 << 20;

/** Files that the GPU plays. */
const FORMATS: readonly GpuFormat[] = [
  {
    name: "disb",
    called: "DISB workload",
    open(path, options, notes) {
      const standIns = new Set<string>();
      const onStandIn = (name: string, model: string) => standIns.add(`${model} stands for ${name}`);
      const workload = importDisb(readText(path, MOST_DESCRIPTION), { ...options, onStandIn });
      notes.push(...standIns);
      return workload;
    },
  },
  {
    name: "reef",
    called: "kernel profile of REEF",
    open: (path, options) =>
      profileWorkload(importReef(readText(path, MOST_DESCRIPTION), options as { name: string }), options),
  },
  {
    name: "azure",
    called: "Azure LLM trace",
    columns: AZURE_COLUMNS,
    open: (path, options) => importAzure(textChunks(path), options),
  },
  {
    name: "burstgpt",
    called: "request trace of BurstGPT",
    columns: BURST_GPT_COLUMNS,
    open: (path, options) => importBurstGpt(textChunks(path), options),
  },
  {
    name: "orion",
    called: "kernel profile of Orion",
    columns: ORION_COLUMNS,
    open: (path, options) =>
      profileWorkload(importOrion(readText(path, MOST_DESCRIPTION), options as { name: string }), options),
  },
];

/**
 * The GPU workload that a file holds, or null when `path` is neither a file nor looks like one. What it is is told by
 * its content: a workload of DISB, requests to language models from Azure or BurstGPT, or the kernels of one model
 * from Orion or REEF, which are run as best effort in a closed loop beside a critical VGG-19 at 100 Hz.
 *
 * @throws UsageError when there is no such file or it holds none of these, InputFormatError when it is damaged
 */
export function openGpuFile(path: string, options: GpuFileOptions = {}): GpuWorkload | null {
  if (!isTraceFile(path)) return null;
  const { format: stated, onFormat, durationNs, seed } = options;
  const format = stated === undefined ? recognised(path) : FORMATS.find(({ name }) => name === stated);
  if (format === undefined) {
    const allowed = FORMATS.map(({ name }) => name).join(", ");
    throw new UsageError(`"${stated}" is no format of workloads for a GPU; allowed: ${allowed}`);
  }
  const notes: string[] = [];
  const workload = format.open(path, { durationNs, seed, file: path, name: workloadName(path) }, notes);
  onFormat?.(format, notes);
  return workload;
}

function recognised(path: string): GpuFormat {
  const head = firstCharacters(path);
  const look = recogniseFormat(head);
  const known = FORMATS.find(({ name }) => name === look?.name);
  if (known !== undefined) return known;
  if (look?.name === "splitwise") throw new UsageError(`${path} is a table of times, not a workload`);
  // A table that lacks columns: its importer names them.
  const names = look === null ? headingOf(head) : [];
  const found = (format: GpuFormat) => columnPlaces(names, format.columns ?? []).filter((place) => place !== -1).length;
  const nearest = FORMATS.reduce((best, format) => (found(format) > found(best) ? format : best));
  if (found(nearest) > 0) return nearest;
  throw new UsageError(
    `${path} is no workload for a GPU; allowed: DISB workload (JSON), Azure LLM trace (CSV), ` +
      `BurstGPT trace (CSV), kernels from Orion (CSV) or REEF (JSON)${describeLook(head)}`,
  );
}
