import { group, mean } from "d3-array";
import type { EvaluationRecord } from "./evaluation_record.ts";
import { bootstrapInterval, crossedInterval, type Interval, probabilityOfImprovement } from "./statistics.ts";

/** The learner minus another policy. */
export interface DifferenceSummary {
  mean: number;
  /** 95 % of the mean; null where there are too few units, or a single episode of a workload. */
  interval: Interval | null;
  /**
   * Probability of improvement, ties counting half: that of Agarwal et al. (2021) with an episode as a task, of which the learner has a
   * run for every training seed and the other policy, which was not trained, one.
   */
  probability: number;
}

/**
 * The learner minus another policy on the episodes where both have the value, the learner with every training seed; null where
 * there are none. A workload of which only one such episode is left is left out: it would cost all others their interval.
 */
export function compare(
  learner: readonly EvaluationRecord[],
  other: readonly EvaluationRecord[],
  value: (record: EvaluationRecord) => number | null,
  bySeed: boolean,
  better: "more" | "less",
): DifferenceSummary | null {
  const others = new Map(other.map((record) => [key(record), value(record)]));
  const lacking = new Set(learner.filter((record) => value(record) === null).map(key));
  const all = learner.flatMap((record) => {
    const rival = others.get(key(record)) ?? null;
    return rival === null || lacking.has(key(record)) ? [] : [{ record, value: value(record)! - rival }];
  });
  const before = episodesByWorkload(learner);
  const left = episodesByWorkload(all.map(({ record }) => record));
  const paired = all.filter(({ record: { workload } }) => left.get(workload)! > 1 || before.get(workload) === 1);
  if (paired.length === 0) return null;
  const differences = paired.map((pair) => pair.value);
  return {
    mean: mean(differences)!,
    interval: intervalOf(paired, bySeed),
    probability:
      better === "more" ? probabilityOfImprovement(differences, [0]) : probabilityOfImprovement([0], differences),
  };
}

const key = ({ workload, seed }: EvaluationRecord) => `${workload}/${seed}`;

function episodesByWorkload(records: readonly EvaluationRecord[]): Map<string | null, number> {
  const groups = group(records, ({ workload }) => workload);
  return new Map([...groups].map(([workload, own]) => [workload, new Set(own.map(key)).size]));
}

/** A number of an episode. */
export interface Valued {
  record: EvaluationRecord;
  value: number;
}

/**
 * Interval of the mean. Episodes are drawn within their workload, and with several training seeds the seeds are drawn too.
 * None where a workload has a single episode: drawn from one, episodes would seem not to vary.
 */
export function intervalOf(values: readonly Valued[], bySeed: boolean): Interval | null {
  if (!bySeed) {
    const strata = [...group(values, ({ record }) => record.workload).values()];
    if (strata.some(({ length }) => length < 2)) return null;
    return bootstrapInterval(
      strata.map((stratum) => stratum.map(({ value }) => value)),
      (drawn) => mean(drawn)!,
    );
  }
  const seeds = [...group(values, ({ record }) => record.training_seed).values()];
  const numbers = seeds[0].map(({ record }, i) => ({ workload: record.workload, i }));
  const strata = [...group(numbers, ({ workload }) => workload).values()];
  if (strata.some(({ length }) => length < 2)) return null;
  return crossedInterval(
    seeds.map((own) => own.map(({ value }) => value)),
    strata.map((stratum) => stratum.map(({ i }) => i)),
  );
}
