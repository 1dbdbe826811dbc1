import { isConnectionMatrix } from "./congestion/importers/connection_matrix.ts";
import { isFlowList } from "./congestion/importers/import_flow_list.ts";
import { AZURE_COLUMNS } from "./gpu/importers/import_azure.ts";
import { BURST_GPT_COLUMNS } from "./gpu/importers/import_burst_gpt.ts";
import { ORION_COLUMNS } from "./gpu/importers/import_orion.ts";
import { columnPlaces, headingOf } from "./gpu/importers/parse_csv.ts";
import { SPLITWISE_COLUMNS } from "./gpu/importers/splitwise_columns.ts";

/** What a file looks like, and what can be done with it. */
export interface Look {
  readonly name: string;
  /** What it is, for messages. */
  readonly called: string;
  /** What can be done with it, for messages. */
  readonly use: string;
}

interface Pattern extends Look {
  matches(lines: readonly string[], head: string): boolean;
}

const CONVERT =
  "`ring0-gym trace import FILE --kind accesses --out FILE.r0t` makes a trace of it that --env readahead plays";
const READAHEAD_OR_TIERING = "--env readahead plays page accesses, --env tiering plays histograms";
const ON_GPU = "--env gpu plays it";
const ON_NETWORK = "--env congestion plays it";
const NOTHING = "it cannot be read";

