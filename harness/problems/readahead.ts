import {
  ReadaheadReference,
  readaheadBound,
  readaheadHeuristics,
  readaheadSyncHeuristics,
  readaheadSyncTuned,
  readaheadTuned,
} from "../../baselines/readahead/index.ts";
import { READAHEAD_SPEC, READAHEAD_SYNC_SPEC } from "../../envs/readahead/registration.ts";
import { CANDIDATES, FEATURES, QUIET } from "../../kernel/readahead/candidates.ts";
import { readaheadPressure } from "../../kernel/readahead/pressure.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import {
  type AccessTraceWorkloadOptions,
  accessTraceWorkload,
} from "../../workloads/readahead/access_trace_workload.ts";
import type { OnlineModel } from "../online/online_model.ts";
import { ScoredActions } from "../online/scored_actions.ts";
import type { Problem, TrainingPresets } from "./problem.ts";
import { openTrace } from "./trace_file.ts";

// Chosen on the validation split: parts of many programs side by side, and caution where an action's worth is uncertain.
const BANDIT = {
  numEnvs: 64,
  numSteps: 32,
  hidden: [32, 16],
  expectile: 0.25,
  epsilonEnd: 0.2,
  latestStart: 30_000,
  episodeSteps: 4000,
};

// The features are "what a global history buffer would choose" and "pages it would read now / 16": 0.2 lone faults a page, chosen on
// programs held out of training. From compressed memory nothing that reads is to be trusted.
const CAUTION = { trusted: 14, margin: 1, taxed: 0, tax: 3.2 };

const PPO = { network: "scorer", hidden: [16], normalizeObservations: false, numEnvs: 32, gamma: 0.9 };

/** What the two environments have in common. */
const COMMON = {
  measures: [],
  pressure: (kernel) => readaheadPressure((kernel as ReadaheadKernel).view),
  bound: (kernel) => readaheadBound((kernel as ReadaheadKernel).scenario),
  reference: (kernel) => new ReadaheadReference(kernel as ReadaheadKernel),
  openFile: (path, { accesses }) => openAccessFile(path, { accesses: accesses as number | undefined }),
} satisfies Partial<Problem>;

/** What the commands know about readahead from a swap device. */
export const readahead: Problem = {
  ...COMMON,
  id: READAHEAD_SPEC.id,
  heuristics: readaheadHeuristics,
  tuned: readaheadTuned,
  broken: "constant-2",
  overload: { background: 0.95 },
  online: readaheadModel,
  // Its episodes take longest.
  quickEpisodes: 1,
  targets: async () => (await import("../validate/readahead.ts")).readaheadTargets(),
  bench: { load: () => import("../bench/readahead.ts"), decisions: true },
  training: training({ ...BANDIT, ...CAUTION }),
};

/** What the commands know about readahead from compressed memory. */
export const readaheadSync: Problem = {
  ...COMMON,
  id: READAHEAD_SYNC_SPEC.id,
  heuristics: readaheadSyncHeuristics,
  tuned: readaheadSyncTuned,
  broken: "constant-3",
  // As when compressed memory has been written back to a slow drive: every read waits for the drive.
  overload: { latency_us: 2000 },
  online: readaheadSyncModel,
  leftOutOfQuick: true,
  targets: async () => (await import("../validate/readahead.ts")).readaheadSyncTargets(),
  training: training(BANDIT),
};

/** About four minutes of training a seed and five of evaluation on one core. */
function training(bandit: Readonly<Record<string, unknown>>): TrainingPresets {
  return {
    agent: "bandit",
    agents: {
      bandit: { steps: 800_000, hyperparameters: bandit },
      ppo: { steps: 500_000, hyperparameters: PPO },
      es: { steps: 300_000 },
    },
    evaluations: 2,
    episodes: { validation: 4, test: 4 },
  };
}

/** Readahead: all page sets. To read nothing for many decisions is left out, as it also means to learn nothing for as long. */
export function readaheadModel(): OnlineModel {
  return scoredPageSets((action) => action !== QUIET);
}

/** Where the device answers at once a decision costs as much as it decides about: nothing is read for many decisions or for none. */
export function readaheadSyncModel(): OnlineModel {
  return scoredPageSets((action) => action !== 0);
}

function scoredPageSets(taken: (action: number) => boolean): OnlineModel {
  return new ScoredActions({
    actions: Array.from(CANDIDATES.keys()).filter(taken),
    columns: FEATURES.length,
    amount: 0,
    // Chances to be used, kind of set, state of memory and device: of each page.
    scaled: [0, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 27, 29, 30, 32, 34, 36],
    plain: [0, 1, 2, 3],
    settleSteps: 512,
    alpha: 0.1,
  });
}

/**
 * The readahead workload that a trace file holds, or null when `path` is neither a file nor looks like one.
 *
 * @throws UsageError when there is no such file or its trace is of another kind, TraceFormatError when it is damaged,
 *   RangeError when `options` ask for what cannot be
 */
export function openAccessFile(path: string, options?: AccessTraceWorkloadOptions): ReadaheadWorkload | null {
  const trace = openTrace(path, "accesses");
  return trace && accessTraceWorkload(trace, options);
}
