import { readRawAccesses } from "../recorder/read_accesses.ts";
import { limitWindows, readRawHistogram } from "../recorder/read_histogram.ts";
import { writeTrace } from "../recorder/trace_file.ts";

// Packs a raw recording: `tsx pack.ts KIND RAW OUT NAME PROGRAM COMMAND`. Replaces OUT. A histogram keeps at most 120
// windows, so that each trace stays well below 1 MB.
const [, , kind, raw, out, name, program, command] = process.argv;
if (raw === undefined || out === undefined || name === undefined || program === undefined || command === undefined) {
  throw new RangeError("usage: pack.ts histogram|accesses RAW OUT NAME PROGRAM COMMAND");
}
const labels = { name, program, command, method: "tsan hooks" };
const trace =
  kind === "accesses" ? await readRawAccesses(raw, labels) : limitWindows(await readRawHistogram(raw, labels), 120);
writeTrace(out, trace, true);
