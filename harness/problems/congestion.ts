import { extname } from "node:path";
import {
  CongestionReference,
  congestionBound,
  congestionHeuristics,
  congestionTuned,
} from "../../baselines/congestion/index.ts";
import { CONGESTION_FEATURES } from "../../envs/congestion/observation.ts";
import { CONGESTION_SPEC } from "../../envs/congestion/registration.ts";
import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { congestionPressure } from "../../kernel/congestion/pressure.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import { CONNECTION_MATRIX, importConnectionMatrix } from "../../workloads/congestion/importers/connection_matrix.ts";
import { importFlowList } from "../../workloads/congestion/importers/import_flow_list.ts";
import { firstCharacters, readText } from "../../workloads/format/text_input.ts";
import { describeLook, recogniseFormat } from "../../workloads/recognise_format.ts";
import { columnNumbers } from "../online/column_features.ts";
import type { OnlineModel } from "../online/online_model.ts";
import { RowArms } from "../online/row_arms.ts";
import { UsageError } from "../run/usage_error.ts";
import type { FileReading, Problem } from "./problem.ts";
import { congestionPrograms } from "./programs/congestion.ts";
import { isTraceFile, workloadName } from "./trace_file.ts";

// A queue pair decides once a round trip, so most rows do not decide in a step. A decision shows its effect within a
// few round trips, hence the short horizon.
const PPO = {
  numEnvs: 8,
  numSteps: 512,
  minibatchSize: 1024,
  learningRate: 3e-3,
  gamma: 0.9,
  hidden: [32],
  normalizeObservations: false,
  normalizeRewards: false,
};

const ES = { pairs: 10, episodes: 19, everyWorkload: true, objective: "cost" };

/** What the commands know about congestion control. */
export const congestion: Problem = {
  id: CONGESTION_SPEC.id,
  heuristics: congestionHeuristics,
  tuned: congestionTuned,
  features: CONGESTION_FEATURES,
  programs: congestionPrograms,
  measures: [
    { metric: "cost_w0.1", better: "less", digits: 3 },
    { metric: "cost_w0.5", better: "less", digits: 3 },
    { metric: "slowdown_tail", better: "less", digits: 2 },
    { metric: "queue_base", better: "less", digits: 3 },
    { metric: "jain", better: "more", digits: 3 },
  ],
  pooled: true,
  // Signals of the network. The default heuristic sees ECN.
  seenByAll: ["none", "RTT", "ECN"],
  agentOptions: ["observation", "map", "information", "window"],
  agentSees: ({ information }) => agentSees(information as string | undefined),
  broken: "constant-0",
  pressure: (kernel) => congestionPressure((kernel as CongestionKernel).view),
  // Only some workloads have the option `senders`; this workload has it and accepts many.
  overload: { workload: "incast-dumbbell", senders: 120, bytes: 500_000 },
  online: congestionModel,
  bound: (kernel) => congestionBound(kernel as CongestionKernel),
  reference: (kernel) => new CongestionReference(kernel as CongestionKernel),
  openFile: (path, { gbps, delay_us }, reading) =>
    openCongestionFile(path, {
      ...reading,
      gbps: gbps as number | undefined,
      delayNs: delay_us === undefined ? undefined : Math.round(Number(delay_us) * 1000),
    }),
  targets: async () => (await import("../validate/congestion.ts")).congestionTargets(),
  bench: { load: () => import("../bench/congestion.ts"), decisions: false },
  training: {
    agent: "ppo-es",
    agents: {
      "ppo-es": {
        steps: 24_000_000,
        hyperparameters: {
          ppoSteps: 1_500_000,
          ppo: { ...PPO, annealLr: false },
          es: { ...ES, sigma: 0.03, learningRate: 0.01 },
        },
      },
      ppo: { steps: 3_000_000, hyperparameters: PPO },
      es: {
        steps: 20_000_000,
        hyperparameters: { ...ES, sigma: 0.08, learningRate: 0.03, normalizeObservations: false },
      },
    },
    // About four minutes of training for each seed, and two of evaluation, on two cores.
    evaluations: 20,
    episodes: { validation: 6, test: 8 },
  },
};

/**
 * What an agent sees under the option `information`: round-trip times and more, in the words of
 * `HeuristicEntry.information`.
 */
function agentSees(information = ""): string {
  const words: Readonly<Record<string, string>> = { ecn: "ECN", int: "INT" };
  const added = information.split(",").filter((name) => name !== "");
  return ["RTT", ...added.map((name) => words[name] ?? name)].join("+");
}

/**
 * Columns of a row's observation of which squares and products are features of a choice too. Source: choice, on train.
 */
const PRODUCTS = columnNumbers(
  CONGESTION_FEATURES,
  "ln(round-trip time / base)",
  "ln(rate / line) / 3",
  "previous action",
);

/** Columns of a row's observation that are features of a choice. Source: choice, on train. */
const CONTEXT = [
  ...PRODUCTS,
  ...columnNumbers(
    CONGESTION_FEATURES,
    "ln(round-trip time / that of the round trip before)",
    "1: it goes on after it was idle",
    "ln(last round-trip time / base)",
  ),
];

/** Column that is 1 in a row that has just begun. */
const [FIRST] = columnNumbers(CONGESTION_FEATURES, "1: it has just begun and has measured nothing");

/**
 * The online learner's arms: factors of the rate from 1/e to e, and initial rates from 0.018 of the line rate to the
 * full line rate.
 */
function congestionModel(seed: number): OnlineModel {
  return new RowArms(
    {
      arms: [-1, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.5, 1],
      context: { columns: CONTEXT, products: PRODUCTS },
      firstArms: [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1],
      firstColumn: FIRST,
      alpha: 1,
    },
    seed,
  );
}

/** What opening a file for congestion control takes. */
export interface CongestionFileOptions extends FileReading {
  /** Rate of every host's link. Default: 100. */
  readonly gbps?: number | undefined;
  /** Propagation of every link, ns. Default: 1000. */
  readonly delayNs?: number | undefined;
}

/** Most bytes of a list. Source: choice. */
const MOST_LIST = 64 << 20;

/** Endings of files that are taken for flow lists unless they look like something else. */
const FLOW_LISTS = [".flows", ".txt"];

/**
 * The workload of messages that a flow list or a connection matrix of htsim holds, or null when `path` is neither a
 * file nor looks like one.
 *
 * @throws UsageError when there is no such file or it is no flow list, InputFormatError when it is damaged, RangeError
 *   when `options` ask for what cannot be
 */
export function openCongestionFile(path: string, options: CongestionFileOptions = {}): CongestionWorkload | null {
  if (!isTraceFile(path)) return null;
  const head = firstCharacters(path);
  const name = workloadName(path);
  const look = recogniseFormat(head);
  const looks = options.format ?? look?.name;
  if (looks === CONNECTION_MATRIX.name)
    return importConnectionMatrix(readText(path, MOST_LIST), { ...options, file: path, name });
  const isList = options.format !== undefined || looks === "flows";
  const taken = look === null && FLOW_LISTS.includes(extname(path)) && !head.includes("\0");
  if (isList || taken) return importFlowList(readText(path, MOST_LIST), { ...options, file: path, name });
  throw new UsageError(
    `${path} is no workload for congestion control; allowed: flow list (src dst bytes start, one a line), ` +
      `connection matrix of htsim${describeLook(head)}`,
  );
}
