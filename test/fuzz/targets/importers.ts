import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { convertTrace, describeTrace } from "../../../harness/run/trace_commands.ts";
import { IMPORT_FORMATS } from "../../../workloads/recorder/import_trace.ts";
import { damagedLines } from "../mutations.ts";
import type { Target } from "../target.ts";

const raw = (name: string) =>
  readFileSync(new URL(`../../workloads/recorder/${name}`, import.meta.url), "latin1").split("\n");

/** A short recording of each format. */
const TEXTS: readonly string[] = [
  "==7== Lackey, an example Valgrind tool\nI  04001000,3\n L 1ffe000,8\n S 1ffe008,4\n M 2000000,8\nSB 4001000\nhello\n",
  "0x401000: R 0x7ffe0000\n0x401004: W 0x7ffe1008\n0x401008: R 0x7ffe2010 8\n#eof\n",
  "2 401000\n0 7ffe0000\n1 7ffe1008\n0 7ffe2010\n",
  "Format: <data address>: <data size>, <(r)ead/(w)rite/opcode>\n0x401000:  3, mov\n0x7ffe0000:  8, r\n0x7ffe1000:  4, w\n",
  "Output format:\n<--record#-> <--instr#->: <---tid---> <record details>\n" +
    "           1           0:      70 <marker: version 4>\n" +
    "           2           1:      70 ifetch       3 byte(s) @ 0x0000000000401000 non-branch\n" +
    "           3           1:      70 read         8 byte(s) @ 0x00007ffe00000000 by PC 0x0000000000401000\n" +
    "           4           1:      71 write        8 byte(s) @ 0x00007ffe00001000 by PC 0x0000000000401000\n",
  "perf 123 [000] 1.000000: 1 cycles: 401000 main\n",
  "128166372003061629,hm,1,Read,383496192,32768,413\n",
  raw("filter_sample.raw.txt").slice(0, 12).join("\n"),
  raw("filter_sample.raw.txt").join("\n"),
  raw("accesses_sample.raw.txt").join("\n"),
  "ring0-raw 1\npage_bytes 4096\nfilter 64 256 16\nwindow_accesses 2\nwindow\n7f1186400 2 1\nwindow\n7f1186400 1 0\nend 2 3\n",
  "ring0-raw-accesses 1\npage_bytes 4096\nstack_depth 16\nskipped 0\n7f1 55 0 17 1\n7f2 55 1 2 0\nvma 7f0 16\nend 2\n",
];

const text = damagedLines(TEXTS, " ");

const file = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: text.map((bytes) => gzipSync(bytes)) },
  { weight: 1, arbitrary: fc.tuple(text, fc.nat(60)).map(([bytes, cut]) => gzipSync(bytes).subarray(0, cut)) },
  { weight: 1, arbitrary: text.map((bytes) => Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), bytes])) },
);

export const importers: readonly Target[] = [
  {
    name: "imported recordings",
    inputs: fc
      .tuple(file, fc.constantFrom("histogram", "accesses"), fc.constantFrom("", ...IMPORT_FORMATS))
      .map(([bytes, kind, format]) => ({ files: { "input.txt": bytes }, args: [kind, format] })),
    async run({ args: [kind, format] = [] }) {
      await convertTrace({
        input: "input.txt",
        output: "out.r0t",
        kind: kind as "histogram",
        ...(format !== "" && { format: format as "lackey" }),
      });
      // What was written can be read.
      describeTrace("out.r0t");
      rmSync("out.r0t");
    },
  },
];
