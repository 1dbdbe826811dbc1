import { congestionBound } from "../../baselines/congestion/bound.ts";
import { ClairvoyantReference as CongestionReference } from "../../baselines/congestion/clairvoyant_reference.ts";
import { congestionHeuristics } from "../../baselines/congestion/index.ts";
import congestionTuned from "../../baselines/congestion/tuned.json" with { type: "json" };
import { gpuBound } from "../../baselines/gpu/bound.ts";
import { ClairvoyantReference as GpuReference } from "../../baselines/gpu/clairvoyant_reference.ts";
import { gpuHeuristics } from "../../baselines/gpu/index.ts";
import gpuTuned from "../../baselines/gpu/tuned.json" with { type: "json" };
import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import { readaheadBound } from "../../baselines/readahead/bound.ts";
import { ClairvoyantReference } from "../../baselines/readahead/clairvoyant_reference.ts";
import { readaheadHeuristics, readaheadSyncHeuristics } from "../../baselines/readahead/index.ts";
import readaheadTuned from "../../baselines/readahead/tuned.json" with { type: "json" };
import readaheadSyncTuned from "../../baselines/readahead/tuned_sync.json" with { type: "json" };
import { tieringBound } from "../../baselines/tiering/bound.ts";
import { GreedyReference } from "../../baselines/tiering/greedy_reference.ts";
import { tieringHeuristics } from "../../baselines/tiering/index.ts";
import { scanStorm } from "../../baselines/tiering/scan_storm.ts";
import tieringTuned from "../../baselines/tiering/tuned.json" with { type: "json" };
import type { AnySubsystem } from "../../envs/kernel_env.ts";
import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { congestionPressure } from "../../kernel/congestion/pressure.ts";
import type { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { gpuPressure } from "../../kernel/gpu/pressure.ts";
import { readaheadPressure } from "../../kernel/readahead/pressure.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import { tieringPressure } from "../../kernel/tiering/pressure.ts";
import type { TieringKernel } from "../../kernel/tiering/tiering.ts";
import type { OnlineModel } from "../online/online_model.ts";
import {
  congestionModel,
  gpuModel,
  readaheadModel,
  readaheadSyncModel,
  tieringModel,
} from "../online/online_models.ts";
import type { Settings } from "../run/settings.ts";
import { openAccessFile, openCongestionFile, openGpuFile, openHistogramFile } from "./trace_file.ts";

/** Decides with knowledge of the future. */
export interface Reference {
  decide(): unknown;
}

/** The two sides between which an environment's policies choose, and which constants move them from one to the other. */
export interface Tradeoff {
  /** What one side lacks, a metric from 0 to 1. It is drawn as 1 minus it, so that more is better. */
  readonly x: { readonly metric: string; readonly label: string };
  /** What the other side pays, a metric of which less is better. */
  readonly y: { readonly metric: string; readonly label: string };
  /** Constants of heuristics by which they trade one side for the other: of those a heuristic has, the first is swept. */
  readonly knobs: readonly string[];
  /** The environment's option by which those who choose actions trade: a factor, by default 1. */
  readonly option: string;
  /** Heuristics that are drawn unless others are asked for. */
  readonly policies: readonly string[];
}

/** A metric that is compared beside the score. NaN in an episode that has none of it. */
export interface Measure {
  readonly metric: string;
  readonly better: "less" | "more";
  /** Digits after the point with which it is printed. */
  readonly digits: number;
}

/**
 * What an environment's policies are measured against: its heuristics, the certified bound and the feasible
 * clairvoyant reference.
 */
export interface Problem {
  /** Registry id of the environment. */
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
  readonly heuristics: readonly HeuristicEntry<any, any>[];
  /** Constants that `tune` chose on the training split, by heuristic. A heuristic without an entry has its own. */
  readonly tuned: Readonly<Record<string, KnobValues>>;
  /** Metrics that are compared beside the score, such as how bad the bad cases are; none where the cost tells all. */
  readonly measures: readonly Measure[];
  /**
   * What an agent is told, in the words of `HeuristicEntry.information` with "+" between, when the environment has these options;
   * none where tables need not say.
   */
  agentSees?(options: Settings): string;
  /** Options of the environment that say how an agent observes and what its actions do: a policy keeps them. None by default. */
  readonly agentOptions?: readonly string[];
  /** What `tradeoff` draws; none where no two sides are to be weighed against each other. */
  readonly tradeoff?: Tradeoff;
  /**
   * Whether the room between default and bound is taken as its mean over all episodes that are compared, so that episodes count by
   * their cost. For environments in some of whose episodes the default leaves no room. By default each episode has its own.
   */
  readonly pooled?: true;
  /**
   * Where costs are compared by family of workloads too: what rivals may be told and still count as seeing no more than an agent, what
   * the default is told among it, in the words of `HeuristicEntry.information`.
   */
  readonly seenByAll?: readonly string[];
  /**
   * A policy that is known to be bad, by the name that `findPolicy` knows or as a heuristic that stands in no table: in scenarios of the
   * ladder what breaks plays like this.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
  readonly broken: string | HeuristicEntry<any, any>;
  /**
   * How critical the load on the subsystem is at this decision point, 0 to 1, from what a kernel can see: at 0.95 or above it is
   * better left to the default alone, below 0.8 it is ordinary. Allocates nothing.
   */
  pressure(kernel: AnySubsystem): number;
  /** Settings of the environment that bring the load to where `pressure` is critical under the default. */
  readonly overload: Settings;
  /**
   * What an agent that learns while the environment runs begins with: it knows nothing yet.
   *
   * @param seed of the order in which it tries things, where that is drawn
   */
  online(seed: number): OnlineModel;
  /** Cost that no policy can go below in the episode that has just been reset. */
  bound(kernel: AnySubsystem): number;
  /** The clairvoyant reference for the episode that has just been reset. */
  reference(kernel: AnySubsystem): Reference;
  /**
   * The workload that a trace file holds, for `reset({ options })`; null when `path` is neither a file nor looks like one.
   *
   * @param settings those of the environment that say how much of it is wanted
   * @throws UsageError when there is no such file or it is of a kind for others, TraceFormatError when it is damaged
   */
  openFile(path: string, settings: Settings): object | null;
}

/** The problems, one for every environment with a kernel. */
export const problems: readonly Problem[] = [
  {
    id: "ring0/Tiering-v1",
    broken: scanStorm,
    heuristics: tieringHeuristics,
    tuned: tieringTuned,
    measures: [],
    pressure: (kernel) => tieringPressure((kernel as TieringKernel).view),
    overload: { background: 5 },
    online: tieringModel,
    bound: (kernel) => tieringBound((kernel as TieringKernel).scenario),
    reference: (kernel) => new GreedyReference(kernel as TieringKernel),
    openFile: (path, { pages }) => openHistogramFile(path, pages as number | undefined),
  },
  readahead("ring0/Readahead-v1", {
    heuristics: readaheadHeuristics,
    tuned: readaheadTuned,
    overload: { background: 0.95 },
    broken: "constant-2",
    online: readaheadModel,
  }),
  readahead("ring0/ReadaheadSync-v1", {
    heuristics: readaheadSyncHeuristics,
    tuned: readaheadSyncTuned,
    // As memory that compresses is where it has written back to a slow drive: every read waits for that.
    overload: { latency_us: 2000 },
    broken: "constant-3",
    online: readaheadSyncModel,
  }),
  {
    id: "ring0/GpuPreemption-v1",
    broken: "lc-only",
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
    pressure: (kernel) => gpuPressure((kernel as GpuKernel).view),
    overload: { critical_load: 6 },
    online: gpuModel,
    bound: (kernel) => gpuBound((kernel as GpuKernel).scenario, (kernel as GpuKernel).seed),
    reference: (kernel) => new GpuReference(kernel as GpuKernel),
    openFile: (path, { duration_ms }) =>
      openGpuFile(path, { durationNs: duration_ms === undefined ? undefined : Math.round(Number(duration_ms) * 1e6) }),
  },
  {
    id: "ring0/CongestionControl-v1",
    broken: "constant-0",
    heuristics: congestionHeuristics,
    tuned: congestionTuned,
    measures: [
      { metric: "cost_w0.1", better: "less", digits: 3 },
      { metric: "cost_w0.5", better: "less", digits: 3 },
      { metric: "slowdown_tail", better: "less", digits: 2 },
      { metric: "queue_base", better: "less", digits: 3 },
      { metric: "jain", better: "more", digits: 3 },
    ],
    pooled: true,
    // Of the network; ECN is what the default sees.
    seenByAll: ["none", "RTT", "ECN"],
    agentOptions: ["observation", "map", "information", "window"],
    agentSees: ({ information }) => congestionSees(information as string | undefined),
    pressure: (kernel) => congestionPressure((kernel as CongestionKernel).view),
    // Not all workloads have senders: one whose senders are many.
    overload: { workload: "incast-dumbbell", senders: 120, bytes: 500_000 },
    online: congestionModel,
    bound: (kernel) => congestionBound(kernel as CongestionKernel),
    reference: (kernel) => new CongestionReference(kernel as CongestionKernel),
    openFile: (path, { gbps, delay_us }) =>
      openCongestionFile(path, {
        gbps: gbps as number | undefined,
        delayNs: delay_us === undefined ? undefined : Math.round(Number(delay_us) * 1000),
      }),
  },
];

function readahead(id: string, own: Pick<Problem, "heuristics" | "tuned" | "overload" | "broken" | "online">): Problem {
  return {
    id,
    ...own,
    measures: [],
    pressure: (kernel) => readaheadPressure((kernel as ReadaheadKernel).view),
    bound: (kernel) => readaheadBound((kernel as ReadaheadKernel).scenario),
    reference: (kernel) => new ClairvoyantReference(kernel as ReadaheadKernel),
    openFile: (path, { accesses }) => openAccessFile(path, { accesses: accesses as number | undefined }),
  };
}

/** Of the option `information` of the congestion environment: what it adds to round-trip times, in the words of its heuristics. */
function congestionSees(information = ""): string {
  const words: Readonly<Record<string, string>> = { ecn: "ECN", int: "INT" };
  const added = information.split(",").filter((name) => name !== "");
  return ["RTT", ...added.map((name) => words[name] ?? name)].join("+");
}

/** The constants that heuristic `entry` runs with: tuned where `tune` was run, else its starting values. */
export function knobValues(
  problem: Problem,
  entry: { name: string } & Pick<HeuristicEntry<unknown, unknown>, "knobs">,
) {
  return { ...startValues(entry.knobs), ...problem.tuned[entry.name] };
}
