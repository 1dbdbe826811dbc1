import { expect, it } from "vitest";
import { comparisonsOf } from "../../../harness/report/comparison.ts";
import { familyValues } from "../../../harness/report/family_values.ts";
import { smallResults } from "../benchmark/small_benchmark.ts";

it("gives an agent intervals over training seeds alone, none for fewer than three, and rivals none", () => {
  for (const seeds of [1, 2, 3]) {
    const results = smallResults().filter(({ training_seed }) => training_seed === null || training_seed <= seeds);
    const [{ env, records }] = comparisonsOf(results);
    const values = familyValues(env, records, ["ppo", "level-law"], false);
    const intervals = (policy: string) => values.flatMap((one) => (one.policy === policy ? [one.interval] : []));
    expect(intervals("ppo").length).toBeGreaterThan(1);
    for (const interval of intervals("ppo")) expect(interval !== null).toBe(seeds === 3);
    for (const interval of intervals("level-law")) expect(interval).toBeNull();
  }
});
