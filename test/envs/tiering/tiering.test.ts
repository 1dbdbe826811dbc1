import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import type { KernelEnv } from "../../../envs/kernel_env.ts";
import { DRAWS } from "../../../envs/tiering/episode.ts";
import type { TieringEnv } from "../../../envs/tiering/tiering.ts";
import { HISTOGRAM_KNOBS } from "../../../kernel/tiering/decision.ts";

const ID = "ring0/Tiering-v1";
const make = () => registry.make(ID, { wrap: false }) as unknown as TieringEnv;

/** Plays a constant action and returns cost and sum of rewards. */
function play(action: number[], options: Record<string, unknown> = {}, seed = 7) {
  const env = make();
  env.reset({ seed, options: { workload: "gups", pages: 512, ...options } });
  let total = 0;
  for (;;) {
    const { reward, terminated } = env.step(Float32Array.from(action));
    total += reward;
    if (terminated) return { cost: env.cost, return: total, metrics: env.metrics() };
  }
}

describe("TieringEnv", () => {
  it("maps 0 to the knobs' starting values and the ends to the ends of their ranges", () => {
    const env = make();
    for (const [action, key] of [
      [-1, "min"],
      [0, "start"],
      [1, "max"],
    ] as const) {
      const decision = env.toDecision([action, action, action, action]);
      expect(decision.fastShare).toBeCloseTo(HISTOGRAM_KNOBS.fastShare[key], 12);
      expect(decision.moveRate).toBeCloseTo(HISTOGRAM_KNOBS.moveRate[key], 8);
      expect(decision.recency).toBeCloseTo(HISTOGRAM_KNOBS.recency[key], 10);
      expect(decision.hysteresis).toBeCloseTo(HISTOGRAM_KNOBS.hysteresis[key], 10);
    }
  });

  it("draws another machine and background for every episode, within the documented ranges", () => {
    const env = make();
    const seen = new Set<number>();
    env.reset({ seed: 1, options: { pages: 512 } });
    for (let episode = 0; episode < 30; episode++) {
      const { machine, background, workload } = env.kernel.scenario;
      const slow = machine.tiers[1];
      seen.add(slow.bandwidth);
      expect(slow.bandwidth).toBeGreaterThanOrEqual(DRAWS.slowBandwidth.min);
      expect(slow.bandwidth).toBeLessThanOrEqual(DRAWS.slowBandwidth.max);
      expect(slow.latencyNs).toBeGreaterThanOrEqual(DRAWS.slowLatency.min);
      expect(slow.latencyNs).toBeLessThanOrEqual(DRAWS.slowLatency.max);
      const fraction = machine.tiers[0].capacity / workload.pages;
      expect(fraction).toBeGreaterThan(DRAWS.fastFraction.min - 0.01);
      expect(fraction).toBeLessThan(DRAWS.fastFraction.max + 0.01);
      expect(Math.max(...background)).toBeLessThanOrEqual(DRAWS.background.max);
      env.reset({ options: { pages: 512 } });
    }
    expect(seen.size).toBe(30);
  });

  it("changes nothing else when an option fixes one thing", () => {
    const env = make();
    const machineOf = (options: Record<string, unknown>) => {
      env.reset({ seed: 9, options: { pages: 512, workload: "zipf", ...options } });
      const { machine, background } = env.kernel.scenario;
      return { slow: machine.tiers[1], fast: machine.tiers[0].capacity, background: Array.from(background) };
    };
    const drawn = machineOf({});
    const fixed = machineOf({ slow_bandwidth: 33 });
    expect(fixed.slow.bandwidth).toBe(33);
    expect(fixed.slow.latencyNs).toBe(drawn.slow.latencyNs);
    expect(fixed.fast).toBe(drawn.fast);
    expect(fixed.background).toEqual(drawn.background);
  });

  it("meets the same workload and background whatever is decided", () => {
    const scenarios = [
      [-1, -1, -1, -1],
      [1, 1, 1, 1],
    ].map((action) => {
      const env = make();
      env.reset({ seed: 4, options: { pages: 512 } });
      for (let i = 0; i < 20; i++) env.step(Float32Array.from(action));
      const { access } = windowOf(env);
      env.reset();
      return { access, next: windowOf(env).access };
    });
    expect(scenarios[0]).toEqual(scenarios[1]);
  });

  it("charges the decision's own time", () => {
    const free = play([0, 0, 0, 0], { decision_us: 0 });
    const dear = play([0, 0, 0, 0], { decision_us: 500_000 });
    expect(free.metrics.charged_deciding_seconds).toBe(0);
    expect(dear.metrics.charged_deciding_seconds).toBeGreaterThan(1);
    expect(dear.cost).toBeGreaterThan(free.cost + 1);
  });

  describe("cannot be gamed: no trick beats an honest setting, and the return says so", () => {
    // Honest: serve from the fast tier what fits, no background beside it, and nothing that would need to move twice.
    const quiet = { background: 0, workload: "gups-static", pages: 2048 };
    const honest = play([1, 0, 0, 0], quiet);

    it.each([
      ["idling: moving next to nothing", [1, -1, 1, 1]],
      ["starving the fast tier", [-1, 0, 0, 0]],
      ["thrashing: moving as much as possible on little evidence", [1, 1, 1, -1]],
      ["splitting the load in two", [0, 0, 0, 0]],
    ])("%s", (_, action) => {
      const trick = play(action, quiet);
      expect(trick.cost).toBeGreaterThan(honest.cost);
      expect(trick.return).toBeLessThan(honest.return);
    });

    it("stalling: a step that does less work earns less, and the work is still to be done", () => {
      const stalled = play([1, 0, 0, 0], { ...quiet, decision_us: 1_000_000 });
      expect(stalled.metrics.work).toBe(honest.metrics.work);
      expect(stalled.return).toBeLessThan(honest.return);
    });

    it("return and cost order policies alike: their sum is the same for all", () => {
      const sums = [
        [1, 0, 0, 0],
        [-1, 1, 0, 0],
        [0.3, -0.5, 0.2, -1],
      ].map((action) => {
        const { cost, return: total } = play(action);
        return cost + total;
      });
      for (const sum of sums) expect(sum).toBeCloseTo(sums[0], 6);
    });
  });

  it.each([
    [{ slow_bandwidth: -1 }, /slow_bandwidth must be from 1 to 1000, got -1/],
    [{ slow_bandwidht: 30 }, /slow_bandwidht.*slow_bandwidth/],
    [{ fast_fraction: "half" }, /fast_fraction must be a number/],
    [{ workload: "gupps" }, /gupps.*gups/],
  ])("refuses %j", (options, message) => {
    expect(() => make().reset({ seed: 1, options })).toThrow(message);
  });

  it("keeps the test split from training", () => {
    const env = registry.make(ID, { splits: ["train"] });
    expect(() => env.reset({ seed: 1, options: { workload: "graph" } })).toThrow(/graph is in the split test/);
    expect(() => env.reset({ seed: 2_000_001 })).toThrow(/split test/);
    const free = make();
    free.reset({ seed: 1, options: { workload: "graph", pages: 512 } });
    const { workload } = free.kernel.scenario;
    expect(() => env.reset({ seed: 1, options: { workload: { ...workload, name: "gups" } } })).toThrow(/has no split/);
  });
});

function windowOf(env: TieringEnv) {
  const { workload } = (env as KernelEnv<TieringEnv["kernel"]>).kernel.scenario;
  const window = { access: new Float64Array(workload.pages), write: new Float32Array(workload.pages) };
  workload.fill(60, window);
  return window;
}
