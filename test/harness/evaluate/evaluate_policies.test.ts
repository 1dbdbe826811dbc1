import { expect, it } from "vitest";
import { evaluatePolicies } from "../../../harness/evaluate/evaluate_policies.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";

const asked = { env: "tiering", policies: ["level-law"], episodes: 1 };

it("plays all episodes with the given settings of the environment", async () => {
  const options = ["pages=256", "slow_bandwidth=30"];
  const own = await evaluatePolicies({ ...asked, options: ["pages=256"] });
  const set = await evaluatePolicies({ ...asked, options });
  expect(set!.map(({ workload, seed }) => [workload, seed])).toEqual(
    own!.map(({ workload, seed }) => [workload, seed]),
  );
  for (const [i, record] of set!.entries()) {
    expect(record.cost).not.toBe(own![i].cost);
    // The default and the bound play with them too.
    expect(record.default_cost).not.toBe(own![i].default_cost);
    expect(record.bound).not.toBe(own![i].bound);
  }
});

it("refuses settings that the environment does not have, and a workload", async () => {
  await expect(evaluatePolicies({ ...asked, options: ["pgaes=256"] })).rejects.toThrow('did you mean "pages"?');
  await expect(evaluatePolicies({ ...asked, options: ["workload=gups"] })).rejects.toThrow(UsageError);
});
