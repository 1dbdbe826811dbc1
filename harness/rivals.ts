import type { CurveLine } from "./curve.ts";
import { Evaluator } from "./evaluate.ts";
import type { EvaluationRow } from "./evaluation_row.ts";
import type { Settings } from "./settings.ts";
import { mean } from "./statistics.ts";

/** What a learner is compared with. Plain data. */
export interface RivalTask {
  /** Registry id. */
  env: string;
  /** Episodes of each workload. */
  episodes: { validation: number; test: number };
  /** Settings of the environment; none by default. */
  options?: Settings;
}

/** How everybody but the learner did. */
export interface RivalResults {
  /** All heuristics, the reference and the bound in every episode of the test split. */
  test: EvaluationRow[];
  /** Levels to draw beside a learning curve: means over the episodes of the validation split. */
  lines: CurveLine[];
}

/**
 * Plays everything that a learner is compared with.
 *
 * @param onEpisode called with the episodes played and those to play in all
 */
export function evaluateRivals(
  { env, episodes, options }: RivalTask,
  onEpisode: (done: number, total: number) => void = () => {},
): RivalResults {
  const test = new Evaluator(env, "test", { episodes: episodes.test, options });
  const validation = new Evaluator(env, "validation", { episodes: episodes.validation, options });
  const rivals = test.rivals();
  const total = rivals.length * (test.episodes.length + (validation.problem === null ? 0 : validation.episodes.length));
  let done = 0;
  const count = (row: EvaluationRow): EvaluationRow => {
    onEpisode(++done, total);
    return row;
  };
  const rows: EvaluationRow[] = [];
  for (const player of rivals) for (const row of test.play(player)) rows.push(count(row));
  rows.push(...test.boundRows());
  return { test: rows, lines: referenceLines(validation, count) };
}

function referenceLines(validation: Evaluator, count: (row: EvaluationRow) => EvaluationRow): CurveLine[] {
  const { spec, problem } = validation;
  if (problem === null) {
    return spec.rewardThreshold === null ? [] : [{ name: "solved", value: spec.rewardThreshold, limit: true }];
  }
  const lines: CurveLine[] = [{ name: "bound", value: 1, limit: true }];
  for (const player of validation.rivals()) {
    const { name, role } = player;
    const rows = [...validation.play(player)].map(count);
    const isDefault = role === "default";
    lines.push({
      name: isDefault ? `${name} (default)` : name,
      value: mean(rows.flatMap(({ score }) => (score === null ? [] : [score]))),
      limit: isDefault || role === "reference",
    });
  }
  return lines;
}
