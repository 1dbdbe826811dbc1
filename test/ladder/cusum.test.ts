import { median } from "d3-array";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../kernel/random.ts";
import { Cusum } from "../../ladder/cusum.ts";

/** Median number of values until it rings, of streams with this mean and standard deviation 1. */
function delay(mean: number, streams: number): number {
  const delays = Array.from({ length: streams }, (_, stream) => {
    const random = randomStream(stream, "test/cusum");
    const cusum = new Cusum(0.25, 8);
    for (let n = 1; ; n++) if (cusum.add(mean + random.normal())) return n;
  });
  return median(delays)!;
}

describe("Cusum", () => {
  it("adds up what falls short, less its slack, and never less than nothing", () => {
    const cusum = new Cusum(0.25, 1);
    // 0, then 0.5, 1 and 1.25; what was above 0 is not saved up.
    expect([1, -0.75, -0.75, -0.5].map((value) => cusum.add(value))).toEqual([false, false, false, true]);
    cusum.clear();
    expect([cusum.add(-1.25), cusum.add(-0.5)]).toEqual([false, true]);
  });

  it.each([
    [-1, 10],
    [-0.5, 23.5],
    [-0.2, 85],
    [0, 647],
  ])("at a mean of %s deviations rings after about %s blocks", (mean, blocks) => {
    const measured = delay(mean, 200);
    expect(measured).toBeGreaterThan(0.75 * blocks);
    expect(measured).toBeLessThan(1.3 * blocks + 2);
  });

  it("hardly ever rings of a policy that is better", () => {
    expect(delay(0.2, 60)).toBeGreaterThan(3000);
  });
});
