import { describe, expect, it } from "vitest";
import { LEAST_SHARE } from "../../../kernel/congestion/programs/program.ts";
import { always, askedOf, beginning, make, playOn, ROWS, randomly, SMALL, workloadOf } from "./play.ts";

/** Two queue pairs to one host from different ones. */
const PAIR = workloadOf(3, [
  { src: 0, dst: 2, bytes: 1_000_000 },
  { src: 1, dst: 2, bytes: 1_000_000, start: 7000 },
]);

describe("an action", () => {
  const lineOf = (env: ReturnType<typeof make>, row: number) => env.kernel.view.queuePairs.line[row];

  it("begins with exp(2 (a - 1)) of the line's rate", () => {
    for (const action of [-1, -0.3, 0, 0.7, 1]) {
      const env = make();
      env.reset({ seed: 1, options: { workload: PAIR } });
      const line = lineOf(env, 0);
      env.step(always(action)(env.observe(), env));
      expect(env.kernel.view.queuePairs.rate[0] / line).toBeCloseTo(Math.exp(2 * (Math.fround(action) - 1)), 12);
    }
  });

  it.each([
    ["exp", (a: number) => Math.exp(a)],
    ["rl-cc", (a: number) => (a < 0 ? 1 / (1 - 0.2 * a) : 1 + 0.2 * a)],
  ] as const)("multiplies the rate after that, within 0.001 to 1 of the line: map %s", (map, factor) => {
    const env = make();
    env.reset({ seed: 1, options: { workload: PAIR, map, limit_us: 1e6 } });
    const { view } = env.kernel;
    const random = randomly(4);
    const seen: number[] = [];
    let step = 0;
    playOn(env, (observation) => {
      // Down to the floor, up to the line, then at random.
      const phase = step++ % 120;
      const wish = phase >= 60 ? random : always(phase < 20 ? -1 : 1);
      const actions = wish(observation, env);
      const fresh = beginning(view);
      const asked = askedOf(view).filter((row) => !fresh.includes(row));
      const before = asked.map((row) => view.queuePairs.rate[row]);
      const copy = env.fork();
      copy.step(actions);
      const { rate, line } = copy.kernel.view.queuePairs;
      asked.forEach((row, i) => {
        const wanted = (before[i] * factor(actions[row])) / line[row];
        expect(rate[row] / line[row]).toBeCloseTo(Math.min(1, Math.max(LEAST_SHARE, wanted)), 9);
        seen.push(rate[row] / line[row]);
      });
      return actions;
    });
    expect(seen.length).toBeGreaterThan(40);
    expect(Math.max(...seen)).toBe(1);
    if (map === "exp") expect(Math.min(...seen)).toBeCloseTo(LEAST_SHARE, 9);
  });

  it("and its opposite undo each other, by either map", () => {
    for (const map of ["exp", "rl-cc"]) {
      for (const action of [0.1, 0.5, 1]) {
        const env = make();
        env.reset({ seed: 1, options: { workload: workloadOf(2, [{ src: 0, dst: 1, bytes: 4_000_000 }]), map } });
        env.step(always(0)(env.observe(), env));
        const { rate } = env.kernel.view.queuePairs;
        const before = rate[0];
        env.step(always(action)(env.observe(), env));
        expect(rate[0] / before).toBeCloseTo(map === "exp" ? Math.exp(action) : 1 + 0.2 * action, 6);
        env.step(always(-action)(env.observe(), env));
        expect(rate[0] / before).toBeCloseTo(1, 6);
      }
    }
  });

  it("ties what may be in flight to the rate by `window`, and 0 to nothing", () => {
    const inFlight = (window: number) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: "incast", senders: 16, bytes: 500_000, window } });
      const { queuePairs } = env.kernel.view;
      let most = 0;
      playOn(env, always(0, 1), () => {
        for (let row = 0; row < queuePairs.count; row++) {
          const { sent, acked, rate, base } = queuePairs;
          most = Math.max(most, (sent[row] - acked[row]) / (rate[row] * base[row]));
          const limit = window === 0 ? Number.POSITIVE_INFINITY : window * rate[row] * base[row] - queuePairs.chunk;
          expect(queuePairs.window[row]).toBeCloseTo(Math.max(1, limit), 6);
          // What is less than the window may be followed by a whole chunk.
          expect(sent[row] - acked[row]).toBeLessThanOrEqual(queuePairs.window[row] + queuePairs.chunk);
        }
      });
      return { most, metrics: env.metrics() };
    };
    const [tight, wide, none] = [1.03, 4, 0].map(inFlight);
    expect(tight.most).toBeLessThanOrEqual(1.03 + 1e-9);
    expect(wide.most).toBeGreaterThan(3);
    expect(wide.most).toBeLessThanOrEqual(4 + 1e-9);
    expect(none.most).toBeGreaterThan(5);
    expect(tight.metrics.queue_base).toBeLessThan(wide.metrics.queue_base);
    expect(wide.metrics.queue_base).toBeLessThan(none.metrics.queue_base);
  });

  it("takes effect `decision_us` after what it answers, except where a queue pair begins", () => {
    const second = [0, 0.5, 3, 50].map((decision_us) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: workloadOf(2, [{ src: 0, dst: 1, bytes: 4_000_000 }]), decision_us } });
      expect(env.kernel.time).toBe(0);
      env.step(always(0.5)(env.observe(), env));
      return env.kernel.time;
    });
    expect(second.map((time) => time - second[0])).toEqual([0, 500, 3000, 50_000]);
  });

  it("must be as many numbers from -1 to 1 as there are rows", () => {
    const env = make();
    env.reset({ seed: 1, options: SMALL });
    for (const action of [new Float32Array(ROWS - 1), new Float64Array(ROWS), new Float32Array(ROWS).fill(1.5)]) {
      expect(() => env.step(action as Float32Array)).toThrow(/^ring0\/CongestionControl-v1: action .* is not in Box/);
    }
    expect(env.kernel.time).toBe(0);
  });
});
