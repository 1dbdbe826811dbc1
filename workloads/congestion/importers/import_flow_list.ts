import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";
import { TraceFormatError } from "../../format/trace_format_error.ts";
import { message } from "../generators/message.ts";

/** Columns of a flow list. Source: plain lists of csg-htsim and others; lists of HPCC's packet simulator. */
const COLUMNS = {
  4: ["src", "dst", "bytes", "start"],
  6: ["src", "dst", "pg", "dport", "bytes", "start"],
} as const;

/** Most hosts of a list. Source: choice. */
const MOST_HOSTS = 4096;

/** Most bytes of a message. Source: choice. */
const MOST_BYTES = 1e12;

/** Latest start, s. Source: choice. */
const LATEST_S = 1e6;

/** How to play a flow list. */
export interface FlowListOptions {
  /** Name of the text's file, for messages. */
  file?: string | undefined;
  /** Name of the workload. Default: flow-list. */
  name?: string | undefined;
  /** Rate of every host's link, Gb/s. Default: 100. */
  gbps?: number | undefined;
  /** Propagation delay of every link, ns. Default: 1000. */
  delayNs?: number | undefined;
}

/** Whether a text looks like a flow list: its first line that is not a comment holds 1, 4 or 6 numbers. */
export function isFlowList(text: string): boolean {
  for (const line of text.split("\n")) {
    const cells = cellsOf(line);
    if (cells.length > 0) return [1, 4, 6].includes(cells.length) && !cells.some((cell) => Number.isNaN(Number(cell)));
  }
  return false;
}

/**
 * Reads messages from a list of `src dst bytes start` or `src dst pg dport bytes start`, one per line, with the start
 * in seconds. The first line may state the number of flows; `#` begins a comment. The hosts are numbered from 0 to the
 * highest one named, around one switch. The first message starts at time 0.
 *
 * @throws TraceFormatError that names the first wrong line
 * @throws RangeError for a rate or delay that is not allowed
 */
export function importFlowList(text: string, options: FlowListOptions = {}): CongestionWorkload {
  const { file, name = "flow-list", gbps = 100, delayNs = 1000 } = options;
  const flows: { line: number; cells: string[] }[] = [];
  text.split("\n").forEach((content, i) => {
    const cells = cellsOf(content);
    if (cells.length > 0) flows.push({ line: i + 1, cells });
  });
  const stated = flows[0]?.cells.length === 1 ? flows.shift() : undefined;
  if (flows.length === 0) throw new TraceFormatError({ file }, "there is no flow in the list");
  if (stated !== undefined) {
    const count = wholeIn(stated.cells[0], "the number of flows", [1, Number.MAX_SAFE_INTEGER], file, stated.line);
    if (count !== flows.length) {
      throw new TraceFormatError({ file, line: stated.line }, `the list says ${count} flows, found ${flows.length}`);
    }
  }
  const messages = flows.map(({ line, cells }) => flowIn(cells, file, line));
  messages.sort((a, b) => a.start - b.start);
  const first = messages[0].start;
  const hosts = 1 + messages.reduce((highest, { src, dst }) => Math.max(highest, src, dst), 0);
  return {
    name,
    topology: singleSwitch({ hosts, gbps, delayNs }),
    messages: messages.map((flow) => ({ ...flow, start: flow.start - first })),
    makespan: false,
    smc: null,
  };
}

function flowIn(cells: readonly string[], file: string | undefined, line: number): Message {
  if (cells.length !== 4 && cells.length !== 6) {
    const allowed = `${COLUMNS[4].join(" ")} or ${COLUMNS[6].join(" ")}`;
    throw new TraceFormatError({ file, line }, `expected the columns ${allowed}, found ${cells.length}`);
  }
  const columns: readonly string[] = COLUMNS[cells.length];
  const cell = (column: string) => cells[columns.indexOf(column)];
  const src = wholeIn(cell("src"), "src", [0, MOST_HOSTS - 1], file, line);
  const dst = wholeIn(cell("dst"), "dst", [0, MOST_HOSTS - 1], file, line);
  if (src === dst) throw new TraceFormatError({ file, line }, `dst must be another host than src, got ${dst}`);
  const bytes = wholeIn(cell("bytes"), "bytes", [1, MOST_BYTES], file, line);
  const start = Number(cell("start"));
  if (!(start >= 0 && start <= LATEST_S)) {
    throw new TraceFormatError({ file, line }, `start must be 0 to ${LATEST_S} s, got "${cell("start")}"`);
  }
  return message({ src, dst, bytes, start: Math.round(start * 1e9) });
}

function wholeIn(
  cell: string,
  what: string,
  [least, most]: readonly [number, number],
  file: string | undefined,
  line: number,
): number {
  const value = Number(cell);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TraceFormatError({ file, line }, `${what} must be a whole number from ${least} to ${most}, got "${cell}"`);
}

function cellsOf(line: string): string[] {
  return line
    .replace(/#.*/, "")
    .split(/\s+/)
    .filter((cell) => cell !== "");
}
