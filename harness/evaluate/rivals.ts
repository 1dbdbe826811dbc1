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

/** Episodes played so far, and their total. */
export interface RivalProgress {
  done: number;
  total: number;
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
  task: RivalTask,
  onEpisode: (done: number, total: number) => void = () => {},
): RivalResults {
  const play = playRivals(task);
  for (;;) {
    const { done, value } = play.next();
    if (done) return value;
    onEpisode(value.done, value.total);
  }
}

/** Like `evaluateRivals`, but yields after each episode. */
export function* playRivals({ env, episodes, options }: RivalTask): Generator<RivalProgress, RivalResults> {
  const test = new Evaluator(env, "test", { episodes: episodes.test, options });
  const validation = new Evaluator(env, "validation", { episodes: episodes.validation, options });
  const rivals = test.rivals();
  const total = rivals.length * (test.episodes.length + (validation.problem === null ? 0 : validation.episodes.length));
  const progress = { done: 0, total };
  const records: EvaluationRecord[] = [];
  for (const policy of rivals) {
    for (const record of test.play(policy)) {
      records.push(record);
      progress.done++;
      yield progress;
    }
  }
  records.push(...test.boundRecords());
  return { test: records, levels: yield* validationLevels(validation, progress) };
}

function* validationLevels(validation: Evaluator, progress: RivalProgress): Generator<RivalProgress, Level[]> {
  const { spec, problem } = validation;
  if (problem === null) {
    return spec.rewardThreshold === null ? [] : [{ policy: "solved", role: "bound", value: spec.rewardThreshold }];
  }
  const levels: Level[] = [{ policy: "bound", role: "bound", value: 1 }];
  for (const policy of validation.rivals()) {
    const records: EvaluationRecord[] = [];
    for (const record of validation.play(policy)) {
      records.push(record);
      progress.done++;
      yield progress;
    }
    const value = mean(records, ({ score }) => score) ?? Number.NaN;
    levels.push({ policy: policy.name, role: policy.role, value });
  }
  return levels;
}
