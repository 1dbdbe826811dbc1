import { describe, expect, test } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import { drawSequence } from "../../../workloads/gpu/draw_sequence.ts";
import { findModel, MODELS } from "../../../workloads/gpu/models.ts";
import { interpolate, meanOf, quantileFunction } from "../../../workloads/gpu/quantile_function.ts";

describe.each(MODELS.map((model) => [model.name, model] as const))("kernels of %s", (_, model) => {
  const sequence = drawSequence(model, randomStream(7, "test"));
  const sorted = sequence.durations.toSorted();

  test("add up to the published total", () => {
    expect(sequence.durations.length).toBe(model.kernels);
    expect(sequence.ends[model.kernels - 1] / 1e6 / model.totalMs).toBeCloseTo(1, 2);
  });

  test("have the published quantiles", () => {
    for (const [share, us] of model.quantilesUs) {
      if (share < 0.5 || model.kernels * (1 - share) < 1) continue;
      // The kernels on either side of the quantile; few kernels leave wide steps.
      const above = Math.floor(share * model.kernels);
      expect(sorted[above - 1] / 1000, `${share}`).toBeLessThan(1.15 * us);
      expect(sorted[above] / 1000, `${share}`).toBeGreaterThan(0.85 * us);
      if (model.kernels >= 150) expect(Math.abs(sorted[above] / 1000 / us - 1), `${share}`).toBeLessThan(0.15);
    }
    const greatest = model.quantilesUs[model.quantilesUs.length - 1][1];
    expect(sorted[model.kernels - 1] / 1000 / greatest).toBeLessThan(1.15);
    expect(sorted[model.kernels - 1] / 1000 / greatest).toBeGreaterThan(0.75);
  });

  test("fill at most the GPU, in thread blocks no longer than they are", () => {
    expect(sequence.occupancy.every((share) => share > 0 && share <= 1)).toBe(true);
    expect(sequence.blockNs.every((ns, i) => ns > 0 && ns <= sequence.durations[i])).toBe(true);
    expect(sequence.limit.every((limit) => limit >= -1 && limit <= 1)).toBe(true);
  });
});

test("long kernels are more often limited by arithmetic than short ones", () => {
  const { durations, limit, ends } = drawSequence(findModel("resnet101-4"), randomStream(1, "test"));
  const arithmetic = durations.reduce((sum, ns, i) => sum + (limit[i] === 1 ? ns : 0), 0) / ends[ends.length - 1];
  expect(arithmetic).toBeGreaterThan(0.5);
  expect(limit.filter((of) => of === 1).length / limit.length).toBeLessThan(0.45);
});

test("a sequence is drawn from its stream alone, and can be given another total", () => {
  const vgg = findModel("vgg19");
  expect(drawSequence(vgg, randomStream(1, "a"))).toEqual(drawSequence(vgg, randomStream(1, "a")));
  expect(drawSequence(vgg, randomStream(1, "a"))).not.toEqual(drawSequence(vgg, randomStream(2, "a")));
  const { ends, name } = drawSequence(vgg, randomStream(1, "a"), { totalNs: 1e6, name: "vgg" });
  expect(ends[ends.length - 1] / 1e6).toBeCloseTo(1, 3);
  expect(name).toBe("vgg");
});

test("an unknown model is refused with the known ones", () => {
  expect(() => findModel("vgg20")).toThrow(/no model "vgg20"; allowed: mobilenetv2-4, /);
});

describe("a quantile function", () => {
  const knots = [
    [0, 1],
    [0.5, 10],
    [1, 1000],
  ] as const;

  test("goes through its knots whatever its mean", () => {
    for (const mean of [60, 150, 300]) {
      const distribution = quantileFunction(knots, mean);
      expect(meanOf(distribution) / mean).toBeCloseTo(1, 2);
      for (const [share, value] of knots) expect(interpolate(distribution, share)).toBeCloseTo(value, 6);
    }
  });

  test.each([
    [[[0, 1]] as const, /from 0 to 1/],
    [
      [
        [0, 1],
        [0.5, 0],
        [1, 2],
      ] as const,
      /positive and ascending: 0.5,0/,
    ],
    [
      [
        [0, 3],
        [0.5, 2],
        [1, 4],
      ] as const,
      /positive and ascending/,
    ],
  ])("refuses knots that are none: %j", (wrong, message) => {
    expect(() => quantileFunction(wrong, 1)).toThrow(message);
  });
});
