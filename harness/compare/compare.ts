import { group, mean } from "d3-array";
import type { EvaluationRecord } from "./evaluation_record.ts";
import { bootstrapInterval, crossedInterval, type Interval, probabilityOfImprovement } from "./statistics.ts";

/** The learner minus another policy. */
export interface DifferenceSummary {
  mean: number;
  /** 95 % interval of the mean; null for too few units, or if a workload has a single episode. */
  interval: Interval | null;
  /**
   * Probability of improvement of Agarwal et al. (2021); ties count half. A task is an episode. The learner has one run
   * of it for each training seed, the other policy, which was not trained, has one run.
   */
  probability: number;
}

/**
 * The learner minus another policy, on the episodes in which both have the value, the learner with every training seed.
 * Null if there are none. A workload with only one such episode left is omitted: with it there would be no interval at
 * all.
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

/** A value of an episode. */
export interface Valued {
  record: EvaluationRecord;
  value: number;
}

/**
 * 95 % interval of the mean. The bootstrap draws episodes within their workload.
 *
 * @param bySeed whether it draws training seeds too
 * @returns null if a workload has a single episode: draws from one episode do not vary
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
