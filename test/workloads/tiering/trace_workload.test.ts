import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TraceWorkload } from "../../../workloads/tiering/trace_workload.ts";
import { flawOf, histogramOf } from "../format/histogram.ts";
import { anyTrace, sampleTrace, traceOf } from "../format/traces.ts";

describe("TraceWorkload", () => {
  test("plays a recorded window as a unit of work, pages by first touch", () => {
    const workload = new TraceWorkload(sampleTrace(), { windows: 3 });
    expect(workload).toMatchObject({ name: "sample", pages: 3, windows: 3 });
    expect(histogramOf(workload, 0)).toEqual({
      access: Float64Array.of(0.75, 0.25, 0),
      write: Float32Array.of(0, 1, 0),
    });
    expect(histogramOf(workload, 1).access).toEqual(Float64Array.of(0, 0.25, 0.75));
    expect(histogramOf(workload, 2).access).toEqual(Float64Array.of(1, 0, 0));
  });

  test("stretches, and squeezes, by how much of a recorded window lies in a unit", () => {
    const trace = traceOf(
      [1, 1, 2, 2].map((page) => [page, false]),
      2,
    );
    const stretched = new TraceWorkload(trace, { windows: 3 });
    for (const [unit, share] of [1, 0.5, 0].entries()) {
      const { access } = histogramOf(stretched, unit);
      expect(access[0]).toBeCloseTo(share, 12);
      expect(access[1]).toBeCloseTo(1 - share, 12);
    }
    expect([...histogramOf(new TraceWorkload(trace, { windows: 1 }), 0).access]).toEqual([0.5, 0.5]);
  });

  test("makes one page of neighbours in address space when asked for fewer", () => {
    const workload = new TraceWorkload(sampleTrace(), { windows: 3, pages: 2 });
    expect(workload.pages).toBe(2);
    // Pages 8 and 9 are aligned neighbours; page 7 is not in their group. Page 7 was touched first.
    expect([...histogramOf(workload, 1).access]).toEqual([0, 1]);
    expect([...histogramOf(workload, 0).write]).toEqual([0, 1]);
    expect(new TraceWorkload(sampleTrace(), { pages: 1 }).pages).toBe(1);
  });

  test("gives shares that sum to 1, for any trace, length and page limit", () => {
    fc.assert(
      fc.property(
        anyTrace,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (trace, windows, pages) => {
          const workload = new TraceWorkload(trace, { windows, pages });
          expect(workload.pages).toBeLessThanOrEqual(Math.min(pages, trace.header.pages));
          for (let i = 0; i < windows; i++) expect(flawOf(workload, i)).toBeNull();
        },
      ),
    );
  });

  test("refuses bad options and windows it does not have", () => {
    expect(() => new TraceWorkload(sampleTrace(), { windows: 0 })).toThrow("windows must be a whole number");
    expect(() => new TraceWorkload(sampleTrace(), { pages: 1.5 })).toThrow("pages must be a whole number");
    const workload = new TraceWorkload(sampleTrace());
    expect(() => histogramOf(workload, 120)).toThrow("window of sample must be a whole number from 0 to 119, got 120");
  });
});
