import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { MAX_SLICE_US } from "../../../kernel/gpu/decision.ts";
import { encodeTimeslice } from "../../../kernel/gpu/timeslice.ts";

/** Every short timeslice and a selection of long ones, us, ascending. */
const WISHES = [
  ...Array.from({ length: 5000 }, (_, i) => i + 1),
  ...Array.from({ length: 3000 }, (_, i) => Math.floor(5000 * 1.0025 ** i)).filter((us) => us <= MAX_SLICE_US),
  MAX_SLICE_US,
];

describe("the encoder of timeslices", () => {
  it("never gives more than asked for, and too little by less than 1 in 128", () => {
    for (const wish of WISHES) {
      const us = encodeTimeslice(wish);
      expect(us).toBeLessThanOrEqual(wish);
      expect((wish - us) / wish).toBeLessThan(1 / 128);
    }
  });

  it("is monotone and idempotent", () => {
    let last = 0;
    for (const wish of WISHES) {
      const us = encodeTimeslice(wish);
      expect(us).toBeGreaterThanOrEqual(last);
      expect(encodeTimeslice(us)).toBe(us);
      last = us;
    }
  });

  it.each([
    [1, 1],
    [1.9, 1],
    [255, 255],
    [257, 256],
    [1024, 1024],
    [1_000_000, 999_424],
    [MAX_SLICE_US, 8_355_840],
    [2 * MAX_SLICE_US, 8_355_840],
  ])("makes %i us of hardware's timeslice from %i us", (wish, us) => {
    expect(encodeTimeslice(wish)).toBe(us);
  });

  it("sets a group's timeslice after the driver's minimum", () => {
    const groups = [clientOf(equalKernels(10, 1e6)), clientOf(equalKernels(10, 1e6))];
    const kernel = runGpu(gpuScenario(groups, { durationNs: 1e7, minSliceUs: 1000 }), (decision) => {
      decision.sliceUs[0] = 1;
      decision.sliceUs[1] = 2011;
    });
    expect([...kernel.view.sliceUs]).toEqual([1000, 2008]);
  });
});
