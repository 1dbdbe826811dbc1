import { mean } from "d3-array";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import type { PolicyRole } from "../play/policy.ts";
import type { Settings } from "../run/settings.ts";
import { Evaluator } from "./evaluate.ts";

/** Which rivals to evaluate: the policies that a trained policy is compared with. Plain data, for a worker thread. */
export interface RivalTask {
  /** Registry id. */
  env: string;
  /** Episodes of each workload. */
  episodes: { validation: number; test: number };
  /** Settings of the environment; none by default. */
  options?: Settings;
}

/** Results of the rivals. */
export interface RivalResults {
  /** All heuristics, the reference and the bound in every episode of the test split. */
  test: EvaluationRecord[];
  /** Means over the episodes of the validation split, drawn as lines beside a learning curve. */
  levels: Level[];
}

/** Mean value of one rival. */
export interface Level {
  policy: string;
  role: PolicyRole;
  /** Mean score; in an environment without a kernel the return. */
  value: number;
}

/**
 * Plays all rivals on the test split and on the validation split.
 *
 * @param onEpisode called after each episode with the number played so far and the total
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
  const count = (record: EvaluationRecord): EvaluationRecord => {
    onEpisode(++done, total);
    return record;
  };
  const records: EvaluationRecord[] = [];
  for (const policy of rivals) for (const record of test.play(policy)) records.push(count(record));
  records.push(...test.boundRecords());
  return { test: records, levels: validationLevels(validation, count) };
}

function validationLevels(validation: Evaluator, count: (record: EvaluationRecord) => EvaluationRecord): Level[] {
  const { spec, problem } = validation;
  if (problem === null) {
    return spec.rewardThreshold === null ? [] : [{ policy: "solved", role: "bound", value: spec.rewardThreshold }];
  }
  const levels: Level[] = [{ policy: "bound", role: "bound", value: 1 }];
  for (const policy of validation.rivals()) {
    const records = [...validation.play(policy)].map(count);
    const value = mean(records, ({ score }) => score) ?? Number.NaN;
    levels.push({ policy: policy.name, role: policy.role, value });
  }
  return levels;
}
