import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPACITY, createCoRun } from "../../../kernel/gpu/co_run.ts";
import { SHARING_PARTITION, SHARING_SHARES, SHARING_STREAMS } from "../../../kernel/gpu/decision.ts";
import { RunningKernels } from "../../../kernel/gpu/running_kernels.ts";
import { kernelSequence } from "../../../kernel/gpu/workload.ts";

interface Kernel {
  /** Default: 100 us. */
  us?: number;
  occupancy?: number;
  /** Default: arithmetic. */
  limit?: number;
}

/** The running kernels, one per group. */
function runTogether(sharing: number, share: number[], ...kernels: Kernel[]): RunningKernels {
  const running = new RunningKernels(kernels.length);
  kernels.forEach(({ us = 100, occupancy = 1, limit = 1 }, g) => {
    running.add(g, 0, us * 1000, kernelSequence("one", [us * 1000], { occupancy: [occupancy], limit: [limit] }));
  });
  createCoRun(sharing, Float64Array.from(share)).fillRates(running);
  return running;
}

function ratesOf(sharing: number, share: number[], ...kernels: Kernel[]): number[] {
  return [...runTogether(sharing, share, ...kernels).rate].map((rate) => Math.round(rate * 1e6) / 1e6);
}

const rounded = (...rates: number[]) => rates.map((rate) => Math.round(rate * 1e6) / 1e6);

describe("kernels of streams", () => {
  const streams = (...kernels: Kernel[]) =>
    ratesOf(
      SHARING_STREAMS,
      kernels.map(() => 1),
      ...kernels,
    );

  it("run at full speed alone and where they fit side by side", () => {
    expect(streams({ limit: 0 })).toEqual([1]);
    expect(streams({ occupancy: 0.5 }, { occupancy: 0.5 })).toEqual([1, 1]);
  });

  it("take turns by kernel, so a group with longer kernels gets more", () => {
    expect(streams({ us: 300 }, { us: 100 })).toEqual(rounded(0.75 * CAPACITY, 0.25 * CAPACITY));
    expect(streams({ us: 100 }, { us: 100 }, { us: 100 })).toEqual(rounded(CAPACITY / 3, CAPACITY / 3, CAPACITY / 3));
  });

  it("are never faster than alone: the others get what a long kernel does not need", () => {
    expect(streams({ us: 9900 }, { us: 100 })).toEqual(rounded(1, CAPACITY - 1));
  });

  it("can use the multiprocessors that a long, small kernel leaves idle", () => {
    expect(streams({ us: 10_000, occupancy: 0.1 }, { us: 50 })).toEqual(rounded(1, CAPACITY - 0.1));
  });

  it("slow each other by the memory they share, even where they fit", () => {
    const half = { occupancy: 0.5 };
    expect(streams({ ...half, limit: 0 }, { ...half, limit: 0 })).toEqual([0.5, 0.5]);
    expect(streams({ ...half, limit: 0 }, { ...half, limit: 1 })).toEqual([1, 1]);
  });
});

describe("kernels with capped shares", () => {
  it("run at their share divided by their occupancy, or at full speed", () => {
    expect(ratesOf(SHARING_SHARES, [0.25], { occupancy: 1 })).toEqual([0.25]);
    expect(ratesOf(SHARING_SHARES, [0.25], { occupancy: 0.5 })).toEqual([0.5]);
    expect(ratesOf(SHARING_SHARES, [0.25], { occupancy: 0.2 })).toEqual([1]);
  });

  it("do not wait for each other when shares add up to the whole", () => {
    expect(ratesOf(SHARING_SHARES, [0.75, 0.25], { us: 10 }, { us: 9000 })).toEqual([0.75, 0.25]);
  });

  it("leave the rest to uncapped kernels, however long they are", () => {
    expect(ratesOf(SHARING_SHARES, [1, 0.2], { us: 10 }, { us: 9000 })).toEqual(rounded(CAPACITY - 0.2, 0.2));
  });

  it("share the memory's bandwidth", () => {
    expect(ratesOf(SHARING_SHARES, [0.5, 0.5], { limit: 0, occupancy: 0.5 }, { limit: 0, occupancy: 0.5 })).toEqual([
      0.5, 0.5,
    ]);
  });
});

describe("kernels in a partition", () => {
  it("run as if alone with their share, whatever other kernels run", () => {
    const other: Kernel[] = [{ limit: 0 }, { us: 9000, occupancy: 0.1 }];
    for (const beside of other) {
      expect(ratesOf(SHARING_PARTITION, [0.4, 0.6], { limit: 1 }, beside)[0]).toBe(0.4);
      expect(ratesOf(SHARING_PARTITION, [0.4, 0.6], { limit: 1, occupancy: 0.4 }, beside)[0]).toBe(1);
    }
  });

  it("have their share of the memory", () => {
    expect(ratesOf(SHARING_PARTITION, [0.25], { limit: 0, occupancy: 0.25 })).toEqual([0.5]);
  });

  it("cannot have more than the whole", () => {
    expect(() => createCoRun(SHARING_PARTITION, Float64Array.of(0.6, 0.5))).toThrow(/at most 1, got 1.1/);
  });
});

describe("any kernels", () => {
  const kernels = fc.array(
    fc.record({
      us: fc.double({ min: 1, max: 10_000, noNaN: true }),
      occupancy: fc.double({ min: 0.001, max: 1, noNaN: true }),
      limit: fc.constantFrom(-1, 0, 1),
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 16 },
  );

  it("hold no more than all multiprocessors, and progress at most as fast as alone", () => {
    fc.assert(
      fc.property(kernels, fc.constantFrom(SHARING_STREAMS, SHARING_SHARES, SHARING_PARTITION), (list, sharing) => {
        const sum = sharing === SHARING_PARTITION ? list.reduce((total, { share }) => total + share, 0) : 1;
        const shares = list.map(({ share }) => share / sum);
        const { rate, held } = runTogether(sharing, shares, ...list);
        expect(held.reduce((total, part) => total + part, 0)).toBeLessThanOrEqual(1 + 1e-9);
        for (const each of rate) {
          expect(each).toBeGreaterThan(0);
          expect(each).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("leave no multiprocessor free that a kernel limited by arithmetic could use", () => {
    fc.assert(
      fc.property(kernels, (list) => {
        const arithmetic = list.map((kernel) => ({ ...kernel, limit: 1 }));
        const { rate, held } = runTogether(
          SHARING_STREAMS,
          list.map(() => 1),
          ...arithmetic,
        );
        if (rate.some((each) => each < 1)) expect(held.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
