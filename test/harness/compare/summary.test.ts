import { describe, expect, it } from "vitest";
import type { EvaluationRecord } from "../../../harness/compare/evaluation_record.ts";
import { summarise } from "../../../harness/compare/summary.ts";
import type { PolicyRole } from "../../../harness/play/policy.ts";

/** Scores by workload; episodes run on a small and a large machine in turn, and the lower the score, the later and the less fair. */
function rows(policy: string, role: PolicyRole, scores: Record<string, number[]>, trainingSeed: number | null = null) {
  return Object.entries(scores).flatMap(([workload, values]) =>
    values.map(
      (score, episode): EvaluationRecord => ({
        policy,
        role,
        training_seed: trainingSeed,
        split: "test",
        workload,
        seed: 2_000_000 + episode,
        episode,
        return: -score,
        cost: 10 - score,
        score,
        bound: 9,
        default_cost: 10,
        steps: 5,
        decision_us: role === "bound" ? null : 2,
        sees: role === "agent" ? "RTT" : null,
        condition: episode % 2 === 0 ? "small" : "large",
        policy_bytes: null,
        charged_score: null,
        measures: {
          p99_us: role === "bound" ? null : 100 * (1 - score),
          jain: role === "bound" || workload === "a" ? null : score,
        },
      }),
    ),
  );
}

const shipped = rows("shipped", "default", { a: [0, 0], b: [0, 0] });
const rule = rows("rule", "hand-rule", { a: [0.5, 0.7], b: [0.2, 0.2] });
const reference = rows("reference", "reference", { a: [0.8, 0.8], b: [0.8, 0.8] });
const bound = rows("bound", "bound", { a: [1, 1], b: [1, 1] });

