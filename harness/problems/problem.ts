import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import type { AnySubsystem } from "../../envs/kernel_env.ts";
import type { OnlineModel } from "../online/online_model.ts";
import type { Settings } from "../run/settings.ts";
import type { Target } from "./target.ts";

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

/** How one agent trains in one environment. */
export interface TrainingPreset {
  /** Environment steps of a training. Default: `AgentEntry.steps`. */
  readonly steps?: number;
  /** Hyperparameters that differ from the agent's defaults. */
  readonly hyperparameters?: Readonly<Record<string, unknown>>;
}

/** How `train` and `benchmark` run an environment unless the user says otherwise. What is left out has the general default. */
export interface TrainingPresets {
  /** The environment's own agent: trained unless the user names another. */
  readonly agent?: string;
  /** By agent. `benchmark --agents` trains only agents that are listed here. */
  readonly agents?: Readonly<Record<string, TrainingPreset>>;
  /** Evaluations on the validation split while training. */
  readonly evaluations?: number;
  /** Episodes of each workload in an evaluation: while training, and at the end. */
  readonly episodes?: { readonly validation: number; readonly test: number };
}

/** Receives one measured number. */
export type Report = (name: string, value: number, unit: string) => void;

/** What `bench` measures in an environment, beside the training speed of its agents. */
export interface BenchEntry {
  /** Loads the module that measures the simulator and the environment. */
  load(): Promise<{ measure(report: Report, repetitions: number): void }>;
  /** Whether to time a decision of the standard network and of every heuristic. */
  readonly decisions: boolean;
}

/** What the commands know about an environment. */
export interface EnvironmentEntry {
  /** Registry id of the environment. */
  readonly id: string;
  readonly training: TrainingPresets;
  /** Default: `bench` measures nothing but the ladder's overhead. */
  readonly bench?: BenchEntry;
}

/**
 * What the commands know about an environment with a kernel: what its policies are measured against (heuristics, certified bound, feasible
 * clairvoyant reference), how they are compared, and how its files are opened.
 */
export interface Problem extends EnvironmentEntry {
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
  /** Whether `benchmark --quick` leaves the environment out, because another one has the same subsystem. */
  readonly leftOutOfQuick?: true;
  /** Episodes of each test workload in `benchmark --quick`; 2 by default. */
  readonly quickEpisodes?: number;
  /** Loads the published figures that the simulator is held to. */
  targets(): Promise<readonly Target[]>;
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

/** The families of an environment's workloads. */
export interface Families {
  /** By name of the workload. */
  of: ReadonlyMap<string, string>;
  /** What counts as no more than any learner sees, in the words of `HeuristicEntry.information`. */
  seenByAll: readonly string[];
}

/** The constants that heuristic `entry` runs with: tuned where `tune` was run, else its starting values. */
export function knobValues(
  problem: Pick<Problem, "tuned">,
  entry: { name: string } & Pick<HeuristicEntry<unknown, unknown>, "knobs">,
) {
  return { ...startValues(entry.knobs), ...problem.tuned[entry.name] };
}
