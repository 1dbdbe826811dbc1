import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { kernelEnvOf } from "../../../envs/kernel_env.ts";
import { evaluationCells, evaluationColumns, measured } from "../../../harness/compare/evaluation_record.ts";
import { episodesOf } from "../../../harness/evaluate/episodes.ts";
import { Evaluator } from "../../../harness/evaluate/evaluate.ts";
import { scoreOf } from "../../../harness/evaluate/score.ts";
import { simulate } from "../../../harness/evaluate/simulate.ts";
import { findPolicy, policyNames } from "../../../harness/play/find_policy.ts";
import { type Policy, randomPolicy } from "../../../harness/play/policy.ts";
import { measuresOf, problems } from "../../../harness/problems/index.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { randomStream } from "../../../kernel/random.ts";

describe("scoreOf", () => {
  it("is 0 for the default, 1 for the bound, negative beyond the default", () => {
    const yardstick = { bound: 100, defaultCost: 300 };
    expect(scoreOf(300, yardstick)).toBe(0);
    expect(scoreOf(100, yardstick)).toBe(1);
    expect(scoreOf(150, yardstick)).toBe(0.75);
    expect(scoreOf(500, yardstick)).toBe(-1);
  });

  it("measures an episode by the room of all when they are pooled, so that means are ratios of mean costs", () => {
    const episodes = [
      { cost: 3, bound: 1, defaultCost: 1 },
      { cost: 4, bound: 2, defaultCost: 8 },
    ];
    const pool = { bound: 1.5, defaultCost: 4.5 };
    const scores = episodes.map(({ cost, ...limits }) => scoreOf(cost, limits, pool));
    expect(scores).toEqual([-2 / 3, 4 / 3]);
    expect((scores[0]! + scores[1]!) / 2).toBeCloseTo((4.5 - 3.5) / (4.5 - 1.5), 12);
    expect(episodes.map(({ bound, ...one }) => scoreOf(bound, { bound, ...one }, pool))).toEqual([0, 2]);
  });

  it("is not given where there is nothing to gain", () => {
    expect(scoreOf(100, { bound: 100, defaultCost: 100 })).toBeNull();
    expect(scoreOf(100, { bound: 90, defaultCost: 110 }, { bound: 100, defaultCost: 100 })).toBeNull();
  });
});

describe("episodesOf", () => {
  const spec = registry.spec("tiering");

  it("gives every episode of the split a seed of its own, workload after workload", () => {
    const episodes = episodesOf(spec, "validation", { episodes: 2, firstSeed: 1_000_005 });
    const names = spec.workloads.filter(({ split }) => split === "validation").map(({ name }) => name);
    expect(episodes).toEqual(
      names.flatMap((workload, i) => [
        { workload, seed: 1_000_005 + 2 * i, episode: 0 },
        { workload, seed: 1_000_006 + 2 * i, episode: 1 },
      ]),
    );
  });

  it("refuses seeds outside the split's range", () => {
    expect(() => episodesOf(spec, "test", { episodes: 1, firstSeed: 1_999_999 })).toThrow(UsageError);
    expect(() => episodesOf(spec, "test", { episodes: 2, firstSeed: 2_999_999 })).toThrow(/2000000 to 2999999/);
  });
});

