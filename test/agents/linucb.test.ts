import { describe, expect, it } from "vitest";
import { LinUcb } from "../../agents/linucb.ts";
import { OnlineRidge } from "../../agents/online_ridge.ts";
import { randomStream } from "../../kernel/random.ts";

describe("online ridge regression", () => {
  it("equals the solution computed by hand", () => {
    const model = new OnlineRidge(2, 1);
    model.add([1, 1], 0, 3);
    model.add([0, 1], 0, 0);
    model.add([2, 0], 0, 1);
    expect(model.samples).toBe(3);
    // [[6, 1], [1, 3]] w = [5, 3].
    expect(model.coefficients[0]).toBeCloseTo(12 / 17, 12);
    expect(model.coefficients[1]).toBeCloseTo(13 / 17, 12);
    expect(model.predict([9, 2, -1], 1)).toBeCloseTo((2 * 12 - 13) / 17, 12);
  });

  it("knows the variance of a prediction: x^T inverse x", () => {
    const model = new OnlineRidge(2, 1);
    expect(model.uncertainty([3, 4])).toBe(25);
    model.add([1, 1], 0, 3);
    model.add([0, 1], 0, 0);
    model.add([2, 0], 0, 1);
    // The inverse of [[6, 1], [1, 3]] is [[3, -1], [-1, 6]] / 17.
    expect(model.uncertainty([7, 1, 2], 1)).toBeCloseTo((3 - 4 + 24) / 17, 12);
  });

  it("stays exact over many samples", () => {
    const random = randomStream(3, "test/linear-model");
    const model = new OnlineRidge(4, 1);
    const wanted = [1, -2, 0.5, 3];
    const features = new Float64Array(4);
    for (let t = 0; t < 20_000; t++) {
      for (let i = 0; i < 3; i++) features[i] = random.normal();
      features[3] = 1;
      model.add(features, 0, wanted.reduce((sum, weight, i) => sum + weight * features[i], 0) + random.normal());
    }
    for (const [i, weight] of wanted.entries()) expect(Math.abs(model.coefficients[i] - weight)).toBeLessThan(0.05);
    expect(model.uncertainty(features)).toBeGreaterThan(0);
  });

  it("refuses impossible sizes and ridges", () => {
    expect(() => new OnlineRidge(0, 1)).toThrow("size must be a positive whole number, got 0");
    expect(() => new OnlineRidge(2, 0)).toThrow("ridge must be a number above 0, got 0");
  });
});

/** Arm a earns the a-th row of these weights times the context, whose last number is 1. */
const WEIGHTS = [
  [1, 0],
  [-1, 0],
  [0, 0.2],
];

/** Plays a bandit; returns the mean regret of the first and of the last tenth. */
function regret(bandit: LinUcb, shared: boolean, steps = 2000): [first: number, last: number] {
  const random = randomStream(1, "test/linucb");
  const regrets: number[] = [];
  const context = new Float64Array(2);
  const features = new Float64Array(shared ? 3 * 6 : 2);
  for (let t = 0; t < steps; t++) {
    context[0] = random.uniform(-1, 1);
    context[1] = 1;
    features.fill(0);
    // In the shared form, the features of an arm are the context at the arm's own position.
    for (let arm = 0; arm < (shared ? 3 : 1); arm++) features.set(context, shared ? arm * 6 + arm * 2 : 0);
    const arm = bandit.choose(features);
    const worth = WEIGHTS.map(([slope, level]) => slope * context[0] + level);
    bandit.update(features, shared ? arm * 6 : 0, worth[arm] + 0.1 * random.normal(), arm);
    regrets.push(Math.max(...worth) - worth[arm]);
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean(regrets.slice(0, steps / 10)), mean(regrets.slice(-steps / 10))];
}

describe("LinUCB", () => {
  it.each([
    ["disjoint", false, 2],
    ["shared", true, 6],
  ] as const)("learns which arm is best when, %s", (_, shared, size) => {
    const [first, last] = regret(new LinUcb({ arms: 3, size, shared, alpha: 2 }), shared);
    expect(last).toBeLessThan(0.01);
    expect(last).toBeLessThan(first / 3);
  });

  it("tries all arms in order before it tries any arm again", () => {
    const bandit = new LinUcb({ arms: 3, size: 1 });
    const taken: number[] = [];
    for (let t = 0; t < 3; t++) {
      const arm = bandit.choose([1]);
      taken.push(arm);
      bandit.update([1], 0, -5, arm);
    }
    expect(taken).toEqual([0, 1, 2]);
  });

  it("takes the first of equal arms", () => {
    const bandit = new LinUcb({ arms: 3, size: 2, shared: true });
    expect(bandit.choose([1, 1, 1, 1, 1, 1])).toBe(0);
    expect(bandit.choose([1, 1, 1, 2, 1, 2])).toBe(1);
  });

  it("takes only arms that the mask allows", () => {
    const bandit = new LinUcb({ arms: 3, size: 1 });
    expect(bandit.choose([1], 0, Uint8Array.of(0, 0, 1))).toBe(2);
    for (let arm = 0; arm < 3; arm++) bandit.update([1], 0, -arm, arm);
    expect(bandit.choose([1], 0, Uint8Array.of(9, 0, 1, 1), 1)).toBe(1);
    expect(bandit.choose([1], 0, new Uint8Array(3))).toBe(-1);
  });

  it("explores less the more it knows, in units of its own error", () => {
    // Arm 1 is worse. The number of its trials grows more and more slowly.
    const tries = (noise: number) => {
      const random = randomStream(2, "test/linucb");
      const bandit = new LinUcb({ arms: 2, size: 1, alpha: 4 });
      const counts = [0, 0];
      for (let t = 0; t < 2000; t++) {
        const arm = bandit.choose([1]);
        if (arm === 1) counts[t < 1000 ? 0 : 1]++;
        bandit.update([1], 0, (arm === 0 ? 0.1 : 0) + noise * random.normal(), arm);
      }
      return counts;
    };
    const [early, late] = tries(0.5);
    expect(early).toBeGreaterThan(late);
    expect(tries(0.01)[0]).toBeLessThan(early);
    const greedy = new LinUcb({ arms: 2, size: 1, alpha: 0 });
    greedy.update([1], 0, 1, 0);
    greedy.update([1], 0, 0.9, 1);
    expect(greedy.choose([1])).toBe(0);
  });

  it.each([
    [{ arms: 0, size: 1 }, "arms must be a positive whole number, got 0"],
    [{ arms: 2, size: 1, alpha: -1 }, "alpha must be a number of at least 0, got -1"],
    [{ arms: 2, size: 1.5 }, "size must be a positive whole number, got 1.5"],
  ])("refuses %o", (options, message) => {
    expect(() => new LinUcb(options)).toThrow(message);
  });
});
