import { group, mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import { intervalOf } from "../compare/compare.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import type { FamilyValue } from "./families_picture.ts";

/**
 * Values of policies on each family of workloads. The family in which the first policy is worst comes first.
 *
 * @param names of the policies. The first, an agent, has intervals over training seeds, null for fewer than three
 * @param byCost whether the values are costs instead of scores
 */
export function familyValues(
  env: string,
  records: readonly EvaluationRecord[],
  names: readonly string[],
  byCost: boolean,
): FamilyValue[] {
  const families = new Map(registry.spec(env).workloads.map(({ name, family }) => [name, family]));
  const valued = records.flatMap((record) => {
    const value = byCost ? record.cost : record.score;
    return value === null || !names.includes(record.policy) ? [] : [{ record, value }];
  });
  const groups = [...group(valued, ({ record }) => families.get(record.workload ?? "") ?? "")];
  const values = groups.map(([family, own]) =>
    names.flatMap((policy, i): FamilyValue[] => {
      const mine = own.filter(({ record }) => record.policy === policy);
      if (mine.length === 0) return [];
      const interval = i === 0 ? intervalOf(mine, true) : null;
      return [{ family, policy, value: mean(mine, ({ value }) => value)!, interval }];
    }),
  );
  const sign = byCost ? -1 : 1;
  return values.sort((a, b) => sign * (a[0].value - b[0].value)).flat();
}
