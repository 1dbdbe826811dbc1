import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RunningMoments } from "../../gym/running_moments.ts";

/** Mean and population variance by their definitions. */
function definition(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
}

const numbers = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 20, maxLength: 60 });

test("agree with the definitions, however the values are cut into batches", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 19 }), (values, cut) => {
      const moments = new RunningMoments(1);
      moments.update(Float32Array.from(values.slice(0, cut)), cut);
      moments.update(Float32Array.from(values.slice(cut)), values.length - cut);
      const [mean, variance] = definition(values);
      // The starting values weigh 1e-4 of a sample.
      expect(Math.abs(moments.mean[0] - mean)).toBeLessThan(1e-5 * (1 + Math.abs(mean)) + 1e-9);
      expect(Math.abs(moments.variance[0] - variance)).toBeLessThan(1e-5 * (1 + variance + mean * mean));
    }),
  );
});

test("keep numbers of a vector apart, and start at an offset", () => {
  const moments = new RunningMoments(2);
  moments.update(Float32Array.of(99, 1, 10, 3, 30), 2, 1);
  expect(moments.mean[0]).toBeCloseTo(2, 3);
  expect(moments.mean[1]).toBeCloseTo(20, 2);
  expect(moments.variance[0]).toBeCloseTo(1, 3);
  expect(moments.variance[1]).toBeCloseTo(100, 1);
  expect(moments.count).toBeCloseTo(2.0001, 9);
});

test("stay exact far from zero", () => {
  const moments = new RunningMoments(1);
  for (let i = 0; i < 10_000; i++) {
    moments.update(Float64Array.of(1e9 + (i % 2)), 1);
  }
  const fresh = new RunningMoments(1);
  fresh.update(
    Float64Array.from({ length: 10_000 }, (_, i) => 1e9 + (i % 2)),
    10_000,
  );
  expect(moments.variance[0] / fresh.variance[0]).toBeCloseTo(1, 6);
});

test("normalise to mean 0 and variance 1, clipped, also in place", () => {
  const moments = new RunningMoments(1);
  const values = Float32Array.from({ length: 100 }, (_, i) => 5 + (i % 10));
  moments.update(values, 100);
  const out = new Float32Array(101);
  moments.normaliseInto(values, 0, 100, out, 1);
  const [mean, variance] = definition([...out.subarray(1)]);
  expect(mean).toBeCloseTo(0, 4);
  expect(variance).toBeCloseTo(1, 4);
  moments.normaliseInto(values, 0, 100, values, 0, 0.5);
  expect([Math.min(...values), Math.max(...values)]).toEqual([-0.5, 0.5]);
});

test("do not divide by zero where nothing varies", () => {
  const moments = new RunningMoments(1);
  moments.update(new Float32Array(1_000_000), 1_000_000);
  const out = new Float32Array(1);
  moments.normaliseInto(Float32Array.of(0), 0, 1, out, 0);
  expect(out[0]).toBe(0);
});

test("are kept when frozen", () => {
  const moments = new RunningMoments(1);
  moments.update([1, 2, 3], 3);
  moments.freeze();
  const before = JSON.stringify(moments);
  moments.update([100], 1);
  expect(JSON.stringify(moments)).toBe(before);
  expect(moments.frozen).toBe(true);
  expect(moments.fork().frozen).toBe(true);
});

test("go on exactly from JSON and from a fork", () => {
  const moments = new RunningMoments(2);
  moments.update([0.1, 1 / 3, 7, 1e-9], 2);
  const copies = [RunningMoments.fromJSON(JSON.parse(JSON.stringify(moments))), moments.fork()];
  const before = JSON.stringify(moments);
  for (const copy of copies) {
    expect(copy).toEqual(moments);
    copy.update([5, 5], 1);
    expect(JSON.stringify(moments)).toBe(before);
  }
  moments.update([5, 5], 1);
  expect(copies[0].toJSON()).toEqual(moments.toJSON());
});

describe("refuse", () => {
  test.each([0, -1, 1.5])("size %d", (size) => {
    expect(() => new RunningMoments(size)).toThrow(`size must be a positive whole number, got ${size}`);
  });

  test.each<unknown>([
    null,
    {},
    { count: 1, mean: [1], variance: [1, 2] },
    { count: 1, mean: [null], variance: [1] },
    { count: 1, mean: [0], variance: [-1] },
    { count: 0, mean: [0], variance: [1] },
    { count: 1, mean: [], variance: [] },
  ])("JSON %j", (json) => {
    expect(() => RunningMoments.fromJSON(json)).toThrow("RunningMoments: ");
  });
});
