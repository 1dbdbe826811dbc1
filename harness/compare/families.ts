import { group, mean } from "d3-array";
import type { Families } from "../problems/problem.ts";
import { compare } from "./compare.ts";
import type { EvaluationRecord } from "./evaluation_record.ts";
import type { Interval } from "./statistics.ts";

/** A policy and its mean cost in a family. */
export interface FamilyCost {
  policy: string;
  cost: number;
}

/** How a learner did on one family of workloads. */
export interface FamilySummary {
  family: string;
  /** Episodes, those of one training seed. */
  episodes: number;
  learner: FamilyCost;
  default: FamilyCost;
  /** The learner's cost minus the default's on the same episodes: mean, and 95 % interval or null. */
  difference: { mean: number; interval: Interval | null };
  /** Whether the whole interval is above 0. */
  worse: boolean;
  /** The cheapest heuristic among those that see no more than the learner, and among all. */
  best_alike: FamilyCost;
  best: FamilyCost;
}

/**
 * Compares the costs of the learner and of heuristics in each family of workloads. The family in which the learner
 * loses most against the default comes first. Empty without a learner or a default.
 *
 * @param records with costs; those of role `agent` belong to one learner
 * @param bySeed whether the bootstrap draws training seeds too
 */
export function summariseFamilies(
  records: readonly EvaluationRecord[],
  { of, seenByAll }: Families,
  bySeed: boolean,
): FamilySummary[] {
  const groups = group(records, ({ workload }) => of.get(workload ?? "") ?? "");
  return [...groups]
    .flatMap(([family, own]) => {
      const learner = own.filter(({ role }) => role === "agent");
      const shipped = own.filter(({ role }) => role === "default");
      const compared = compare(learner, shipped, ({ cost }) => cost, bySeed, "less");
      if (compared === null) return [];
      const { probability: _, ...difference } = compared;
      const seen = new Set([...seenByAll, ...(learner[0].sees?.split("+") ?? [])]);
      const rivals = own.filter(({ role }) => role !== "agent" && role !== "reference" && role !== "bound");
      return {
        family,
        episodes: shipped.length,
        learner: cheapest(learner),
        default: cheapest(shipped),
        difference,
        worse: difference.interval !== null && difference.interval.low > 0,
        best_alike: cheapest(rivals.filter(({ sees }) => sees === null || seen.has(sees))),
        best: cheapest(rivals),
      };
    })
    .sort((a, b) => b.difference.mean - a.difference.mean);
}

/** The policy with the least mean cost. */
function cheapest(records: readonly EvaluationRecord[]): FamilyCost {
  return [...group(records, ({ policy }) => policy)]
    .map(([policy, own]) => ({ policy, cost: mean(own, ({ cost }) => cost)! }))
    .reduce((a, b) => (b.cost < a.cost ? b : a));
}