/** Formats, the most certain ones first. */
const PATTERNS: readonly Pattern[] = [
  {
    name: "packed",
    called: "a packed trace",
    use: READAHEAD_OR_TIERING,
    matches: (_, head) => head.slice(1, 4) === "R0T",
  },
  {
    name: "raw",
    called: "a raw recording of recorder.c",
    use: "`ring0-gym trace import FILE --format raw --out FILE.r0t` makes a packed trace of it",
    matches: ([first]) => first.startsWith("ring0-raw"),
  },
  {
    name: "gem5",
    called: "a trace of gem5",
    use: NOTHING,
    matches: (lines, head) => head.startsWith("gem5") || most(lines, /^\d+: (global|system|board)\b/),
  },
  {
    name: "drmemtrace",
    called: "the view of a drmemtrace trace of DynamoRIO",
    use: CONVERT,
    matches: (lines) =>
      lines.some((line) => /^<--record#-> /.test(line)) ||
      most(lines, /^\d+\s+\d+:\s+\d+\s+(ifetch|non-fetched|read|write|<marker)/),
  },
  {
    name: "memtrace",
    called: "memory accesses of DynamoRIO's memtrace",
    use: CONVERT,
    matches: (lines) => lines[0].startsWith("Format: <data address>") || most(lines, /^0x[\da-f]+:\s+\d+, \w+$/i),
  },
  {
    name: "pin",
    called: "memory accesses of Pin's pinatrace",
    use: CONVERT,
    matches: (lines) => most(lines, /^0x[\da-f]+: [RW] 0x[\da-f]+/i),
  },
  {
    name: "lackey",
    called: "text of valgrind's lackey",
    use: CONVERT,
    matches: (lines) => lines.some((line) => /^(==\d+== Lackey|I {2}[\da-f]+,\d+$|[LSM] [\da-f]+,\d+$)/i.test(line)),
  },
  {
    name: "perf",
    called: "samples of perf script, which lack most accesses",
    use: NOTHING,
    matches: (lines) =>
      lines.some((line) => /^\S.*?\s+\d+(\/\d+)?\s+(\[\d+\]\s+)?\d+\.\d+:\s+(\d+\s+)?\S+:/.test(line)),
  },
  {
    name: "msr",
    called: "a block trace in the format of MSR Cambridge",
    use: NOTHING,
    matches: (lines) => most(lines, /^\d{15,20},[^,]+,\d+,(read|write),\d+,\d+,\d+$/i),
  },
  {
    name: "blktrace",
    called: "a block trace of blktrace",
    use: NOTHING,
    matches: (lines) => most(lines, /^\d+,\d+\s+\d+\s+\d+\s+\d+\.\d+\s+\d+\s+[A-Z]+\s/),
  },
  {
    name: "spc",
    called: "a block trace in the format of SPC",
    use: NOTHING,
    matches: (lines) => most(lines, /^\d+,\d+,\d+,[rw],\d+\.\d+/i),
  },
  {
    name: "perf-data",
    called: "a recording of perf record",
    use: NOTHING,
    matches: (_, head) => /^(PERFILE2|PERFFILE)/.test(head),
  },
  {
    name: "strace",
    called: "system calls of strace",
    use: NOTHING,
    matches: (lines) =>
      most(lines, /^(\[pid +\d+\] |\d+ +)?(\d+[:.][\d:.]+ )?[a-z_0-9]+\(.*\) += +(-?\d+|0x[\da-f]+|\?)/),
  },
  {
    name: "callgrind",
    called: "counts of callgrind or cachegrind",
    use: NOTHING,
    matches: (lines) => lines.some((line) => /^(events: Ir|desc: I1 cache:|creator: callgrind)/.test(line)),
  },
  {
    name: "massif",
    called: "heap sizes of massif",
    use: NOTHING,
    matches: (lines) => /^desc: /.test(lines[0]) && lines.some((line) => /^time_unit: /.test(line)),
  },
  { name: "azure", called: "Azure's LLM trace", use: ON_GPU, matches: (_, head) => hasColumns(head, AZURE_COLUMNS) },
  {
    name: "burstgpt",
    called: "BurstGPT's request trace",
    use: ON_GPU,
    matches: (_, head) => hasColumns(head, BURST_GPT_COLUMNS),
  },
  {
    name: "orion",
    called: "a kernel profile of Orion",
    use: ON_GPU,
    matches: (_, head) => hasColumns(head, ORION_COLUMNS),
  },
  {
    name: "splitwise",
    called: "a table of times of Splitwise",
    use: NOTHING,
    matches: (_, head) => hasColumns(head, SPLITWISE_COLUMNS),
  },
  { name: "disb", called: "a workload of DISB", use: ON_GPU, matches: jsonWith(/"tasks"\s*:/) },
  { name: "reef", called: "a kernel profile of REEF", use: ON_GPU, matches: jsonWith(/"kernel_latency"\s*:/) },
  {
    name: "reef-mix",
    called: "a mix of models for REEF",
    use: "it cannot be read; its rt and be lists can be written as tasks of a DISB workload",
    matches: jsonWith(/"(rt|be)"\s*:\s*\[/),
  },
  {
    name: "htsim",
    called: "a connection matrix of htsim",
    use: ON_NETWORK,
    matches: (_, head) => isConnectionMatrix(head),
  },
  {
    name: "dinero",
    called: "memory accesses in Dinero's format",
    use: CONVERT,
    matches: (lines) => most(lines, /^[0-4]\s+(0x)?[\da-f]{1,16}(\s+\d+)?$/i),
  },
  { name: "flows", called: "a list of flows", use: ON_NETWORK, matches: (_, head) => isFlowList(head) },
];

/** Lines that are looked at. */
const LOOKED_AT = 200;

/** What a file looks like whose text begins with `head`, or null where that is not known. */
export function recogniseFormat(head: string): Look | null {
  const text = head.replace(/^\uFEFF/, "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1) || text;
  const lines = whole
    .split("\n", LOOKED_AT)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) return null;
  const found = PATTERNS.find((pattern) => pattern.matches(lines, text));
  if (found === undefined) return null;
  const { name, called, use } = found;
  return { name, called, use };
}

/**
 * A part of a sentence that says what a file looks like, with a semicolon before it; nothing where that is not known.
 */
export function describeLook(head: string): string {
  const look = recogniseFormat(head);
  return look === null ? "" : `; it looks like ${look.called}: ${look.use}`;
}

/** Whether most of the lines that are looked at have this form. */
function most(lines: readonly string[], form: RegExp): boolean {
  return 2 * lines.filter((line) => form.test(line)).length > lines.length;
}

function hasColumns(head: string, columns: readonly string[]): boolean {
  return !columnPlaces(headingOf(head), columns).includes(-1);
}

function jsonWith(key: RegExp): Pattern["matches"] {
  return (_, head) => head.trimStart().startsWith("{") && key.test(head);
}
