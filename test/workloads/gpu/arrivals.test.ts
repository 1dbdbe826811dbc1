import { describe, expect, test } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import { ARRIVAL_KINDS, drawArrivals } from "../../../workloads/gpu/arrivals.ts";
import { AZURE_TRAFFIC, burstyArrivals, drawPrompts, prefillFactor } from "../../../workloads/gpu/azure_llm.ts";
import { interpolate } from "../../../workloads/gpu/quantile_function.ts";

function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}

function gaps(arrivals: Float64Array): number[] {
  return Array.from(arrivals.subarray(1), (time, i) => time - arrivals[i]);
}

describe.each(ARRIVAL_KINDS)("%s arrivals", (kind) => {
  const draw = (seed: number, durationNs = 400e6): Float64Array =>
    drawArrivals(kind, { ratePerS: 200, durationNs, random: randomStream(seed, "test") });

  test("are whole, ascending and within the run, and come from the stream alone", () => {
    for (let seed = 0; seed < 20; seed++) {
      const arrivals = draw(seed);
      expect(arrivals.every((time, i) => Number.isSafeInteger(time) && time >= (arrivals[i - 1] ?? 0))).toBe(true);
      expect(arrivals[arrivals.length - 1]).toBeLessThan(400e6);
      expect(draw(seed)).toEqual(arrivals);
    }
    expect(draw(1)).not.toEqual(draw(2));
  });

  test("have the rate that was asked for on average", () => {
    let count = 0;
    for (let seed = 0; seed < 200; seed++) count += draw(seed).length;
    expect(count / 200 / 80).toBeGreaterThan(0.93);
    expect(count / 200 / 80).toBeLessThan(1.07);
  });
});

describe("arrivals differ in kind", () => {
  const spread = (kind: (typeof ARRIVAL_KINDS)[number]): number => {
    const all: number[] = [];
    for (let seed = 0; seed < 50; seed++) {
      all.push(
        variation(gaps(drawArrivals(kind, { ratePerS: 200, durationNs: 2e9, random: randomStream(seed, "t") }))),
      );
    }
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };

  test.each([
    ["periodic", 0, 0.15],
    ["frames", 0, 0.5],
    ["erlang", 0.4, 0.75],
    ["poisson", 0.9, 1.1],
    ["azure-conv", 0.9, 1.25],
    ["wave", 1, 1.6],
    ["hyperexponential", 1.4, 3],
    ["steps", 1.1, 2.5],
    ["on-off", 1.3, 5],
    ["azure-code", 4, 14],
  ] as const)("%s gaps vary by %f to %f of their mean", (kind, least, greatest) => {
    expect(spread(kind)).toBeGreaterThanOrEqual(least);
    expect(spread(kind)).toBeLessThan(greatest);
  });
});

describe("requests to language models", () => {
  test.each([
    ["code", 13.2, 8819],
    ["conv", 1.09, 19366],
  ] as const)("of %s have the published variation and median prompt", (name, published, requests) => {
    const traffic = AZURE_TRAFFIC[name];
    const durationNs = (requests / traffic.rate) * 1e9;
    const arrivals = burstyArrivals(traffic, traffic.rate, durationNs, randomStream(1, "test"));
    expect(arrivals.length).toBe(requests);
    expect(variation(gaps(arrivals)) / published).toBeGreaterThan(0.85);
    expect(variation(gaps(arrivals)) / published).toBeLessThan(1.15);
    const prompts = drawPrompts(traffic, 4000, randomStream(1, "prompts")).sort();
    expect(prompts[2000] / interpolate(traffic.promptTokens, 0.5)).toBeCloseTo(1, 1);
  });

  test("take longer for longer prompts", () => {
    expect(prefillFactor(1024)).toBe(1);
    expect(prefillFactor(10)).toBe(prefillFactor(512));
    expect(prefillFactor(3000)).toBeGreaterThan(prefillFactor(2048));
    expect(prefillFactor(1e6)).toBe(prefillFactor(8192));
  });
});
