import { group, mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import { kernelEnvOf } from "../../envs/kernel_env.ts";
import type { Split } from "../../gym/env.ts";
import { type EvaluationRecord, measured } from "../compare/evaluation_record.ts";
import { episodesOf } from "../evaluate/episodes.ts";
import { loadPngRenderer } from "../pictures/png_renderer.ts";
import { playEpisode } from "../play/episode.ts";
import { findPolicies } from "../play/find_policy.ts";
import { heuristicPolicy, type Policy } from "../play/policy.ts";
import { findProblem } from "../problems/index.ts";
import { knobValues, type Measure, type Problem, type Tradeoff } from "../problems/problem.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { whileClaimed } from "../run/claim_folder.ts";
import { csvText } from "../run/csv.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import { newRunPath, RunDirectory } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { fromUnit } from "../tune/tune.ts";
import { tradeoffSvg } from "./picture.ts";
import { ALL_CONDITIONS, type TradeoffPoint, tradeoffCells, tradeoffColumns } from "./point.ts";

/** Number of values of a heuristic's constant, from the least to the greatest of its range. Source: choice. */
const KNOB_STEPS = 5;

/** Values of the environment's option for policies that choose actions. Source: choice. */
const OPTION_VALUES = [0.25, 0.5, 1, 2, 4];

/** Options of the trade-off command. */
export interface TradeoffOptions {
  /** Id or alias of the environment. */
  env: string;
  /** Names or folders, see `findPolicy`. Default: the policies of the problem. */
  policies?: readonly string[];
  /** Default `validation`. */
  split?: Split;
  /** Episodes of each workload. Default: as many as in the evaluations during training. */
  episodes?: number;
  /** Folder for `tradeoff.csv`, `.svg` and `.png`. Default: a new folder in `runs`. */
  out?: string;
  signal?: AbortSignal;
  onEpisode?: (done: number, total: number) => void;
  /** Called with one line if the picture cannot be drawn. */
  onWarning?: (text: string) => void;
}

/** Curves of policies, and the folder with the files. */
export interface TradeoffResult {
  /** Names of the metrics that `x` and `y` of the points stand for. */
  metrics: { x: string; y: string };
  measures: readonly Measure[];
  points: TradeoffPoint[];
  folder: string;
}

/** A policy with one value of its constant. */
interface Setting {
  constant: string | null;
  value: number | null;
  policy: Policy;
  /** Options of `env.reset`. */
  options: Record<string, number>;
}

/** The result of one episode. */
interface Sample {
  condition: string | null;
  x: number;
  y: number;
  measures: EvaluationRecord["measures"];
}

/**
 * Plays every policy with several values of the constant by which it trades one side of the problem for the other, all
 * on the same episodes. Writes the curves as a table and as pictures. Returns null if it was interrupted.
 *
 * @throws UsageError for an environment without two sides, or for a folder that is in use
 * @throws UnknownNameError or ArtifactError if a policy cannot be found or loaded
 * @throws RunError if the folder cannot be written
 */
export async function tradeoff(options: TradeoffOptions): Promise<TradeoffResult | null> {
  const { split = "validation", onEpisode } = options;
  const spec = registry.spec(options.env);
  const problem = findProblem(spec.id);
  const sides = problem?.tradeoff;
  if (problem === null || sides === undefined) {
    throw new UsageError(`${spec.id} has no two sides to trade off; ${withSides()}`);
  }
  const policies = findPolicies(spec.id, options.policies ?? sides.policies);
  const settings = [...policies.values()].flatMap((policy) => settingsOf(problem, sides, policy));
  const count = options.episodes ?? trainingDefaults(spec.id).episodes.validation;
  const episodes = episodesOf(spec, split, { episodes: count });
  const { run, claim } = await RunDirectory.createClaimed(options.out ?? newRunPath(`${spec.alias}-tradeoff`), {
    names: ["tradeoff.csv", "tradeoff.png"],
    last: "tradeoff.svg",
  });
  return whileClaimed(claim, options.signal, async (signal) => {
    const png = await loadPngRenderer(options.onWarning);
    const env = registry.make(spec.id, { splits: [split], wrap: false });
    const points: TradeoffPoint[] = [];
    try {
      for (const [done, setting] of settings.entries()) {
        const samples: Sample[] = [];
        for (const { workload, seed } of episodes) {
          const reset = { ...setting.options, ...(workload !== null && { workload }) };
          const { metrics } = playEpisode(env, setting.policy, seed, reset);
          samples.push({
            condition: kernelEnvOf(env).condition,
            x: 1 - metrics[sides.x.metric],
            y: metrics[sides.y.metric],
            measures: measured(problem, metrics),
          });
          onEpisode?.(done * episodes.length + samples.length, settings.length * episodes.length);
          await yieldToEventLoop(signal);
        }
        points.push(...pointsOf(setting, samples));
      }
    } catch (error) {
      if (error instanceof Interrupted) return null;
      throw error;
    } finally {
      env.close();
    }
    const { measures } = problem;
    const svg = await tradeoffSvg({
      title: `Trade-off in ${spec.id}`,
      subtitle: [
        `${split} split; the lower and the further to the right the better`,
        "a line sweeps a policy's constant, its least value is hollow",
      ],
      x: `${sides.x.label} (1 - ${sides.x.metric})`,
      y: `${sides.y.label} (${sides.y.metric})`,
      measures,
      points,
    });
    run.write("tradeoff.csv", csvText(points.map(tradeoffCells), tradeoffColumns(measures)));
    const picture = png(svg);
    if (picture !== null) run.write("tradeoff.png", picture);
    run.write("tradeoff.svg", svg);
    return { metrics: { x: `1 - ${sides.x.metric}`, y: sides.y.metric }, measures, points, folder: run.path };
  });
}

function withSides(): string {
  const ids = registry.list().filter(({ id }) => findProblem(id)?.tradeoff !== undefined);
  return `possible: ${ids.map(({ id }) => id).join(", ")}`;
}

/**
 * The settings of a policy, one per value of its trade-off constant. A policy without such a constant has a single
 * setting.
 */
function settingsOf(problem: Problem, { knobs, option }: Tradeoff, policy: Policy): Setting[] {
  const { name } = policy;
  if (policy.role === "agent" || policy.role === "random") {
    return OPTION_VALUES.map((value) => ({ policy, constant: option, value, options: { [option]: value } }));
  }
  const entry = problem.heuristics.find((one) => one.name === name);
  const knob = knobs.flatMap((wanted) => entry?.knobs.find((one) => one.name === wanted) ?? [])[0];
  if (entry === undefined || knob === undefined) return [{ policy, constant: null, value: null, options: {} }];
  return Array.from({ length: KNOB_STEPS }, (_, step) => {
    const value = Number(fromUnit(knob, step / (KNOB_STEPS - 1)).toPrecision(4));
    const values = { ...knobValues(problem, entry), [knob.name]: value };
    const policy = heuristicPolicy({ ...problem, tuned: { [name]: values } }, entry);
    return { policy, constant: knob.name, value, options: {} };
  });
}

/** The point of all episodes, followed by the points of each condition. */
function pointsOf({ policy, constant, value }: Setting, samples: readonly Sample[]): TradeoffPoint[] {
  const named = samples.filter(({ condition }) => condition !== null);
  const groups = [[ALL_CONDITIONS, samples] as const, ...group(named, ({ condition }) => condition!)];
  return groups.map(([condition, own]) => ({
    policy: policy.name,
    constant,
    value,
    condition,
    x: mean(own, ({ x }) => x)!,
    y: mean(own, ({ y }) => y)!,
    episodes: own.length,
    measures: Object.fromEntries(
      Object.keys(own[0].measures).map((metric) => [metric, mean(own, ({ measures }) => measures[metric]) ?? null]),
    ),
  }));
}
