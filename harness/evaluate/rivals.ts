import { mean } from "d3-array";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import type { PolicyRole } from "../play/policy.ts";
import type { Settings } from "../run/settings.ts";
import { Evaluator } from "./evaluate.ts";

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
  test: EvaluationRecord[];
  /** Means over the episodes of the validation split, to draw beside a learning curve. */
  levels: Level[];
}

/** What somebody reaches in the mean. */
export interface Level {
  policy: string;
  role: PolicyRole;
  value: number;
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
  const count = (row: EvaluationRecord): EvaluationRecord => {
    onEpisode(++done, total);
    return row;
  };
  const rows: EvaluationRecord[] = [];
  for (const policy of rivals) for (const row of test.play(policy)) rows.push(count(row));
  rows.push(...test.boundRecords());
  return { test: rows, levels: validationLevels(validation, count) };
}

function validationLevels(validation: Evaluator, count: (row: EvaluationRecord) => EvaluationRecord): Level[] {
  const { spec, problem } = validation;
  if (problem === null) {
    return spec.rewardThreshold === null ? [] : [{ policy: "solved", role: "bound", value: spec.rewardThreshold }];
  }
  const levels: Level[] = [{ policy: "bound", role: "bound", value: 1 }];
  for (const policy of validation.rivals()) {
    const rows = [...validation.play(policy)].map(count);
    const value = mean(rows, ({ score }) => score) ?? Number.NaN;
    levels.push({ policy: policy.name, role: policy.role, value });
  }
  return levels;
}
