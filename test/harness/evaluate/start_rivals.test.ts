import { expect, it } from "vitest";
import { evaluateRivals } from "../../../harness/evaluate/rivals.ts";
import { startRivals } from "../../../harness/evaluate/start_rivals.ts";

it("finds in a thread what it finds without", async () => {
  const task = { env: "CartPole-v1", episodes: { validation: 1, test: 2 } };
  const { results, progress, stop } = startRivals(task);
  const withoutTimes = ({ test, levels }: Awaited<typeof results>) => ({
    test: test.map(({ decision_us, ...row }) => row),
    levels,
  });
  expect(withoutTimes(await results)).toEqual(withoutTimes(evaluateRivals(task)));
  expect(progress).toEqual({ done: 2, total: 2 });
  await stop();
});

it("rejects with what the evaluation threw", async () => {
  const { results, stop } = startRivals({ env: "nothing", episodes: { validation: 1, test: 1 } });
  await expect(results).rejects.toThrow(/unknown environment "nothing"/);
  await stop();
});
