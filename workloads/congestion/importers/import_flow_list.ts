import type { CongestionWorkload } from "../../../kernel/congestion/workload.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import { message } from "../generators/message.ts";
import { CONNECTION_MATRIX } from "./connection_matrix.ts";
import {
  FLOW_FORMATS,
  type FlowColumn,
  type FlowFormat,
  headingOf,
  possibleFormats,
  statedFormat,
} from "./flow_format.ts";
import {
  decimal,
  type FlowListOptions,
  flowWorkload,
  LATEST_S,
  type ListedMessage,
  linesOf,
  MOST_BYTES,
  MOST_HOSTS,
  wholeIn,
} from "./flow_workload.ts";

export type { FlowListOptions } from "./flow_workload.ts";

/** Bytes of a packet in lists that count packets. Source: payload of a packet in the configurations of ns3-rdma. */
const PACKET_BYTES = 1000;

/** What decimal times lose when they are subtracted, bytes. */
const ROUNDING = 1e-3;

/** Numbers of cells that a flow has in some format. */
const WIDTHS = new Set(FLOW_FORMATS.map(({ columns }) => columns.length));

/** A line that is not empty, cut into cells. */
interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Whether a text looks like a flow list: its first line that is not a comment holds 1, 4, 5, 6 or 7 numbers. */
export function isFlowList(text: string): boolean {
  for (const line of text.split("\n")) {
    const cells = cellsOf(line);
    if (cells.length > 0) return (cells.length === 1 || WIDTHS.has(cells.length)) && areNumbers(cells);
  }
  return false;
}

/**
 * Reads messages from a list of flows, one per line, in one of `FLOW_FORMATS`. The format is the one that the options
 * state, else the one that a heading or a comment names, else the only one that the numbers can be in. The first line
 * may state the number of flows: so many are played, and what stands behind them is left out. `#` begins a comment. The
 * hosts are numbered from 0 to the highest one named, around one switch. The first message starts at time 0.
 *
 * @throws InputFormatError that names the first wrong line, or the formats that the list can be in, if several
 * @throws RangeError for a format, rate or delay that is not allowed
 */
export function importFlowList(text: string, options: FlowListOptions = {}): CongestionWorkload {
  const { file, onFormat } = options;
  const stated = statedFormat(options, [CONNECTION_MATRIX.name]);
  const notes: string[] = [];
  const { flows, named } = flowLines(text, notes, stated !== null, file);
  const format = stated ?? named ?? recognised(flows, file);
  const messages = flows.map((flow) => flowIn(flow, format, options.gbps ?? 100, file));
  const workload = flowWorkload(messages, options, { checked: stated === null });
  if (format.columns.includes("packets")) notes.push(`a packet has ${PACKET_BYTES} bytes`);
  if (format.columns.includes("stop")) notes.push("a message has at most the bytes that fit between start and stop");
  onFormat?.(format, notes);
  return workload;
}

