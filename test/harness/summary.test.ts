import { describe, expect, it } from "vitest";
import type { EvaluationRow } from "../../harness/evaluate.ts";
import type { PlayerRole } from "../../harness/player.ts";
import { summarise } from "../../harness/summary.ts";

function rows(policy: string, role: PlayerRole, scores: Record<string, number[]>, trainingSeed: number | null = null) {
  return Object.entries(scores).flatMap(([workload, values]) =>
    values.map(
      (score, episode): EvaluationRow => ({
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

  it("compares returns where there are no scores", () => {
    const learner = rows("ppo", "agent", { a: [1, 2, 3] }, 1).map((row) => ({ ...row, score: null, cost: null }));
    const table = summarise(learner);
    expect(table.measure).toBe("return");
    expect(table.policies[0]).toMatchObject({ mean: -2, cost: null, worst_workload: null });
  });
});
