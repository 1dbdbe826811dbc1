import { describe, expect, test } from "vitest";
import { type ActionHead, CategoricalHead, GaussianHead, type HeadRow } from "../../agents/action_head.ts";
import { randomStream } from "../../kernel/random.ts";

function row(outputs: number[], free: number[] = [], mask: number[] | null = null): HeadRow {
  // The offsets differ from 0, so that a head that ignores them fails.
  return {
    outputs: Float32Array.of(99, ...outputs),
    offset: 1,
    free: Float32Array.from(free),
    mask: mask === null ? null : Uint8Array.of(1, 1, ...mask),
    maskOffset: 2,
  };
}

function evaluate(head: ActionHead, at: HeadRow, action: number[]): { logProbability: number; entropy: number } {
  head.evaluate(at, Float32Array.of(7, ...action), 1);
  return { logProbability: head.logProbability, entropy: head.entropy };
}

describe("CategoricalHead", () => {
  test("log-probability and entropy equal the closed form", () => {
    const { logProbability, entropy } = evaluate(new CategoricalHead([3]), row([1, 2, 4]), [1]);
    const weights = [Math.exp(1), Math.exp(2), Math.exp(4)];
    const total = weights.reduce((a, b) => a + b);
    const p = weights.map((weight) => weight / total);
    expect(logProbability).toBeCloseTo(Math.log(p[1]), 6);
    expect(entropy).toBeCloseTo(
      p.reduce((sum, value) => sum - value * Math.log(value), 0),
      6,
    );
  });

  test("several choices add up", () => {
    const both = evaluate(new CategoricalHead([2, 3]), row([0.5, -1, 1, 2, 4]), [1, 0]);
    const first = evaluate(new CategoricalHead([2]), row([0.5, -1]), [1]);
    const second = evaluate(new CategoricalHead([3]), row([1, 2, 4]), [0]);
    expect(both.logProbability).toBeCloseTo(first.logProbability + second.logProbability, 6);
    expect(both.entropy).toBeCloseTo(first.entropy + second.entropy, 6);
  });

  test("masked alternatives have no probability, no entropy and are never taken", () => {
    const head = new CategoricalHead([3, 2]);
    const masked = row([1, 50, 4, 3, 0], [], [1, 0, 1, 0, 1]);
    const { logProbability, entropy } = evaluate(head, masked, [0, 1]);
    const p = Math.exp(1) / (Math.exp(1) + Math.exp(4));
    expect(logProbability).toBeCloseTo(Math.log(p), 5);
    expect(entropy).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 6);
    const random = randomStream(1, "mask");
    const action = new Float32Array(2);
    for (let i = 0; i < 500; i++) {
      head.sample(masked, random, action, 0);
      expect(action[0]).not.toBe(1);
      expect(action[1]).toBe(1);
    }
    head.mode(masked, action, 0);
    expect([...action]).toEqual([2, 1]);
  });

  test("a mask that allows nothing, and NaN scores, are refused", () => {
    const head = new CategoricalHead([2]);
    const action = new Float32Array(1);
    expect(() => head.mode(row([1, 2], [], [0, 0]), action, 0)).toThrow(
      "allows none of the 2 alternatives of choice 0",
    );
    expect(() => head.sample(row([1, 2], [], [0, 0]), randomStream(1, "x"), action, 0)).toThrow("no legal alternative");
    expect(() => head.sample(row([Number.NaN, 2]), randomStream(1, "x"), action, 0)).toThrow("NaN");
  });

  test("samples with the probabilities it states", () => {
    const head = new CategoricalHead([3]);
    const at = row([0, 1, 2]);
    const counts = [0, 0, 0];
    const random = randomStream(3, "sample");
    const action = new Float32Array(1);
    for (let i = 0; i < 20_000; i++) {
      head.sample(at, random, action, 0);
      counts[action[0]] += 1;
    }
    for (let i = 0; i < 3; i++) {
      expect(counts[i] / 20_000).toBeCloseTo(Math.exp(evaluate(head, at, [i]).logProbability), 1.7);
    }
  });

  test("a space that does not start at 0 gets its own numbers", () => {
    const flat = new Float32Array(2);
    new CategoricalHead([3], 5).toEnvironment(Float32Array.of(2), 0, flat, 1);
    expect(flat[1]).toBe(7);
  });
});

describe("GaussianHead", () => {
  test("log-density and entropy equal the closed form", () => {
    const free = [Math.log(0.5), Math.log(2)];
    const { logProbability, entropy } = evaluate(new GaussianHead([-1, -1], [1, 1]), row([0.25, -1], free), [0.5, 1]);
    const density = (x: number, mean: number, std: number) =>
      Math.exp(-((x - mean) ** 2) / (2 * std * std)) / (std * Math.sqrt(2 * Math.PI));
    expect(logProbability).toBeCloseTo(Math.log(density(0.5, 0.25, 0.5) * density(1, -1, 2)), 5);
    expect(entropy).toBeCloseTo(
      0.5 * Math.log(2 * Math.PI * Math.E * 0.25) + 0.5 * Math.log(2 * Math.PI * Math.E * 4),
      5,
    );
  });

  test("0 is the middle of the Box and 1 its edge; actions beyond a bound are clipped", () => {
    const head = new GaussianHead(
      [2, Number.NEGATIVE_INFINITY, 0],
      [6, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    );
    const flat = new Float32Array(3);
    head.toEnvironment(Float32Array.of(0, 0, -1), 0, flat, 0);
    expect([...flat]).toEqual([4, 0, 0]);
    head.toEnvironment(Float32Array.of(0.5, 30, 8), 0, flat, 0);
    expect([...flat]).toEqual([5, 30, 8]);
    head.toEnvironment(Float32Array.of(-9, -30, 8), 0, flat, 0);
    expect([...flat]).toEqual([2, -30, 8]);
  });

  test("starts with the given standard deviation", () => {
    const head = new GaussianHead([-1, -1], [1, 1], -0.5);
    const free = new Float32Array(2);
    head.initialise(free);
    expect([...free]).toEqual([-0.5, -0.5]);
  });
});

describe.each([
  ["categorical", new CategoricalHead([3, 2]), row([0.3, -0.4, 1.1, 0.2, -0.9]), [2, 0]],
  ["masked categorical", new CategoricalHead([3, 2]), row([0.3, -0.4, 1.1, 0.2, -0.9], [], [1, 0, 1, 1, 1]), [0, 1]],
  ["gaussian", new GaussianHead([-1, 0], [1, 9]), row([0.3, -0.4], [-0.3, 0.2]), [0.9, -1.2]],
] as [string, ActionHead, HeadRow, number[]][])("%s gradients", (_, head, at, action) => {
  test("equal finite differences", () => {
    const value = () => {
      const { logProbability, entropy } = evaluate(head, at, action);
      return 0.7 * logProbability - 1.3 * entropy;
    };
    const outputs = new Float32Array(1 + head.width);
    const free = new Float32Array(head.freeParameters);
    value();
    head.gradient(0.7, -1.3, outputs, 1, free);
    const numeric = (array: Float32Array, i: number) => {
      const old = array[i];
      array[i] = old + 1e-3;
      const high = array[i];
      const up = value();
      array[i] = old - 1e-3;
      const down = (up - value()) / (high - array[i]);
      array[i] = old;
      return down;
    };
    for (let i = 0; i < head.width; i++) {
      expect(outputs[1 + i]).toBeCloseTo(numeric(at.outputs, 1 + i), 3);
    }
    for (let i = 0; i < head.freeParameters; i++) {
      expect(free[i]).toBeCloseTo(numeric(at.free, i), 3);
    }
  });
});
