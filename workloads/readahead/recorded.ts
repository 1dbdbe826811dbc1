import { readFileSync } from "node:fs";
import { randomStream } from "../../kernel/random.ts";
import type { AccessTrace } from "../format/access_trace.ts";
import { decodeAccessTrace } from "../format/trace_format.ts";
import type { Split } from "../split.ts";
import { bundledTrace } from "../traces/bundled_trace.ts";
import { accessTraceWorkload } from "./access_trace_workload.ts";
import type { ReadaheadCatalogEntry } from "./catalog_entry.ts";

/** Accesses of a recording that an episode plays unless it is told otherwise. Source: choice. */
const DEFAULT_ACCESSES = 150_000;

export interface RecordedOptions {
  /** Default: the name. */
  family?: string;
  /** Path of a trace of page accesses. Default: the one of that name in workloads/traces/accesses. */
  file?: string;
}

/**
 * A recorded program as an entry of the catalogue. The file is read and checked at the first use and kept. Of a recording
 * longer than what is asked for, a part is played whose beginning is drawn from the seed; a shorter one is the same for
 * every seed.
 */
export function recorded(name: string, split: Split, options: RecordedOptions = {}): ReadaheadCatalogEntry {
  const { family = name, file = bundledTrace(`accesses/${name}`) } = options;
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
