import { readFileSync } from "node:fs";
import { randomStream } from "../kernel/random.ts";
import type { AccessTrace } from "./access_trace.ts";
import { accessTraceWorkload } from "./access_trace_workload.ts";
import type { Split } from "./catalog.ts";
import type { ReadaheadCatalogEntry } from "./readahead_catalog.ts";
import { decodeAccessTrace } from "./trace_format.ts";

/** Accesses of a recording that an episode plays unless it is told otherwise. Source: choice. */
const DEFAULT_ACCESSES = 150_000;

/**
 * A recorded program as an entry of the catalogue. The file is read and checked at the first use and kept. Of a recording
 * longer than what is asked for, a part is played whose beginning is drawn from the seed; a shorter one is the same for
 * every seed.
 *
 * @param file path of a trace of page accesses
 */
export function recorded(name: string, split: Split, file: string, family = name): ReadaheadCatalogEntry {
  let trace: AccessTrace | null = null;
  return {
    name,
    family,
    split,
    source: "trace",
    file,
    open: (seed, { accesses = DEFAULT_ACCESSES } = {}) => {
      trace ??= decodeAccessTrace(readFileSync(file), file);
      const beginnings = Math.max(0, trace.header.accesses - accesses) + 1;
      const first = randomStream(seed, `workload/readahead/${name}`).integer(beginnings);
      return accessTraceWorkload(trace, { first, accesses });
    },
  };
}
