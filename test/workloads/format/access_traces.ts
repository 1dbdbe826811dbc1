import fc from "fast-check";
import type { AccessTrace, MappedRange } from "../../../workloads/format/access_trace.ts";
import { AccessTraceBuilder } from "../../../workloads/recorder/access_trace_builder.ts";

const LABELS = { name: "sample", program: "sample 1.0", command: "sample --run", method: "tsan hooks" };

/** An access: thread, page number, write, program counter, work. */
export type Access = readonly [thread: number, page: number, write: boolean, pc: number, work: number];

/** A trace of these accesses, with these ranges mapped. */
export function accessTraceOf(accesses: Iterable<Access>, mapped: readonly MappedRange[] = []): AccessTrace {
  const builder = new AccessTraceBuilder({ pageBytes: 4096, stackDepth: 16 });
  for (const [thread, page, write, pc, work] of accesses) builder.add(thread, page, write, pc, work);
  return builder.finish(LABELS, mapped);
}

/** Two threads on two ranges: pages 100 to 109, of which three are used, and 5000 to 5001. */
export function sampleAccesses(): AccessTrace {
  const accesses: Access[] = [
    [7, 104, false, 0x400, 0],
    [7, 102, true, 0x410, 200],
    [3, 5000, true, 0x400, 5],
    [3, 5001, false, 0x400, 1],
    [7, 105, false, 0x420, 0],
  ];
  return accessTraceOf(accesses, [
    { start: 100, pages: 10 },
    { start: 300, pages: 5 },
    { start: 5000, pages: 2 },
  ]);
}

/** Any trace of up to 300 accesses of up to 20 threads to up to 40 pages anywhere below 2^52. */
export const anyAccessTrace: fc.Arbitrary<AccessTrace> = fc
  .record({
    pages: fc.uniqueArray(fc.oneof(fc.nat(500), fc.integer({ min: 0, max: 2 ** 52 - 1 })), {
      minLength: 1,
      maxLength: 40,
    }),
    accesses: fc.array(
      fc.tuple(fc.nat(19), fc.nat(39), fc.boolean(), fc.nat(50), fc.integer({ min: 0, max: 2 ** 40 })),
      { minLength: 1, maxLength: 300 },
    ),
    mapped: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
  })
  .map(({ pages, accesses, mapped }) => {
    let end = 0;
    const ranges = mapped.map((length) => {
      const range = { start: end, pages: length };
      end += 2 * length;
      return range;
    });
    return accessTraceOf(
      accesses.map(
        ([thread, page, write, pc, work]) => [thread, pages[page % pages.length]!, write, pc, work] as const,
      ),
      ranges,
    );
  });
