import { expect, it } from "vitest";
import { isTime, machineOf, type ResultRecord, withMachine } from "../../../harness/benchmark/results.ts";
import { comparisonsOf } from "../../../harness/report/comparison.ts";
import { timesOfOneMachine } from "../../../harness/report/times.ts";
import { smallResults } from "../benchmark/small_benchmark.ts";

const [A, B] = ["a (a processor, Node v22)", "b (a processor, Node v22)"];

/** Results of two machines: B, twice as fast, trained the agents in `there` with their second and third seed. */
function results(...there: string[]): ResultRecord[] {
  return smallResults().map((record) => {
    const isThere = there.includes(record.policy) && record.training_seed! > 1;
    const value = isTime(record) && isThere ? record.value / 2 : record.value;
    return withMachine({ ...record, value }, isThere ? B : A);
  });
}

it("names the machine in records of time alone", () => {
  for (const record of results("ppo")) {
    expect(machineOf(record) !== null).toBe(
      ["decision_us", "charged_score", "training_seconds"].includes(record.metric),
    );
    expect(record.settings.startsWith("episodes=2 steps=200 backend=none")).toBe(true);
  }
});

it("says nothing of times of one machine, nor of those that name none", () => {
  for (const some of [results(), smallResults()])
    expect(timesOfOneMachine(some)).toEqual({ results: some, note: null });
});

it("leaves each policy the times of one machine, and says of which", () => {
  const { note, results: left } = timesOfOneMachine(results("ppo"));
  expect(note).toBe(
    `Times of different machines are never averaged. Those here, and the scores that are charged for them, are of ${A} for ppo (1 of 3 seeds), es.`,
  );
  expect(left.filter(isTime).every((record) => machineOf(record) === A)).toBe(true);
  expect(left.filter((record) => !isTime(record))).toEqual(results("ppo").filter((record) => !isTime(record)));

  const [{ agents, times }] = comparisonsOf(results("ppo"));
  expect(times).toBe(note);
  const [ppo] = agents;
  expect(ppo.summary).toMatchObject({ policy: "ppo", decision_us: 12 });
  expect(ppo.trainingSeconds).toBe(60);
  expect(ppo.seeds).toEqual([1, 2, 3]);
  // Scores without time are those of all seeds.
  const [{ agents: same }] = comparisonsOf(results());
  expect(ppo.summary.mean).toBe(same[0].summary.mean);
});
