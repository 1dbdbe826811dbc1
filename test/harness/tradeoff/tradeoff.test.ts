import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { savePolicy } from "../../../agents/checkpoint.ts";
import { createTrainer } from "../../../agents/index.ts";
import { registry } from "../../../envs/index.ts";
import { kernelEnvOf } from "../../../envs/kernel_env.ts";
import { VectorEnv } from "../../../gym/vector_env.ts";
import { playEpisode } from "../../../harness/play/episode.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { problems } from "../../../harness/problems/index.ts";
import { hyperparameterPreset } from "../../../harness/problems/training_defaults.ts";
import { tradeoffSvg } from "../../../harness/tradeoff/picture.ts";
import { type TradeoffPoint, tradeoffColumns } from "../../../harness/tradeoff/point.ts";
import { tradeoff } from "../../../harness/tradeoff/tradeoff.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const ID = "ring0/GpuPreemption-v1";
const CONDITIONS = ["all", "slices from 1 us", "slices from 1000 us"];

describe("tradeoff", () => {
  it("sweeps what each policy trades by, on the same episodes, and writes curves", async () => {
    const out = join(temporaryFolder(), "curves");
    const calls: number[][] = [];
    const policies = ["hardware-rr", "gpreempt-hint", "composite", "random"];
    const result = await tradeoff({
      env: "gpu",
      policies,
      episodes: 1,
      out,
      onEpisode: (...progress) => calls.push(progress),
    });
    const { points, metrics, measures } = result!;
    expect(metrics).toEqual({ x: "1 - be_cost", y: "lc_cost" });
    expect(measures.map(({ metric }) => metric)).toEqual(["lc_late_p99_us"]);
    const swept = (name: string, condition = "all") =>
      points.filter((point) => point.policy === name && point.condition === condition);
    const values = (name: string) => swept(name).map(({ constant, value }) => [constant, value]);
    expect(values("hardware-rr")).toEqual([[null, null]]);
    expect(values("gpreempt-hint")).toEqual([10, 31.62, 100, 316.2, 1000].map((value) => ["lead_us", value]));
    expect(values("composite")).toEqual([0.25, 0.5, 1, 2, 4].map((value) => ["lead_scale", value]));
    expect(values("random")).toEqual([0.25, 0.5, 1, 2, 4].map((value) => ["lead_scale", value]));

    // Of four workloads with an episode each, two have either shortest timeslice.
    expect(calls).toHaveLength(16 * 4);
    expect(calls.at(-1)).toEqual([64, 64]);
    for (const name of policies) {
      const curves = CONDITIONS.map((condition) => swept(name, condition));
      curves[0].forEach((mean, i) => {
        const [fine, coarse] = [curves[1][i], curves[2][i]];
        expect([mean.episodes, fine.episodes, coarse.episodes]).toEqual([4, 2, 2]);
        for (const side of ["x", "y"] as const) expect(mean[side]).toBeCloseTo((fine[side] + coarse[side]) / 2, 9);
        const late = [mean, fine, coarse].map((point) => point.measures.lc_late_p99_us!);
        expect(late[0]).toBeCloseTo((late[1] + late[2]) / 2, 6);
      });
    }
    // An earlier reservation is worth something to one side and costs the other.
    const [least, , , , greatest] = swept("composite");
    expect(greatest.y).toBeLessThan(least.y);
    expect(greatest.x).toBeLessThan(least.x);
    expect(new Set(swept("random").map(({ x }) => x)).size).toBe(5);

    expect(readdirSync(out).sort()).toEqual(["tradeoff.csv", "tradeoff.png", "tradeoff.svg"]);
    const lines = readFileSync(join(out, "tradeoff.csv"), "utf8").trim().split("\n");
    expect(lines[0]).toBe(tradeoffColumns(measures).join(","));
    expect(lines).toHaveLength(1 + points.length);
    const svg = readFileSync(join(out, "tradeoff.svg"), "utf8");
    for (const text of ["hardware-rr", "composite: lead_scale 0.25 to 4", "slices from 1000 us (2 episodes)"]) {
      expect(svg).toContain(`>${text}<`);
    }
  });

  it("gives what an episode by hand gives", async () => {
    const { points } = (await tradeoff({
      env: "gpu",
      policies: ["hardware-rr"],
      split: "test",
      episodes: 1,
      out: join(temporaryFolder(), "new"),
    }))!;
    const env = registry.make(ID, { splits: ["test"], wrap: false });
    const names = registry.spec(ID).workloads.flatMap(({ name, split }) => (split === "test" ? [name] : []));
    const costs = names.map((workload, i) => {
      const { metrics } = playEpisode(env, findPolicy(ID, "hardware-rr"), 2_000_000 + i, { workload });
      return metrics.be_cost;
    });
    expect(points[0].x).toBeCloseTo(1 - costs.reduce((sum, cost) => sum + cost, 0) / costs.length, 9);
  });

  it("sweeps the environment's option with a trained policy, and ends when it is told to", async () => {
    const folder = temporaryFolder();
    const trainer = createTrainer("es", {
      overrides: hyperparameterPreset(ID, "es"),
      seed: 1,
      totalSteps: 1,
      vectorEnv: (count) =>
        new VectorEnv(Array.from({ length: count }, () => registry.make(ID, { splits: ["train"] }))),
    });
    const policy = join(folder, "policy");
    savePolicy(policy, trainer.policy());
    const controller = new AbortController();
    const seen: number[] = [];
    const result = await tradeoff({
      env: "gpu",
      policies: [policy],
      episodes: 1,
      out: join(folder, "out"),
      signal: controller.signal,
      onEpisode: (done, total) => {
        seen.push(done, total);
        controller.abort();
      },
    });
    expect(result).toBeNull();
    expect(seen).toEqual([1, 5 * 4]);
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  it("refuses environments without two sides", async () => {
    for (const env of ["tiering", "cartpole"]) {
      await expect(tradeoff({ env })).rejects.toThrow(
        /has no two sides to trade off; possible: ring0\/GpuPreemption-v1/,
      );
    }
  });
});

describe("what problems trade off", () => {
  it.each(problems.flatMap(({ tradeoff: sides, ...problem }) => (sides ? [{ ...problem, sides }] : [])))(
    "is there: $id",
    ({ id, heuristics, sides }) => {
      const env = registry.make(id, { splits: ["train"], wrap: false });
      env.reset({ seed: 0 });
      const metrics = kernelEnvOf(env).metrics();
      for (const { metric } of [sides.x, sides.y]) expect(metrics).toHaveProperty(metric);
      expect(registry.spec(id).options.map(({ name }) => name)).toContain(sides.option);
      expect(heuristics.map(({ name }) => name)).toEqual(expect.arrayContaining([...sides.policies]));
      const knobs = heuristics.flatMap((entry) => entry.knobs.map(({ name }) => name));
      expect(knobs).toEqual(expect.arrayContaining([...sides.knobs]));
    },
  );
});

describe("tradeoffSvg", () => {
  const point: TradeoffPoint = {
    policy: "one",
    constant: null,
    value: null,
    condition: "all",
    x: 0.5,
    y: 0,
    episodes: 3,
    measures: {},
  };
  const picture = { title: "a title", subtitle: ["for a test"], x: "to the right", y: "up", measures: [] };

  it("draws a single point where there are no conditions, measures or constants", async () => {
    const svg = await tradeoffSvg({ ...picture, points: [point] });
    for (const text of ["a title", "for a test", "to the right", "up", "one"]) expect(svg).toContain(`>${text}<`);
  });

  it("refuses to draw nothing", async () => {
    await expect(tradeoffSvg({ ...picture, points: [] })).rejects.toThrow(/no points to draw in "a title"/);
  });
});
