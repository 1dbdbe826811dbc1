import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import type { AnySubsystem } from "../../envs/kernel_env.ts";
import type { OnlineModel } from "../online/online_model.ts";
import type { ProgramContract } from "../program/program_run.ts";
import type { Settings } from "../run/settings.ts";
import type { Target } from "./target.ts";

/** Decides in one episode with knowledge of the future. */
export interface Reference {
  decide(): unknown;
}

/** Two quantities that an environment's policies trade against each other, and the constants that shift the balance. */
export interface Tradeoff {
  /** What the one side lacks: a metric from 0 to 1. The picture shows 1 minus it, so that more is better. */
  readonly x: { readonly metric: string; readonly label: string };
  /** What the other side pays: a metric of which less is better. */
  readonly y: { readonly metric: string; readonly label: string };
  /** Constants of heuristics that shift the balance. Of these the first that a heuristic has is swept. */
  readonly knobs: readonly string[];
  /** Option of the environment that shifts the balance for policies that choose actions: a factor, by default 1. */
  readonly option: string;
  /** Heuristics to draw unless the user names others. */
  readonly policies: readonly string[];
}

/** A metric that is compared beside the score. Its value is NaN in an episode where it is not defined. */
export interface Measure {
  readonly metric: string;
  readonly better: "less" | "more";
  /** Number of printed digits after the decimal point. */
  readonly digits: number;
}

/** How one agent trains in one environment. */
export interface TrainingPreset {
  /** Environment steps of a training. Default: `AgentEntry.steps`. */
  readonly steps?: number;
  /** Hyperparameters that differ from the agent's defaults. */
  readonly hyperparameters?: Readonly<Record<string, unknown>>;
}

/**
 * How `train` and `benchmark` run an environment unless the user says otherwise. Absent fields have the general
 * default.
 */
export interface TrainingPresets {
  /** The environment's own agent: `train` trains it unless the user names another. */
  readonly agent?: string;
  /** Presets by agent. `benchmark --agents` trains only agents that are listed here. */
  readonly agents?: Readonly<Record<string, TrainingPreset>>;
  /** Number of evaluations on the validation split during training. */
  readonly evaluations?: number;
  /** Episodes of each workload in an evaluation: during training, and at its end. */
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

/** How a workload file is read, and what is found out while it is read. */
export interface FileReading {
  /** Name of the file's format, for files whose content does not tell it. Default: recognised by the content. */
  readonly format?: string | undefined;
  /**
   * Called once, with the format in which the file is read, and with what the user should know about the way in which
   * it is played.
   */
  readonly onFormat?: ((format: FileFormat, notes: readonly string[]) => void) | undefined;
}

/** A format of workload files. */
export interface FileFormat {
  readonly name: string;
  /** What it is, for messages. */
  readonly called: string;
}

/** What the commands know about an environment beyond its registration. */
export interface EnvironmentEntry {
  /** Registry id of the environment. */
  readonly id: string;
  readonly training: TrainingPresets;
  /** Default: `bench` measures nothing but the ladder's overhead. */
  readonly bench?: BenchEntry;
}

/**
 * What the commands know about an environment with a kernel: what its policies are measured against (heuristics,
 * certified bound, feasible clairvoyant reference), how they are compared, and how its files are opened.
 */
export interface Problem extends EnvironmentEntry {
  /** Heuristics that run in the environment; exactly one has the role `default`. */
  // biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
  readonly heuristics: readonly HeuristicEntry<any, any>[];
  /**
   * Constants that `tune` chose on the training split, by heuristic. A heuristic without an entry keeps its starting
   * values.
   */
  readonly tuned: Readonly<Record<string, KnobValues>>;
  /**
   * What each number of a row's observation is, with its unit, in order: of an action's features where the observation
   * is a matrix with a line for each action. A policy can be exported only where its observations have such names.
   */
  readonly features?: readonly string[];
  /** How programs of users decide in the environment; absent where they only act. */
  readonly programs?: ProgramContract;
  /** Metrics that are compared beside the score, such as a tail latency; empty where the cost says everything. */
  readonly measures: readonly Measure[];
  /**
   * What an agent sees under these options, in the words of `HeuristicEntry.information` joined by "+". Absent where
   * tables do not show it.
   */
  agentSees?(options: Settings): string;
  /**
   * Options that determine what an agent observes and what its actions do. A trained policy keeps them. None by
   * default.
   */
  readonly agentOptions?: readonly string[];
  /** What the command `tradeoff` draws; absent where there is no trade-off to draw. */
  readonly tradeoff?: Tradeoff;
  /**
   * Whether scores divide by the mean difference between default and bound over all compared episodes, so that episodes
   * count by their cost. For environments in which the default leaves nothing to gain in some episodes. By default each
   * score divides by the difference in its own episode.
   */
  readonly pooled?: true;
  /**
   * Present where costs are compared by family of workloads too. Lists the information that a rival may use and still
   * count as seeing no more than an agent, in the words of `HeuristicEntry.information`. It includes what the default
   * uses.
   */
  readonly seenByAll?: readonly string[];
  /**
   * A bad policy: a name for `findPolicy`, or a heuristic that appears in no table. The ladder's scenarios use it as a
   * policy that breaks.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
  readonly broken: string | HeuristicEntry<any, any>;
  /**
   * How critical the load on the subsystem is at this decision point, 0 to 1, from what a kernel can see. Below 0.8 the
   * load is ordinary; at 0.95 or above only the default should decide. Allocates nothing.
   */
  pressure(kernel: AnySubsystem): number;
  /** Settings of the environment under which `pressure` becomes critical while the default decides. */
  readonly overload: Settings;
  /**
   * The model of an agent that learns while the environment runs, before it has learned anything.
   *
   * @param seed seed of the order in which it tries its arms, where that order is random
   */
  online(seed: number): OnlineModel;
  /** Whether `benchmark --quick` skips the environment, because another environment has the same subsystem. */
  readonly leftOutOfQuick?: true;
  /** Episodes of each test workload in `benchmark --quick`; 2 by default. */
  readonly quickEpisodes?: number;
  /** Loads the published figures against which the simulator is validated, and simulates each. */
  targets(): Promise<readonly Target[]>;
  /** Certified bound: the cost that no policy can go below in the episode that has just been reset. */
  bound(kernel: AnySubsystem): number;
  /** The clairvoyant reference for the episode that has just been reset. */
  reference(kernel: AnySubsystem): Reference;
  /**
   * Reads a trace file as a workload for `reset({ options })`. Null when `path` is not a file and does not look like
   * one.
   *
   * @param settings those of the environment that say how much of it is wanted
   * @param reading the file's format, where the user states it, and who is told which one it is
   * @throws UsageError when there is no such file or it is of a kind for others, TraceFormatError when it is damaged
   */
  openFile(path: string, settings: Settings, reading?: FileReading): object | null;
}

/** The families of an environment's workloads. */
export interface Families {
  /** Family by name of the workload. */
  of: ReadonlyMap<string, string>;
  /**
   * Information that counts as no more than every agent sees, in the words of `HeuristicEntry.information`; see
   * `Problem.seenByAll`.
   */
  seenByAll: readonly string[];
}

/** The constants of heuristic `entry`: tuned values where `tune` has chosen them, else its starting values. */
export function knobValues(
  problem: Pick<Problem, "tuned">,
  entry: { name: string } & Pick<HeuristicEntry<unknown, unknown>, "knobs">,
) {
  return { ...startValues(entry.knobs), ...problem.tuned[entry.name] };
}
