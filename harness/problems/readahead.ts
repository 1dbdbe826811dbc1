import {
  ReadaheadReference,
  readaheadBound,
  readaheadHeuristics,
  readaheadSyncHeuristics,
  readaheadSyncTuned,
  readaheadTuned,
} from "../../baselines/readahead/index.ts";
import { READAHEAD_SPEC, READAHEAD_SYNC_SPEC } from "../../envs/readahead/registration.ts";
import { CANDIDATES, QUIET } from "../../kernel/readahead/candidates.ts";
import { FEATURE, FEATURES } from "../../kernel/readahead/features.ts";
import { readaheadPressure } from "../../kernel/readahead/pressure.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import {
  type AccessTraceWorkloadOptions,
  accessTraceWorkload,
} from "../../workloads/readahead/access_trace_workload.ts";
import type { OnlineModel } from "../online/online_model.ts";
import { ScoredActions } from "../online/scored_actions.ts";
import type { FileReading, Problem, TrainingPresets } from "./problem.ts";
import { readaheadPrograms } from "./programs/readahead.ts";
import { openTrace } from "./trace_file.ts";

// Chosen on the validation split: parts of many programs side by side, and caution where the value of an action is
// uncertain.
const BANDIT = {
  numEnvs: 64,
  numSteps: 32,
  hidden: [32, 16],
  expectile: 0.25,
  epsilonEnd: 0.2,
  latestStart: 30_000,
  episodeSteps: 4000,
};

// The tax is 0.2 lone faults for each page, chosen on programs held out of training. For compressed memory there is no
// CAUTION: no rule that reads can be trusted there.
const CAUTION = { trusted: FEATURE.ghbChoice, margin: 1, taxed: FEATURE.pages, tax: 3.2 };

const PPO = { network: "scorer", hidden: [16], normalizeObservations: false, numEnvs: 32, gamma: 0.9 };

/** What the two environments share. */
const COMMON = {
  features: FEATURES,
  measures: [],
  pressure: (kernel) => readaheadPressure((kernel as ReadaheadKernel).view),
  bound: (kernel) => readaheadBound((kernel as ReadaheadKernel).scenario),
  reference: (kernel) => new ReadaheadReference(kernel as ReadaheadKernel),
  openFile: (path, { accesses }, reading) =>
    openAccessFile(path, { accesses: accesses as number | undefined }, reading),
} satisfies Partial<Problem>;

/** What the commands know about readahead from a swap device. */
export const readahead: Problem = {
  ...COMMON,
  id: READAHEAD_SPEC.id,
  heuristics: readaheadHeuristics,
  tuned: readaheadTuned,
  programs: readaheadPrograms,
  broken: "constant-2",
  overload: { background: 0.95 },
  online: readaheadModel,
  // Its episodes take the longest time of all environments.
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
  programs: readaheadPrograms,
  broken: "constant-3",
  // As if compressed memory had been written back to a slow drive: every read waits for the drive.
  overload: { latency_us: 2000 },
  online: readaheadSyncModel,
  leftOutOfQuick: true,
  targets: async () => (await import("../validate/readahead.ts")).readaheadSyncTargets(),
  training: training(BANDIT),
};

/** Presets of both environments: about four minutes of training for each seed, and five of evaluation, on one core. */
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

/** The online learner's actions: all page sets except "nothing for many decisions", during which it could not learn. */
function readaheadModel(): OnlineModel {
  return scoredPageSets((action) => action !== QUIET);
}

/**
 * Like `readaheadModel`, on a device that answers at once. There a decision costs as much as the pages that it decides
 * about. So the actions include reading nothing for many decisions, but not reading nothing for one decision.
 */
function readaheadSyncModel(): OnlineModel {
  return scoredPageSets((action) => action !== 0);
}

/**
 * Features that are scaled by the number of pages: probability of use, kind of set, state of memory and device. Source:
 * choice, on train.
 */
const BY_PAGE = [
  FEATURE.pages,
  FEATURE.namedUsed,
  FEATURE.namedUsedInVma,
  FEATURE.namedUsedByPc,
  FEATURE.readUsedByPc,
  FEATURE.namesNextInThread,
  FEATURE.namesNextInVma,
  FEATURE.namesNextByPc,
  FEATURE.neighboursNear,
  FEATURE.neighboursFar,
  FEATURE.readsNothing,
  FEATURE.stockWindow,
  FEATURE.vmaAhead,
  FEATURE.vmaBehind,
  FEATURE.vmaAround,
  FEATURE.slotCluster,
  FEATURE.threadStride,
  FEATURE.pcStride,
  FEATURE.pageReplay,
  FEATURE.logSize,
  FEATURE.writes,
  FEATURE.readsUnderWay,
  FEATURE.logLoneFault,
  FEATURE.logFrames,
  FEATURE.refaultDistance,
  FEATURE.stockHits,
];

/** Features that apply to a set as a whole: how many pages it reads and what that costs. Source: choice, on train. */
const BY_SET = [FEATURE.pages, FEATURE.readsAny, FEATURE.transferTime, FEATURE.shareOfFrames];

function scoredPageSets(taken: (action: number) => boolean): OnlineModel {
  return new ScoredActions({
    actions: Array.from(CANDIDATES.keys()).filter(taken),
    columns: FEATURES.length,
    amount: FEATURE.pages,
    scaled: BY_PAGE,
    plain: BY_SET,
    settleSteps: 512,
    alpha: 0.1,
  });
}

/**
 * Reads a trace file as a readahead workload. Null when `path` is not a file and does not look like one.
 *
 * @throws UsageError when the file does not exist or its trace is of another kind, TraceFormatError when it is damaged,
 *   RangeError when `options` are impossible
 */
export function openAccessFile(
  path: string,
  options?: AccessTraceWorkloadOptions,
  reading?: FileReading,
): ReadaheadWorkload | null {
  const trace = openTrace(path, "accesses", reading);
  return trace && accessTraceWorkload(trace, options);
}
