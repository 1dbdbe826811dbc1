import { describe, expect, it } from "vitest";
import { profileOf, reliabilityOf } from "../../../harness/compare/reliability.ts";
import { comparisonsOf, overallOf, verdictOf } from "../../../harness/report/comparison.ts";
import { smallResults } from "../benchmark/small_benchmark.ts";

const [comparison] = comparisonsOf(smallResults());
const [best, other] = comparison.agents;

describe("comparisonsOf", () => {
  it("takes the agent that is best on the validation split, whatever it has on the test split", () => {
    expect(best).toMatchObject({
      agent: "ppo",
      seeds: [1, 2, 3],
      steps: 200,
      episodes: 2,
      validation: 0.9,
      trainingSeconds: 60,
    });
    expect(best.summary.mean).toBeCloseTo(0.5 + 0.05, 6);
    expect(best.summary).toMatchObject({ decision_us: 12, policy_bytes: 400, worst_workload: "graph" });
    expect(best.summary.charged).toBeCloseTo(0.54, 6);
    expect(other.agent).toBe("es");
    expect(other.summary.mean).toBeCloseTo(0.7, 6);
  });

  it("puts it beside the best of each kind of rival, with the interval of the difference", () => {
    const said = best.rivals.map(({ kind, summary, verdict }) => [kind, summary.policy, verdict]);
    expect(said).toEqual([
      ["default", "autonuma", "ahead"],
      ["static", "static", "ahead"],
      ["published", "memtis-colloid", "level"],
      ["hand-rule", "level-law", "behind"],
    ]);
    const rule = best.rivals[3];
    // All episodes differ by as much as the training seeds do: 0, 0.05 or 0.1 minus 0.3.
    expect(rule.summary.difference!.mean).toBeCloseTo(-0.25, 6);
    expect(rule.summary.difference!.interval!.low).toBeCloseTo(-0.3, 6);
    expect(rule.summary.difference!.interval!.high).toBeCloseTo(-0.2, 6);
    // Its time costs the agent 0.01 in every episode.
    expect(rule.charged!.mean).toBeCloseTo(-0.26, 6);
    expect(rule.charged!.interval!.low).toBeCloseTo(-0.31, 6);
    expect(rule.charged!.interval!.high).toBeCloseTo(-0.21, 6);
    expect(rule.description).toMatch(/level/);
  });
});

it("has no comparison with time charged where that was not played", () => {
  const [{ agents }] = comparisonsOf(smallResults().filter(({ metric }) => metric !== "charged_score"));
  expect(agents[0].rivals.map(({ charged }) => charged)).toEqual([null, null, null, null]);
});

it("chooses rivals on the validation split too, and says so where it cannot", () => {
  // On the test split `memtis` is behind `memtis-colloid`, by 0.14.
  const results = smallResults().map((row) =>
    row.policy === "memtis" && row.split === "validation" ? { ...row, value: 0.6 } : row,
  );
  for (const brief of [false, true]) {
    const [chosen] = comparisonsOf(results, brief)[0].agents;
    expect(chosen.rivals[2]).toMatchObject({
      kind: "published",
      chosenOn: "validation",
      summary: { policy: "memtis" },
    });
    expect(chosen.table.gap_closed!.best_rival).toBe("level-law");
    const without = results.filter(({ policy, split }) => policy !== "memtis" || split !== "validation");
    const [fallen] = comparisonsOf(without, brief)[0].agents;
    expect(fallen.rivals[2]).toMatchObject({ chosenOn: "test", summary: { policy: "memtis-colloid" } });
  }
});

it("holds agents to heuristics that are told no more, and names a better one that is", () => {
  const seen: Readonly<Record<string, string>> = { "memtis-colloid": "INT", memtis: "ECN", ppo: "RTT", es: "RTT" };
  const results = smallResults().map((row) => ({
    ...row,
    env: "ring0/CongestionControl-v1",
    sees: seen[row.policy] ?? null,
    value: row.policy === "memtis-colloid" && row.metric === "score" ? row.value + 0.4 : row.value,
  }));
  for (const brief of [false, true]) {
    const [{ rivals }] = comparisonsOf(results, brief)[0].agents;
    expect(rivals.map(({ kind, summary }) => [kind, summary.policy]).slice(2)).toEqual([
      ["published", "memtis"],
      ["hand-rule", "level-law"],
      ["informed", "memtis-colloid"],
    ]);
  }
});

