import { limitWindows, readRaw } from "../recorder/import_trace.ts";
import { writeTrace } from "../recorder/trace_file.ts";

// Packs a raw recording: `tsx pack.ts RAW OUT NAME PROGRAM COMMAND`. Replaces OUT. At most 120 windows are kept, so
// that each trace stays well below 1 MB.
const [, , raw, out, name, program, command] = process.argv;
if (raw === undefined || out === undefined || name === undefined || program === undefined || command === undefined) {
  throw new RangeError("usage: pack.ts RAW OUT NAME PROGRAM COMMAND");
}
const trace = await readRaw(raw, { name, program, command, method: "tsan hooks" });
writeTrace(out, limitWindows(trace, 120), true);
