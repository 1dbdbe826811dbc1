import type { Knob, KnobValues } from "../baselines/knobs.ts";
import { startValues } from "../baselines/knobs.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { Evaluator } from "./evaluate.ts";
import { heuristicPlayer } from "./player.ts";
import type { Problem } from "./problem.ts";
import { mean } from "./statistics.ts";

/** How to search a heuristic's constants. */
export interface TuneOptions {
  /** Settings tried for each heuristic, the starting one included. Default 120. */
  budget?: number;
  /** Episodes of each training workload that every setting is tried on. Default 4. */
  episodes?: number;
  /** Seed of the search. Default 1. */
  seed?: number;
  /** Called after every setting. */
  onSetting?: (heuristic: string, tried: number, best: number) => void;
}

/** What tuning found for one heuristic. */
export interface TuneResult {
  heuristic: string;
  /** Mean score on the training episodes with the starting values and with the best. */
  startScore: number;
  score: number;
  values: KnobValues;
  budget: number;
}

/** Share of the budget that is drawn over the whole range before the search narrows. */
const EXPLORED = 1 / 3;

/** Standard deviation of a step around the best, relative to a knob's range: at first and at the end. */
const FIRST_STEP = 0.2;
const LAST_STEP = 0.03;

/**
 * Tunes the constants of every heuristic of a problem that has any, on the training split alone: the same episodes, the
 * same budget and the same search for each. First settings drawn over the whole range, then ever smaller steps around
 * the best; settings are compared by mean score on common episodes.
 */
export function tuneHeuristics(problem: Problem, options: TuneOptions = {}): TuneResult[] {
  const { budget = 120, episodes = 4, seed = 1, onSetting = () => {} } = options;
  const evaluator = new Evaluator(problem.id, "train", { episodes });
  const results: TuneResult[] = [];
  for (const entry of problem.heuristics) {
    if (entry.knobs.length === 0) continue;
    const scoreOf = (values: KnobValues): number => {
      const player = heuristicPlayer({ ...problem, tuned: { [entry.name]: values } }, entry);
      return mean(evaluator.evaluate(player).map(({ score }) => score!));
    };
    const random = randomStream(seed, `tune/${entry.name}`);
    let values = startValues(entry.knobs);
    const startScore = scoreOf(values);
    let score = startScore;
    for (let tried = 1; tried < budget; tried++) {
      const progress = tried / budget;
      const candidate =
        progress < EXPLORED
          ? drawn(entry.knobs, random)
          : near(values, entry.knobs, FIRST_STEP * (LAST_STEP / FIRST_STEP) ** progress, random);
      const candidateScore = scoreOf(candidate);
      if (candidateScore > score) {
        values = candidate;
        score = candidateScore;
      }
      onSetting(entry.name, tried + 1, score);
    }
    results.push({ heuristic: entry.name, startScore, score, values: rounded(values), budget });
  }
  return results;
}

function drawn(knobs: readonly Knob[], random: RandomStream): KnobValues {
  return Object.fromEntries(knobs.map((knob) => [knob.name, fromUnit(knob, random.next())]));
}

function near(values: KnobValues, knobs: readonly Knob[], step: number, random: RandomStream): KnobValues {
  return Object.fromEntries(
    knobs.map((knob) => [knob.name, fromUnit(knob, toUnit(knob, values[knob.name]) + step * random.normal())]),
  );
}

/** The knob's value at `unit` of its range, 0 to 1; beyond, at its end. */
function fromUnit(knob: Knob, unit: number): number {
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
