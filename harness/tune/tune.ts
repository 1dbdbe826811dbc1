import { mean } from "d3-array";
import type { Knob, KnobValues } from "../../baselines/knobs.ts";
import { startValues } from "../../baselines/knobs.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { Evaluator } from "../evaluate/evaluate.ts";
import { heuristicPolicy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";

/** Options of the search for a heuristic's constants. */
export interface TuneOptions {
  /** Settings tried for each heuristic, including the starting one. Default 100. */
  budget?: number;
  /** Episodes of each training workload for every setting. Default 4. */
  episodes?: number;
  /** Names of the heuristics to tune. Default: all heuristics with constants. */
  heuristics?: readonly string[];
  /** Seed of the search. Default 1. */
  seed?: number;
  /** Called after every setting. */
  onSetting?: (heuristic: string, tried: number, best: number) => void;
}

/** The result of tuning one heuristic. */
export interface TuneResult {
  heuristic: string;
  /** Mean score on the training episodes with the starting values and with the best values. */
  startScore: number;
  score: number;
  /** Mean score of the best values on the validation episodes. */
  validation: number;
  values: KnobValues;
  budget: number;
}

/** Share of the budget that is drawn from the whole range before the search narrows. */
const EXPLORED = 1 / 3;

/** Standard deviation of a step around the best setting, relative to a knob's range: at the start and at the end. */
const FIRST_STEP = 0.2;
const LAST_STEP = 0.03;

/** Number of settings that are compared on the validation split at the end. */
const FINALISTS = 5;

/**
 * Tunes the constants of every heuristic of a problem that has any. All heuristics get the same episodes, budget and
 * search. The first settings are drawn from the whole range; later ones are ever smaller steps around the best.
 * Settings are compared by mean score on common episodes of the training split. Among the best few, the search keeps
 * the setting with the best score on the validation split, on the same episodes that select a policy during training.
 */
export function tuneHeuristics(problem: Problem, options: TuneOptions = {}): TuneResult[] {
  const { budget = 100, episodes = 4, heuristics, seed = 1, onSetting = () => {} } = options;
  const training = new Evaluator(problem.id, "train", { episodes });
  const validation = new Evaluator(problem.id, "validation", {
    episodes: trainingDefaults(problem.id).episodes.validation,
  });
  return problem.heuristics
    .filter(({ name, knobs }) => knobs.length > 0 && (heuristics === undefined || heuristics.includes(name)))
    .map((entry) => {
      const scoreOn = (evaluator: Evaluator, values: KnobValues): number => {
        const policy = heuristicPolicy({ ...problem, tuned: { [entry.name]: values } }, entry);
        return mean(evaluator.evaluate(policy), ({ score }) => score)!;
      };
      const random = randomStream(seed, `tune/${entry.name}`);
      const start = startValues(entry.knobs);
      const startScore = scoreOn(training, start);
      const best = [{ values: start, score: startScore }];
      for (let tried = 1; tried < budget; tried++) {
        const narrowed = (tried / budget - EXPLORED) / (1 - EXPLORED);
        const values =
          narrowed < 0
            ? drawn(entry.knobs, random)
            : near(best[0].values, entry.knobs, FIRST_STEP * (LAST_STEP / FIRST_STEP) ** narrowed, random);
        best.push({ values: rounded(values), score: scoreOn(training, rounded(values)) });
        best.sort((a, b) => b.score - a.score);
        best.length = Math.min(best.length, FINALISTS);
        onSetting(entry.name, tried + 1, best[0].score);
      }
      const judged = best.map((finalist) => ({ ...finalist, validation: scoreOn(validation, finalist.values) }));
      const kept = judged.reduce((a, b) => (b.validation > a.validation ? b : a));
      return { heuristic: entry.name, startScore, ...kept, budget };
    });
}

function drawn(knobs: readonly Knob[], random: RandomStream): KnobValues {
  return Object.fromEntries(knobs.map((knob) => [knob.name, fromUnit(knob, random.next())]));
}

function near(values: KnobValues, knobs: readonly Knob[], step: number, random: RandomStream): KnobValues {
  return Object.fromEntries(
    knobs.map((knob) => [knob.name, fromUnit(knob, toUnit(knob, values[knob.name]) + step * random.normal())]),
  );
}

/** The knob's value at position `unit` of its range, clamped to 0 to 1. */
export function fromUnit(knob: Knob, unit: number): number {
  const at = Math.min(1, Math.max(0, unit));
  return knob.scale === "log" ? knob.min * (knob.max / knob.min) ** at : knob.min + (knob.max - knob.min) * at;
}

function toUnit(knob: Knob, value: number): number {
  return knob.scale === "log"
    ? Math.log(value / knob.min) / Math.log(knob.max / knob.min)
    : (value - knob.min) / (knob.max - knob.min);
}

function rounded(values: KnobValues): KnobValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value.toPrecision(4))]));
}
