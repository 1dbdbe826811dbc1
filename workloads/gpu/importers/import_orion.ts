import { type KernelSequence, kernelSequence } from "../../../kernel/gpu/workload.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import { numberIn, parseCsv } from "./parse_csv.ts";

/** Heading of a kernel profile of Orion. */
export const ORION_COLUMNS = ["Name", "Profile", "Memory_footprint", "SM_usage", "Duration"];

/** Multiprocessors of the profiled GPU, a V100. */
const V100_MULTIPROCESSORS = 80;

/**
 * A file whose kernels take less on average holds no measurement, ns. Source: the shortest measured kernel takes 2.5
 * us.
 */
const LEAST_MEAN_NS = 1000;

/**
 * Reads the kernels of an Orion profile. A kernel that needs more multiprocessors than the GPU has runs in several
 * waves of thread blocks.
 *
 * @throws InputFormatError that names the first malformed line, or says that the file is a placeholder
 */
export function importOrion(
  text: string,
  { file, name = "orion" }: { file?: string; name?: string } = {},
): KernelSequence {
  const records = [...parseCsv(text, ORION_COLUMNS, file)];
  const read = (column: string, least: number, greatest?: number): number[] =>
    records.map((record) =>
      numberIn(record, ORION_COLUMNS, column, { least, file, ...(greatest !== undefined && { greatest }) }),
    );
  const durations = read("Duration", 1, 1e12);
  const limit = read("Profile", -1, 1);
  const demanded = read("SM_usage", 0);
  const total = durations.reduce((sum, ns) => sum + ns, 0);
  if (total / records.length < LEAST_MEAN_NS) {
    const mean = (total / records.length).toFixed(1);
    throw new InputFormatError({ file, line: 2 }, `kernels take ${mean} ns on average: a placeholder, not a profile`);
  }
  const shares = demanded.map((multiprocessors) => Math.max(1, multiprocessors) / V100_MULTIPROCESSORS);
  return kernelSequence(name, durations, {
    limit,
    occupancy: shares,
    blockNs: durations.map((ns, i) => ns / Math.max(1, Math.ceil(shares[i]))),
    idempotent: !/_fb\d*/.test(name),
  });
}
