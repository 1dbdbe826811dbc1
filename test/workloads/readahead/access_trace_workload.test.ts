import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertWorkload } from "../../../kernel/readahead/workload.ts";
import { accessTraceWorkload } from "../../../workloads/readahead/access_trace_workload.ts";
import { type Access, accessTraceOf, anyAccessTrace, sampleAccesses } from "../format/access_traces.ts";

describe("a recording of page accesses as a workload", () => {
  test("numbers pages through its VMAs and keeps the threads apart", () => {
    expect(accessTraceWorkload(sampleAccesses())).toEqual({
      name: "sample",
      pages: 12,
      vmas: [
        { start: 0, end: 10, address: 100 },
        { start: 10, end: 12, address: 5000 },
      ],
      footprint: 5,
      programCounters: 3,
      threads: [
        {
          page: Uint32Array.of(4, 2, 5),
          write: Uint8Array.of(0, 1, 0),
          pc: Uint16Array.of(0, 1, 2),
          computeNs: Uint32Array.of(0, 200, 0),
        },
        {
          page: Uint32Array.of(10, 11),
          write: Uint8Array.of(1, 0),
          pc: Uint16Array.of(0, 0),
          computeNs: Uint32Array.of(5, 1),
        },
      ],
    });
  });

  test("leaves out long runs of pages that are never accessed", () => {
    const accesses = [1000, 1065, 1131, 2000].map((page): Access => [0, page, false, 1, 0]);
    const { vmas, pages, threads } = accessTraceWorkload(accessTraceOf(accesses, [{ start: 935, pages: 1_000_000 }]));
    // 65 unused pages before 1000 and 1131, 64 before 1065.
    expect(vmas).toEqual([
      { start: 0, end: 66, address: 1000 },
      { start: 66, end: 67, address: 1131 },
      { start: 67, end: 68, address: 2000 },
    ]);
    expect(pages).toBe(68);
    expect(threads[0]!.page).toEqual(Uint32Array.of(0, 65, 66, 67));
    const whole = accessTraceWorkload(accessTraceOf(accesses.slice(0, 2), [{ start: 936, pages: 194 }]));
    expect(whole.vmas).toEqual([{ start: 0, end: 194, address: 936 }]);
  });

  test("can play a part of the recording", () => {
    const part = accessTraceWorkload(sampleAccesses(), { first: 2, accesses: 2 });
    expect(part).toMatchObject({ pages: 2, footprint: 2, programCounters: 3 });
    expect(part.vmas).toEqual([{ start: 0, end: 2, address: 5000 }]);
    expect(part.threads.map(({ page }) => page)).toEqual([Uint32Array.of(0, 1)]);
    expect(accessTraceWorkload(sampleAccesses(), { first: 4, accesses: 100 }).footprint).toBe(1);
  });

  test("is what the kernel takes, whatever the recording and the part", () => {
    fc.assert(
      fc.property(anyAccessTrace, fc.nat(299), fc.integer({ min: 1, max: 300 }), (trace, at, accesses) => {
        const first = at % trace.header.accesses;
        const workload = accessTraceWorkload(trace, { first, accesses });
        assertWorkload(workload);
        const played = new Set<number>();
        let count = 0;
        for (const { page } of workload.threads) {
          for (const id of page) {
            const vma = workload.vmas.find(({ end }) => id < end)!;
            played.add(vma.address + id - vma.start);
          }
          count += page.length;
        }
        const slice = trace.page.slice(first, first + accesses);
        expect(count).toBe(slice.length);
        expect(played).toEqual(new Set(Array.from(slice, (page) => trace.pageNumbers[page]!)));
        expect(workload.footprint).toBe(played.size);
      }),
    );
  });

  test("shares nothing with the recording", () => {
    const trace = sampleAccesses();
    const before = accessTraceWorkload(trace);
    trace.page.fill(0);
    trace.work.fill(0);
    trace.write.fill(0);
    expect(before).toEqual(accessTraceWorkload(sampleAccesses()));
  });

  test("takes well under 50 ms for 300,000 accesses", () => {
    const accesses = Array.from({ length: 300_000 }, (_, i): Access => [i & 3, (i * 7919) % 20_000, false, i & 255, 9]);
    const trace = accessTraceOf(accesses);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      accessTraceWorkload(trace);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });

  test("refuses impossible parts", () => {
    const trace = sampleAccesses();
    expect(() => accessTraceWorkload(trace, { first: 5 })).toThrow("first must be a whole number from 0 to 4, got 5");
    expect(() => accessTraceWorkload(trace, { first: 0.5 })).toThrow(RangeError);
    expect(() => accessTraceWorkload(trace, { accesses: 0 })).toThrow("accesses must be a whole number of at least 1");
  });
});
