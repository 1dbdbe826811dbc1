import { describe, expect, it } from "vitest";
import type { EvaluationRecord } from "../../../harness/compare/evaluation_record.ts";
import { summariseFamilies } from "../../../harness/compare/families.ts";
import { summarise } from "../../../harness/compare/summary.ts";
import type { PolicyRole } from "../../../harness/play/policy.ts";
import { familiesOf } from "../../../harness/problems/index.ts";

/** Costs by workload, episode after episode. */
function rows(
  policy: string,
  role: PolicyRole,
  sees: string | null,
  costs: Record<string, number[]>,
  trainingSeed: number | null = role === "agent" ? 1 : null,
): EvaluationRecord[] {
  return Object.entries(costs).flatMap(([workload, values]) =>
    values.map((cost, episode) => ({
      policy,
      role,
      training_seed: trainingSeed,
      split: "test",
      workload,
      seed: 2_000_000 + episode,
      episode,
      return: -cost,
      cost,
      score: (2 - cost) / 2,
      bound: 0,
      default_cost: 2,
      steps: 5,
      decision_us: 2,
      condition: null,
      sees,
      policy_bytes: null,
      charged_score: null,
      measures: {},
    })),
  );
}

const families = {
  of: new Map([
    ["incast-25", "incast"],
    ["incast-400", "incast"],
    ["ring", "ring"],
  ]),
  seenByAll: ["none", "RTT", "ECN"],
};
const others = [
  ...rows("shipped", "default", "ECN", { "incast-25": [2, 2], "incast-400": [3, 3], ring: [1, 1.2, 1] }),
  ...rows("window", "published", "RTT", { "incast-25": [1, 1], "incast-400": [2, 2], ring: [3, 3, 3] }),
  ...rows("telemetry", "published", "INT", { "incast-25": [0.5, 0.5], "incast-400": [1, 1], ring: [0.5, 0.5, 0.5] }),
  ...rows("reference", "reference", null, { "incast-25": [0.1, 0.1], "incast-400": [0.1, 0.1], ring: [0.1, 0.1, 0.1] }),
  ...rows("bound", "bound", null, { "incast-25": [0, 0], "incast-400": [0, 0], ring: [0, 0, 0] }),
];
const costs = { "incast-25": [1.5, 1.7], "incast-400": [2, 2.4], ring: [1.2, 1.3, 1.4] };
const learner = rows("es", "agent", "RTT", costs);

describe("summariseFamilies", () => {
  it("compares costs in each family with the default, and with the best that sees no more and the best of all", () => {
    const [ring, incast] = summariseFamilies([...learner, ...others], families, false);
    expect(ring).toMatchObject({
      family: "ring",
      episodes: 3,
      worse: true,
      best_alike: { policy: "shipped" },
      best: { policy: "telemetry", cost: 0.5 },
    });
    expect(ring.learner).toEqual({ policy: "es", cost: expect.closeTo(1.3, 12) });
    expect(ring.default).toEqual({ policy: "shipped", cost: expect.closeTo(3.2 / 3, 12) });
    // Differences 0.2, 0.1 and 0.4.
    expect(ring.difference.mean).toBeCloseTo(0.7 / 3, 12);
    expect(ring.difference.interval!.low).toBeCloseTo(0.1, 12);
    expect(incast).toMatchObject({
      family: "incast",
      episodes: 4,
      learner: { policy: "es", cost: 1.9 },
      default: { policy: "shipped", cost: 2.5 },
      worse: false,
      best_alike: { policy: "window", cost: 1.5 },
      best: { policy: "telemetry", cost: 0.75 },
    });
    expect(incast.difference.mean).toBeCloseTo(-0.6, 12);
  });

  it("lets rivals see what the learner was told beside", () => {
    const told = rows("es", "agent", "RTT+INT", costs);
    for (const { best_alike, best } of summariseFamilies([...told, ...others], families, false)) {
      expect(best_alike).toEqual(best);
    }
  });

  it("calls nothing worse without an interval", () => {
    const single = { ring: [5] };
    const [ring] = summariseFamilies(
      [...rows("es", "agent", "RTT", single), ...rows("shipped", "default", "ECN", { ring: [1] })],
      families,
      false,
    );
    expect(ring).toMatchObject({ difference: { mean: 4, interval: null }, worse: false });
  });

  it("counts episodes once with several training seeds", () => {
    const seeds = [1, 2, 3].flatMap((seed) => rows("es", "agent", "RTT", { ring: [seed, seed, seed] }, seed));
    const [ring] = summarise([...seeds, ...others], { families }).families;
    expect(ring).toMatchObject({ episodes: 3, learner: { cost: 2 }, worse: false });
    expect(ring.difference.interval!.low).toBeLessThan(0);
  });

  it("is empty without a learner or families", () => {
    expect(summarise(others, { families }).families).toEqual([]);
    expect(summarise([...learner, ...others]).families).toEqual([]);
  });
});

describe("familiesOf", () => {
  it("is there for environments whose scores are pooled", () => {
    expect(familiesOf("congestion")!.of.get("websearch-30-leaf-spine")).toBe("websearch-leaf-spine");
    for (const name of ["gpu", "tiering", "cartpole"]) expect(familiesOf(name)).toBeNull();
  });
});