describe("summarise", () => {
  it("compares one training episode by episode", () => {
    const learner = rows("ppo", "agent", { a: [0.7, 0.9], b: [0.1, 0.3] }, 1);
    const table = summarise([...shipped, ...learner, ...rule, ...reference, ...bound]);
    expect(table).toMatchObject({ measure: "score", replication: "evaluation episodes" });
    expect(table.policies.map(({ policy }) => policy)).toEqual(["bound", "reference", "ppo", "rule", "shipped"]);
    const [, , ppo, other] = table.policies;
    expect(table.policies.map(({ sees }) => sees)).toEqual([null, null, "RTT", null, null]);
    expect(ppo).toMatchObject({ episodes: 4, training_seeds: 1, worst_workload: "b", difference: null });
    expect(ppo.mean).toBeCloseTo(0.5, 12);
    expect(ppo.worst_mean).toBeCloseTo(0.2, 12);
    expect(ppo.cost).toBeCloseTo(9.5, 12);
    // Differences: 0.2, 0.2, -0.1, 0.1.
    expect(other.difference!.mean).toBeCloseTo(0.1, 12);
    expect(other.difference!.probability).toBe(3 / 4);
    // Those of workload a do not vary; those of b are -0.1 to 0.1: (0.2 + 0.2 -+ 0.1 -+ 0.1) / 4.
    expect(other.difference!.interval!.low).toBeCloseTo(0.05, 12);
    expect(other.difference!.interval!.high).toBeCloseTo(0.15, 12);
    // From the rule at 0.4 to the reference at 0.8, half-way is 0.6; the learner is at 0.5.
    expect(table.gap_closed!.best_rival).toBe("rule");
    expect(table.gap_closed!.share).toBeCloseTo(0.25, 12);
  });

  it("draws training seeds and episodes when there are several seeds", () => {
    const learner = [0.1, 0.3, 0.5].flatMap((level, i) =>
      rows("ppo", "agent", { a: [level, level], b: [level, level] }, i + 1),
    );
    const table = summarise([...shipped, ...learner]);
    expect(table.replication).toBe("training seeds and evaluation episodes");
    const [ppo, other] = table.policies;
    expect(ppo.training_seeds).toBe(3);
    // With three units both ends have a probability of 1/27, more than 2.5 %.
    expect(ppo.interval!.low).toBeCloseTo(0.1, 12);
    expect(ppo.interval!.high).toBeCloseTo(0.5, 12);
    expect(other.difference!.mean).toBeCloseTo(0.3, 12);
    expect(other.difference!.probability).toBe(1);
    expect(table.gap_closed).toBeNull();
  });

  it("gives no interval over two seeds", () => {
    const learner = [1, 2].flatMap((seed) => rows("ppo", "agent", { a: [seed, seed], b: [seed, seed] }, seed));
    const [ppo, other] = summarise([...shipped, ...learner]).policies;
    expect(ppo.interval).toBeNull();
    expect(other.difference!.interval).toBeNull();
  });

  it("gives no interval over single episodes, which would seem not to vary", () => {
    const single = { a: [0.1], b: [0.2], c: [0.9] };
    expect(summarise(rows("rule", "hand-rule", single)).policies[0].interval).toBeNull();
    const learner = [1, 2, 3].flatMap((seed) => rows("ppo", "agent", single, seed));
    expect(summarise(learner).policies[0].interval).toBeNull();
  });

  it("compares returns where there are no scores", () => {
    const learner = rows("ppo", "agent", { a: [1, 2, 3] }, 1).map((row) => ({ ...row, score: null, cost: null }));
    const table = summarise(learner);
    expect(table.measure).toBe("return");
    expect(table.policies[0]).toMatchObject({ mean: -2, cost: null, worst_workload: null });
  });

  it("tells conditions apart, each as if its episodes were all", () => {
    const learner = [0.1, 0.3, 0.5].flatMap((level, i) =>
      rows(
        "ppo",
        "agent",
        { a: [level, level + 0.2, level, level + 0.2], b: [level, level + 0.2, level, level + 0.2] },
        i + 1,
      ),
    );
    const hand = rows("rule", "hand-rule", { a: [0.5, 0.7, 0.5, 0.7], b: [0.2, 0.2, 0.2, 0.2] });
    const all = [...learner, ...hand, ...bound];
    const { conditions } = summarise(all);
    expect(conditions.map(({ condition }) => condition)).toEqual(["small", "large"]);
    for (const { condition, policies } of conditions) {
      expect(policies).toEqual(summarise(all.filter((row) => row.condition === condition)).policies);
    }
    const [small, large] = conditions.map(({ policies }) => policies.find(({ policy }) => policy === "rule")!);
    expect(small.episodes).toBe(4);
    // The rule has 0.5 and 0.2 on small machines, 0.7 and 0.2 on large ones; the learner 0.3 and 0.5.
    expect(small.difference!.mean).toBeCloseTo(0.3 - 0.35, 12);
    expect(large.difference!.mean).toBeCloseTo(0.5 - 0.45, 12);
    expect(small.difference!.interval).not.toBeNull();
  });

  describe("of measures", () => {
    const measures = [
      { metric: "p99_us", better: "less", digits: 1 },
      { metric: "jain", better: "more", digits: 3 },
    ] as const;

    it("compares them beside the score, less or more being better", () => {
      const learner = rows("ppo", "agent", { a: [0.7, 0.9], b: [0.1, 0.3] }, 1);
      const table = summarise([...learner, ...rule, ...bound], { measures });
      expect(table.measures).toEqual(measures);
      const [limit, ppo, other] = table.policies.map((policy) => policy.measures);
      expect(limit[0]).toEqual({ metric: "p99_us", mean: null, difference: null });
      expect(ppo[0].mean).toBeCloseTo(50, 12);
      expect(ppo[0].difference).toBeNull();
      // 100 times the scores' differences (0.2, 0.2, -0.1, 0.1), the other way round.
      const { mean, probability, interval } = other[0].difference!;
      expect(mean).toBeCloseTo(-10, 12);
      expect(probability).toBe(3 / 4);
      expect(interval!.low).toBeCloseTo(-15, 12);
      expect(interval!.high).toBeCloseTo(-5, 12);
      // Only workload b has the other.
      expect(ppo[1].mean).toBeCloseTo(0.2, 12);
      expect(other[1].difference!.mean).toBeCloseTo(0, 12);
      expect(other[1].difference!.probability).toBe(1 / 2);
    });

    it("leaves out a workload of which one episode is left", () => {
      const without = (row: EvaluationRecord): EvaluationRecord =>
        row.workload === "c" && row.episode > 0 ? { ...row, measures: { p99_us: 1, jain: null } } : row;
      const learner = rows("ppo", "agent", { b: [0.4, 0.6], c: [0.9, 0.9] }, 1).map(without);
      const rival = rows("rule", "hand-rule", { b: [0.2, 0.2], c: [0.2, 0.2] });
      const other = summarise([...learner, ...rival], { measures }).policies[1];
      expect(other.measures[1].difference!.mean).toBeCloseTo(0.3, 12);
      expect(other.measures[0].difference!.interval).not.toBeNull();
      const single = summarise([...rows("ppo", "agent", { b: [0.4] }, 1), ...rows("rule", "hand-rule", { b: [0.2] })], {
        measures,
      }).policies[1];
      expect(single.measures[1].difference).toMatchObject({ mean: expect.closeTo(0.2, 12), interval: null });
    });

    it("pairs the episodes in which every training seed has them", () => {
      const seeds = [1, 2, 3].flatMap((seed) =>
        rows("ppo", "agent", { b: [0.3, 0.4, 0.5] }, seed).map((row) =>
          seed === 2 && row.episode === 0 ? { ...row, measures: { p99_us: 60, jain: null } } : row,
        ),
      );
      const [, other] = summarise([...seeds, ...rows("rule", "hand-rule", { b: [0.2, 0.2, 0.2] })], {
        measures,
      }).policies;
      expect(other.difference!.mean).toBeCloseTo(0.2, 12);
      expect(other.measures[1].difference!.mean).toBeCloseTo(0.25, 12);
      expect(other.measures[1].difference!.interval!.low).toBeCloseTo(0.2, 12);
      expect(other.measures[1].difference!.interval!.high).toBeCloseTo(0.3, 12);
    });
  });
});
