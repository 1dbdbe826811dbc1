import { TieringReference, tieringBound, tieringHeuristics, tieringTuned } from "../../baselines/tiering/index.ts";
import { scanStorm } from "../../baselines/tiering/scan_storm.ts";
import { TIERING_COLUMNS } from "../../envs/tiering/columns.ts";
import { DEFAULT_PAGES } from "../../envs/tiering/options.ts";
import { TIERING_SPEC } from "../../envs/tiering/registration.ts";
import { tieringPressure } from "../../kernel/tiering/pressure.ts";
import type { TieringKernel } from "../../kernel/tiering/tiering.ts";
import type { TieringWorkload } from "../../kernel/tiering/workload.ts";
import { TraceWorkload } from "../../workloads/tiering/trace_workload.ts";
import { columnNumbers } from "../online/column_features.ts";
import { HeldArms } from "../online/held_arms.ts";
import type { OnlineModel } from "../online/online_model.ts";
import type { FileReading, Problem } from "./problem.ts";
import { tieringPrograms } from "./programs/tiering.ts";
import { openTrace } from "./trace_file.ts";

/** What the commands know about tiered page placement. */
export const tiering: Problem = {
  id: TIERING_SPEC.id,
  heuristics: tieringHeuristics,
  tuned: tieringTuned,
  features: TIERING_COLUMNS,
  programs: tieringPrograms,
  measures: [],
  broken: scanStorm,
  pressure: (kernel) => tieringPressure((kernel as TieringKernel).view),
  overload: { background: 5 },
  online: tieringModel,
  bound: (kernel) => tieringBound((kernel as TieringKernel).scenario),
  reference: (kernel) => new TieringReference(kernel as TieringKernel),
  openFile: (path, { pages }, reading) => openHistogramFile(path, pages as number | undefined, reading),
  targets: async () => (await import("../validate/tiering.ts")).tieringTargets(),
  bench: { load: () => import("../bench/tiering.ts"), decisions: true },
  training: {
    agents: {
      // Chosen on the validation split: the effect of a knob shows within seconds, so a longer horizon only adds noise.
      ppo: { steps: 300_000, hyperparameters: { gamma: 0.9, learningRate: 2e-3, finalLogStd: -3 } },
      es: { steps: 300_000 },
    },
    // About two minutes of training for each seed, and half a minute of evaluation, on two cores.
    episodes: { validation: 2, test: 8 },
  },
};

/**
 * Columns of the observation that are features of a choice: latencies, loads and the machine. Source: choice, on train.
 */
const CONTEXT = columnNumbers(
  TIERING_COLUMNS,
  "ln(fast latency / slow latency)",
  "ln(fast latency / fast latency without load)",
  "ln(slow latency / slow latency without load)",
  "fast tier's utilisation",
  "slow tier's utilisation",
  "fast tier's share of accesses",
  "ln(fast capacity / pages of the program)",
  "ln(slow bandwidth / fast bandwidth)",
  "ln(slow latency / fast latency), both without load",
);

/**
 * The online learner's arms: five levels of the fast tier's share, each with the usual and the lowest move rate. No
 * level is good on every workload. The holding time and alpha are choices, made on the training split.
 */
function tieringModel(seed: number): OnlineModel {
  const shares = [-1, -0.5, 0, 0.5, 1];
  const moveRates = [-1, 0];
  const arms = shares.flatMap((share) => moveRates.map((rate) => [share, rate, 0, 0]));
  return new HeldArms({ arms, context: { columns: CONTEXT }, hold: 4, settle: 1, alpha: 1 }, seed);
}

/**
 * Reads a trace file as a tiering workload. Null when `path` is not a file and does not look like one.
 *
 * @param pages the most pages that it may have; by default as many as the environment's own workloads have
 * @throws UsageError when the file does not exist or its trace is of another kind, TraceFormatError when it is damaged
 */
export function openHistogramFile(path: string, pages = DEFAULT_PAGES, reading?: FileReading): TieringWorkload | null {
  const trace = openTrace(path, "histogram", reading);
  return trace && new TraceWorkload(trace, { pages });
}
