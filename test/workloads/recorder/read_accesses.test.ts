import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AccessTrace } from "../../../workloads/format/access_trace.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import type { AccessDescription } from "../../../workloads/recorder/describe_trace.ts";
import { importTrace } from "../../../workloads/recorder/import_trace.ts";
import { readLackeyAccesses } from "../../../workloads/recorder/read_accesses.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const LABELS = { name: "n", program: "p", command: "c", method: "valgrind lackey" };
const CUT = { pageBytes: 4096, stackDepth: 2 };
const SAMPLE = `==7== Lackey, an example Valgrind tool
I  04016b80,3
 L 1000,8
 M 1008,4
I  04016b83,5
 L 2ffc,8
I  04016b80,3
 L 3010,4
I  04016b88,2
 S 1000,1
==7== Exit code:       0
`;

/** Page accesses from lackey's text, cut into chunks of `size` bytes. */
function read(text: string, cut: object = {}, size = 7): Promise<AccessTrace> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return readLackeyAccesses(chunks(), LABELS, { ...CUT, ...cut }, "x.txt");
}

describe("page accesses from lackey", () => {
  test("carry the instruction that accesses", async () => {
    const trace = await read(SAMPLE);
    expect(trace).toMatchObject({
      header: { threads: 1, pages: 3, accesses: 5, programCounters: 3, stackDepth: 2, vmas: 1 },
      vmas: [{ start: 1, pages: 3 }],
      pageNumbers: Float64Array.of(1, 2, 3),
      // Page 1 is read, then written; one access spans 2 and 3; 3 again is work; 1 is new again.
      page: Uint32Array.of(0, 0, 1, 2, 0),
      write: Uint8Array.of(0, 1, 0, 0, 1),
      pc: Uint16Array.of(0, 0, 1, 1, 2),
      work: Uint32Array.of(0, 0, 0, 0, 1),
    });
  });

  test("are read no further than asked for", async () => {
    const trace = await read(`${SAMPLE}nonsense\n`, { skip: 1, keep: 2 }, 1);
    expect(trace.header).toMatchObject({ skipped: 1, accesses: 2 });
    await expect(read(`${SAMPLE}nonsense\n`)).rejects.toThrow("x.txt:12: expected");
  });

  test("must be there", async () => {
    await expect(read("==1== nothing\n")).rejects.toThrow(TraceFormatError);
    await expect(read(SAMPLE, { skip: 5 })).rejects.toThrow(
      "x.txt: expected at least one data access behind 5 recorded ones",
    );
  });

  test("are imported and described", async () => {
    const folder = temporaryFolder();
    const [input, output] = [join(folder, "x.txt"), join(folder, "x.r0t")];
    writeFileSync(input, SAMPLE);
    const facts = (await importTrace({
      kind: "accesses",
      format: "lackey",
      input,
      output,
      stackDepth: 2,
    })) as AccessDescription;
    expect(facts).toMatchObject({
      kind: "accesses",
      name: "x",
      accesses: 5,
      pages: 3,
      footprintBytes: 12288,
      threads: 1,
      programCounters: 3,
      vmas: 1,
      mappedPages: 3,
      work: 1,
      writeShare: 0.4,
      // A memory of one page: all accesses but the second miss.
      tenthMissShare: 0.8,
      quarterMissShare: 0.8,
    });
  });

  test("refuse options of histograms, as histograms refuse theirs", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "x.txt");
    const options = { format: "lackey", input, output: join(folder, "x.r0t") } as const;
    await expect(importTrace({ ...options, kind: "accesses", maxWindows: 3 })).rejects.toThrow(
      "maxWindows is an option of kind histogram, the kind is accesses",
    );
    await expect(importTrace({ ...options, keep: 3 })).rejects.toThrow(
      "keep is an option of kind accesses, the kind is histogram",
    );
  });
});