describe("Evaluator", () => {
  it("gives heuristics of one problem scores below the bound's on the same episodes", () => {
    const evaluator = new Evaluator("tiering", "validation", { episodes: 1 });
    const shipped = evaluator.evaluate(findPolicy("tiering", "autonuma"));
    const rows = evaluator.evaluate(findPolicy("tiering", "memtis-colloid"));
    const bounds = evaluator.boundRecords();
    expect(rows.map(({ workload, seed }) => [workload, seed])).toEqual(
      bounds.map(({ workload, seed }) => [workload, seed]),
    );
    rows.forEach((row, i) => {
      expect(row.default_cost).toBe(shipped[i].cost);
      expect(row.bound).toBe(bounds[i].cost);
      expect(row.cost).toBeGreaterThanOrEqual(row.bound!);
      expect(row.score).toBe((row.default_cost! - row.cost!) / (row.default_cost! - row.bound!));
      expect(shipped[i].score).toBe(0);
      expect(bounds[i].score).toBe(1);
      expect(row).toMatchObject({ condition: null, measures: {} });
    });
    expect(evaluator.rivals().map(({ role }) => role)).toEqual(
      expect.arrayContaining(["default", "static", "published", "hand-rule", "reference"]),
    );
  });

  it("pools the room of all episodes where the problem says so", () => {
    const evaluator = new Evaluator("congestion", "validation", { episodes: 1 });
    const rows = evaluator.evaluate(findPolicy("congestion", "static-window"));
    const total = (value: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + value(row), 0);
    const room = total((row) => row.default_cost! - row.bound!);
    const gain = total((row) => row.default_cost! - row.cost!);
    expect(total((row) => row.score!) / rows.length).toBeCloseTo(gain / room, 12);
    for (const row of rows) {
      expect(row.score).toBeCloseTo(((row.default_cost! - row.cost!) * rows.length) / room, 9);
    }

    const other = new Evaluator("congestion", "validation", { episodes: 1 });
    other.adopt(rows);
    const bounds = other.boundRecords();
    expect(bounds).toEqual(evaluator.boundRecords());
    expect(bounds.reduce((sum, { score }) => sum + score!, 0) / bounds.length).toBeCloseTo(1, 12);
  });

  it("says on which kind of machine an episode was played, and how bad its bad cases were", () => {
    const evaluator = new Evaluator("gpu", "validation", { episodes: 2 });
    const rows = evaluator.evaluate(findPolicy("gpu", "composite"));
    const kinds = ["slices from 1 us", "slices from 1000 us"];
    expect(rows.map(({ condition }) => condition)).toEqual(rows.map(({ seed }) => kinds[seed % 2]));
    const late = rows.map(({ measures }) => measures.lc_late_p99_us!);
    for (const us of late) expect(us).toBeGreaterThanOrEqual(0);
    expect(late.some((us) => us > 0)).toBe(true);
    expect(Object.keys(evaluationCells(rows[0])).sort()).toEqual(evaluationColumns(measuresOf("gpu")).sort());

    const other = new Evaluator("gpu", "validation", { episodes: 2 });
    other.adopt(rows);
    for (const one of [evaluator, other]) {
      expect(one.boundRecords().map(({ condition, measures }) => ({ condition, measures }))).toEqual(
        rows.map(({ condition }) => ({ condition, measures: { lc_late_p99_us: null } })),
      );
    }
  });

  it("charges an agent the time that its decisions took, where that is asked for", () => {
    const lazy: Policy = {
      name: "lazy",
      role: "agent",
      sees: null,
      bytes: 12,
      begin: (env) => ({
        decide() {
          const until = performance.now() + 1;
          while (performance.now() < until);
          return env.actionSpace.sample(randomStream(1, "test/lazy"));
        },
        apply: (action) => env.step(action),
      }),
    };
    const evaluator = new Evaluator("tiering", "validation", { episodes: 1, charge: true });
    const [row] = evaluator.play(lazy);
    expect(row.policy_bytes).toBe(12);
    expect(row.decision_us).toBeGreaterThan(900);
    expect(row.charged_score).toBeLessThan(row.score!);
    const [rule] = evaluator.play(findPolicy("tiering", "lru"));
    expect(rule).toMatchObject({ policy_bytes: null, charged_score: null });
    const [free] = new Evaluator("tiering", "validation", { episodes: 1 }).play(lazy);
    expect(free).toMatchObject({ score: row.score, charged_score: null });
  });

  it("takes measures from metrics that there are", () => {
    for (const { id, measures } of problems) {
      const env = registry.make(id, { splits: ["train"], wrap: false });
      env.reset({ seed: 0 });
      const metrics = kernelEnvOf(env).metrics();
      expect(measuresOf(id)).toBe(measures);
      for (const { metric } of measures) expect(metrics).toHaveProperty([metric]);
    }
    expect(measuresOf("cartpole")).toEqual([]);
  });

  it("leaves empty what an episode has none of", () => {
    const problem = problems.find(({ id }) => id === "ring0/CongestionControl-v1")!;
    const metrics = { "cost_w0.1": 1, "cost_w0.5": 2, slowdown_tail: 3, queue_base: 0, jain: Number.NaN, drops: 4 };
    expect(measured(problem, metrics)).toEqual({
      "cost_w0.1": 1,
      "cost_w0.5": 2,
      slowdown_tail: 3,
      queue_base: 0,
      jain: null,
    });
  });

  it("evaluates environments without a kernel by return", () => {
    const evaluator = new Evaluator("cartpole", "test", { episodes: 3 });
    const rows = evaluator.evaluate(randomPolicy);
    expect(rows).toEqual(
      [0, 1, 2].map((episode) =>
        expect.objectContaining({ workload: null, seed: 2_000_000 + episode, cost: null, score: null }),
      ),
    );
    for (const row of rows) expect(row.return).toBe(row.steps);
    expect(evaluator.boundRecords()).toEqual([]);
  });
});

describe("simulate", () => {
  it("is the same for every policy's workload, and different for other seeds", async () => {
    const settings = { env: "tiering", workload: "zipf", options: ["pages=256"], seeds: 2 };
    const one = await simulate({ ...settings, policy: "lru" });
    const two = await simulate({ ...settings, policy: "lru" });
    const costs = ({ seeds }: typeof one) => seeds.map(({ cost }) => cost);
    expect(costs(one)).toEqual(costs(two));
    expect(costs(one)[0]).not.toBe(costs(one)[1]);
    expect(costs(await simulate({ ...settings, policy: "lru", firstSeed: 1, seeds: 1 }))).toEqual([costs(one)[1]]);
  });

  it("knows every policy that it lists", () => {
    for (const { id } of registry.list()) {
      for (const name of policyNames(id)) expect(findPolicy(id, name).name).toBe(name);
    }
  });
});