it("finds the same for the best of each role when it is brief", () => {
  const [brief] = comparisonsOf(smallResults(), true);
  expect(brief.agents.map(({ agent }) => agent)).toEqual(["ppo"]);
  const { table, ...rest } = brief.agents[0];
  const { table: full, ...expected } = best;
  expect(rest).toEqual(expected);
  expect(table.policies).toEqual(full.policies.filter(({ policy }) => policy !== "memtis"));
  expect(table.gap_closed).toEqual(full.gap_closed);
});

it("gives an agent no interval for fewer than three training seeds, its rivals theirs over episodes", () => {
  for (const seeds of [1, 2]) {
    const few = smallResults().filter(({ training_seed }) => training_seed === null || training_seed <= seeds);
    const [agent] = comparisonsOf(few)[0].agents;
    expect(agent.summary.interval).toBeNull();
    expect(agent.rivals.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown", "unknown", "unknown"]);
    expect(agent.rivals[1].summary.interval).not.toBeNull();
  }
});

describe("reliabilityOf", () => {
  it("aggregates over training seeds and workloads, with intervals over seeds", () => {
    const { scores, ...numbers } = best.reliability;
    const expected = [0, 0.05, 0.1].map((better) => [0.7, 0.5, 0.3].map((score) => score + better));
    scores[0].forEach((seed, i) => {
      seed.forEach((score, task) => {
        expect(score).toBeCloseTo(expected[i][task], 6);
      });
    });
    // Of nine scores two go at either end, 0.3, 0.35 and 0.75, 0.8: 0.4, 0.5, 0.55, 0.6, 0.7 are left.
    expect(numbers.interquartileMean).toBeCloseTo(0.55, 6);
    // Three times the first seed: 0.3 and 0.7 go in part, and thrice 0.5 with one of each is left.
    expect(numbers.interquartileInterval!.low).toBeCloseTo(0.5, 6);
    expect(numbers.interquartileInterval!.high).toBeCloseTo(0.6, 6);
    expect(numbers.optimalityGap).toBeCloseTo(0.45, 6);
    expect(numbers.gapInterval!.low).toBeCloseTo(0.4, 6);
    expect(numbers.gapInterval!.high).toBeCloseTo(0.5, 6);
  });

  it("gives no interval for fewer than three seeds in any environment", () => {
    const records = comparison.records.filter(({ policy }) => policy === "ppo");
    const pooled = false;
    const two = records.filter(({ training_seed }) => training_seed !== 3);
    expect(reliabilityOf({ records, pooled }, { records: two, pooled }).interquartileInterval).toBeNull();
    expect(profileOf(reliabilityOf({ records: two, pooled }), [0.5])[0].interval).toBeNull();
    expect(reliabilityOf({ records, pooled }, { records, pooled }).interquartileInterval).not.toBeNull();
  });

  it("gives profiles as shares of runs above each level", () => {
    const [low, middle, high] = profileOf(best.reliability, [0, 0.52, 1]);
    expect(low).toEqual({ level: 0, share: 1, interval: { low: 1, high: 1 } });
    // 0.7, 0.75, 0.8, 0.55 and 0.6 of nine; of the first seed one of three, of the others two.
    expect(middle.share).toBeCloseTo(5 / 9, 12);
    expect(middle.interval!.low).toBeCloseTo(1 / 3, 12);
    expect(middle.interval!.high).toBeCloseTo(2 / 3, 12);
    expect(high.share).toBe(0);
  });
});

it("compares the best agents and the rivals of each kind over all environments", () => {
  const overall = overallOf([comparison]);
  expect(overall.map(({ name }) => name)).toEqual([
    "best agent",
    "default",
    "static",
    "published",
    "hand-rule",
    "reference",
  ]);
  expect(overall[0].policies).toEqual({ tiering: "ppo" });
  expect(overall[0].mean).toBeCloseTo(0.55, 6);
  expect(overall[1].reliability.optimalityGap).toBe(1);
});

it("says ahead, level or behind by whether the interval excludes 0", () => {
  expect(verdictOf({ low: 0.1, high: 0.2 })).toBe("ahead");
  expect(verdictOf({ low: -0.1, high: 0.2 })).toBe("level");
  expect(verdictOf({ low: -0.2, high: -0.1 })).toBe("behind");
  expect(verdictOf(null)).toBe("unknown");
});
