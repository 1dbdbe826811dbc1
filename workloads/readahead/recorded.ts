import { readFileSync } from "node:fs";
import { randomStream } from "../../kernel/random.ts";
import type { AccessTrace } from "../format/access_trace.ts";
import { decodeAccessTrace } from "../format/trace_format.ts";
import type { Split } from "../split.ts";
import { bundledTrace } from "../traces/bundled_trace.ts";
import { accessTraceWorkload } from "./access_trace_workload.ts";
import type { ReadaheadCatalogEntry } from "./catalog_entry.ts";

/** Default number of accesses that an episode plays of a recording. Source: choice. */
const DEFAULT_ACCESSES = 150_000;

export interface RecordedOptions {
  /** Default: `name`. */
  family?: string;
  /** Path of a trace of page accesses. Default: the trace of that name in workloads/traces/accesses. */
  file?: string;
}

/**
 * A recorded program as an entry of the catalog. The file is read and checked at first use, then kept. If the recording
 * is longer than the requested number of accesses, an episode plays a part of it; the seed draws where that part
 * begins. A shorter recording is the same for every seed.
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