/** The lines of flows that are played, and the format that a heading or comment names. */
function flowLines(
  text: string,
  notes: string[],
  stated: boolean,
  file: string | undefined,
): { flows: readonly Line[]; named: FlowFormat | null } {
  let heading: { words: readonly string[]; format: FlowFormat | null; line: number } | null = null;
  const lines: Line[] = [];
  linesOf(text, file).forEach((content, i) => {
    const cells = cellsOf(content);
    const words = cells.length > 0 ? cells : cellsOf(content.replace(/^\s*#+/, ""));
    const found = areNumbers(words) ? null : headingOf(words);
    if (found !== null) heading ??= { words, line: i + 1, ...found };
    if (cells.length > 0) lines.push({ line: i + 1, cells });
  });
  // A heading may stand above the flows, or behind the number of them.
  const isHeading = ({ cells }: Line) => !areNumbers(cells) && headingOf(cells) !== null;
  if (lines.length > 0 && isHeading(lines[0])) lines.shift();
  const count = lines[0]?.cells.length === 1 && /^[-+.\w]+$/.test(lines[0].cells[0]) ? lines.shift() : undefined;
  if (count !== undefined && lines.length > 0 && isHeading(lines[0])) lines.shift();
  if (lines.length === 0) throw new InputFormatError({ file }, "there is no flow in the list");
  const named = headedFormat(heading, lines[0].cells.length, stated, file);
  if (count === undefined) return { flows: lines, named };
  const number = wholeIn(count.cells[0], "the number of flows", [1, Number.MAX_SAFE_INTEGER], file, count.line);
  // Notes behind the flows are lines of words, or of another number of cells.
  const isFlow = ({ cells }: Line) => cells.length === lines[0].cells.length && areNumbers(cells);
  const end = lines.findIndex(
    (line, i) => i >= number || (line.cells.length !== lines[0].cells.length && !isFlow(line)),
  );
  const found = end === -1 ? lines.length : end;
  if (found < number) {
    throw new InputFormatError(
      { file, line: count.line },
      `the list says ${number} flows, found ${found}: to play them, write ${found} in this line or delete it`,
    );
  }
  const further = lines.slice(number).filter(isFlow).length;
  if (further > 0) notes.push(`the first ${number} of ${number + further} flows are played, as the first line says`);
  return { flows: lines.slice(0, number), named };
}

/** The format of a heading for as many columns as the flows have. @throws InputFormatError where it names another */
function headedFormat(
  heading: { words: readonly string[]; format: FlowFormat | null; line: number } | null,
  width: number,
  stated: boolean,
  file: string | undefined,
): FlowFormat | null {
  if (heading === null || heading.words.length !== width) return null;
  if (heading.format !== null || stated) return heading.format;
  throw new InputFormatError(
    { file, line: heading.line },
    `the columns "${heading.words.join(" ")}" are not known: name them src, dst, bytes or packets, and start (with _ms, ` +
      "_us or _ns if it is not in seconds), or state the columns with --workload-format",
  );
}

function recognised(flows: readonly Line[], file: string | undefined): FlowFormat {
  const [{ cells, line }] = flows;
  if (!WIDTHS.has(cells.length)) {
    const others = FLOW_FORMATS.filter(({ name }) => name !== "plain" && name !== "hpcc");
    throw new InputFormatError(
      { file, line },
      `expected the columns src dst bytes start or src dst pg dport bytes start, found ${cells.length}; ` +
        `also allowed: ${others.map(({ columns }) => columns.join(" ")).join(", ")}`,
    );
  }
  const rows = flows.filter((flow) => flow.cells.length === cells.length && areNumbers(flow.cells));
  const candidates = FLOW_FORMATS.filter(({ columns }) => columns.length === cells.length);
  const possible = rows.length === 0 ? [] : possibleFormats(rows.map((row) => row.cells.map(Number)));
  if (possible.length === 1) return possible[0];
  // The wrong number is named by reading the list in its only format.
  if (candidates.length === 1) return candidates[0];
  if (possible.length === 0 && cells.length === 6) return candidates[0];
  const choices = possible.length === 0 ? candidates : possible;
  throw new InputFormatError(
    { file, line },
    `the columns can be ${choices.map(({ columns }) => columns.join(" ")).join(" or ")}: state which with ` +
      `--workload-format ${choices.map(({ name }) => name).join(" or ")}`,
  );
}

function flowIn(
  { cells, line }: Line,
  { columns, seconds }: FlowFormat,
  gbps: number,
  file: string | undefined,
): ListedMessage {
  if (cells.length !== columns.length) {
    throw new InputFormatError({ file, line }, `expected the columns ${columns.join(" ")}, found ${cells.length}`);
  }
  const cell = (column: FlowColumn): string | undefined => cells[columns.indexOf(column)];
  const src = wholeIn(cell("src"), "src", [0, MOST_HOSTS - 1], file, line);
  const dst = wholeIn(cell("dst"), "dst", [0, MOST_HOSTS - 1], file, line);
  if (src === dst) throw new InputFormatError({ file, line }, `dst must be another host than src, got ${dst}`);
  const bytes = columns.includes("packets")
    ? PACKET_BYTES * wholeIn(cell("packets"), "packets", [1, MOST_BYTES / PACKET_BYTES], file, line)
    : wholeIn(cell("bytes"), "bytes", [1, MOST_BYTES], file, line);
  const start = secondsIn(cell("start"), "start", 0, seconds?.start, file, line);
  if (!columns.includes("stop")) return { ...message({ src, dst, bytes, start: Math.round(start * 1e9) }), line };
  const stop = secondsIn(cell("stop"), "stop", start, seconds?.stop, file, line);
  const sent = Math.max(1, Math.min(bytes, Math.floor(((stop - start) * gbps * 1e9) / 8 + ROUNDING)));
  return { ...message({ src, dst, bytes: sent, start: Math.round(start * 1e9) }), line };
}

function secondsIn(
  cell: string | undefined,
  what: string,
  least: number,
  unit = 1,
  file: string | undefined,
  line: number,
): number {
  const value = unit * decimal(cell);
  if (value >= least && value <= LATEST_S) return value;
  throw new InputFormatError({ file, line }, `${what} must be ${least} to ${LATEST_S} s, got "${cell}"`);
}

function areNumbers(cells: readonly string[]): boolean {
  return !cells.some((cell) => Number.isNaN(decimal(cell)));
}

/** The cells of a line: between semicolons or commas where there are any, else between blanks. Quotes are left out. */
function cellsOf(line: string): string[] {
  const text = line.replace(/#.*/, "").trim();
  if (text === "") return [];
  const cells = text.split(text.includes(";") ? /\s*;\s*/ : text.includes(",") ? /\s*,\s*/ : /\s+/);
  return cells.map((cell) => cell.replace(/^"(.*)"$/, "$1"));
}
