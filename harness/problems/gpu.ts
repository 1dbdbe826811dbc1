import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { GpuReference, gpuBound, gpuHeuristics, gpuTuned } from "../../baselines/gpu/index.ts";
import { GPU_CHOICES } from "../../envs/gpu/actions.ts";
import { GPU_COLUMNS } from "../../envs/gpu/observation.ts";
import { GPU_SPEC } from "../../envs/gpu/registration.ts";
import type { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { gpuPressure } from "../../kernel/gpu/pressure.ts";
import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import { AZURE_COLUMNS, importAzure } from "../../workloads/gpu/importers/import_azure.ts";
import { importDisb } from "../../workloads/gpu/importers/import_disb.ts";
import { importOrion, ORION_COLUMNS } from "../../workloads/gpu/importers/import_orion.ts";
import { importReef } from "../../workloads/gpu/importers/import_reef.ts";
import { SPLITWISE_COLUMNS } from "../../workloads/gpu/importers/splitwise_columns.ts";
import { profileWorkload } from "../../workloads/gpu/profile_workload.ts";
import { columnNumbers } from "../online/column_features.ts";
import { HeldArms } from "../online/held_arms.ts";
import type { OnlineModel } from "../online/online_model.ts";
import { UsageError } from "../run/usage_error.ts";
import type { Problem } from "./problem.ts";
import { isTraceFile } from "./trace_file.ts";

/** What the commands know about GPU preemption. */
export const gpu: Problem = {
  id: GPU_SPEC.id,
  heuristics: gpuHeuristics,
  tuned: gpuTuned,
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
  openFile: (path, { duration_ms }) =>
    openGpuFile(path, { durationNs: duration_ms === undefined ? undefined : Math.round(Number(duration_ms) * 1e6) }),
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

/** Options for opening a file for the GPU. */
export interface GpuFileOptions {
  /** Longest run, ns. Default: the run time that the file states, else 10 s; of an Azure trace the first minute. */
  durationNs?: number;
  /** Seed of what the file leaves open: kernels of its models, times of random arrivals. Default: 0. */
  seed?: number;
}

/**
 * Reads a GPU workload from a file. Null when `path` is not a file and does not look like one. The content tells the
 * kind of file: a workload of DISB, a trace of Azure's language models, or the kernels of one model from Orion or REEF.
 * Kernels of one model run as best effort in a closed loop, beside a critical VGG-19 at 100 Hz.
 *
 * @throws UsageError when the file does not exist or is of no such kind, TraceFormatError when it is damaged
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
