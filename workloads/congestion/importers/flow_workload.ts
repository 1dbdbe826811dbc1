import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";

/** Most lines of a list. Source: choice. */
const MOST_LINES = 1_000_000;

/** Most hosts of a list. Source: choice. */
export const MOST_HOSTS = 4096;

/** Most bytes of a message. Source: choice. */
export const MOST_BYTES = 1e12;

/** Latest start, s. Source: choice. */
export const LATEST_S = 1e6;

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
  /** Name of the list's format. Default: recognised by the content. */
  format?: string | undefined;
  /**
   * Receives the format that was recognised, and what the user should know about the way in which the list is played.
   */
  onFormat?: ((format: { name: string; called: string }, notes: readonly string[]) => void) | undefined;
}

/** A message and its line in the list. */
export interface ListedMessage extends Message {
  readonly line: number;
}

/**
 * Messages around one switch. The first one starts at time 0.
 *
 * @param hosts number of hosts; more where a message names a higher one
 * @param checked whether numbers that would be absurd are refused
 * @throws InputFormatError for absurd numbers
 * @throws RangeError for a rate or delay that is not allowed
 */
export function flowWorkload(
  messages: readonly ListedMessage[],
  { file, name = "flow-list", gbps = 100, delayNs = 1000 }: FlowListOptions,
  { hosts = 0, checked }: { hosts?: number; checked: boolean },
): CongestionWorkload {
  const sorted = messages.toSorted((a, b) => a.start - b.start);
  const all = 1 + sorted.reduce((highest, { src, dst }) => Math.max(highest, src, dst), hosts - 1);
  const topology = singleSwitch({ hosts: all, gbps, delayNs });
  if (checked) assertPlausible(sorted, file);
  const first = sorted[0].start;
  return {
    name,
    topology,
    messages: sorted.map(({ line: _, ...flow }) => ({ ...flow, start: flow.start - first })),
    makespan: false,
    smc: null,
  };
}

/** The lines of a list, with any of the three line ends. @throws InputFormatError if there are more than 1,000,000 */
export function linesOf(text: string, file: string | undefined): string[] {
  const ends = text.includes("\n") ? text : text.replaceAll("\r", "\n");
  let count = 1;
  for (let at = ends.indexOf("\n"); at !== -1; at = ends.indexOf("\n", at + 1)) count++;
  if (count > MOST_LINES) throw new InputFormatError({ file }, `at most ${MOST_LINES} lines can be read, got ${count}`);
  return ends.split("\n");
}

/** Lists whose messages are all this short have another column in that place, bytes. Source: choice. */
const SHORTEST = 8;

/** Longest time between the first and the last start, ns. Source: choice; the simulators play seconds. */
const LONGEST_NS = 1e12;

/** A first start that is this far before the others, ns, and by this factor of their own spread, is a mistake. */
const GAP_NS = 1e8;
const GAP_FACTOR = 1000;

function assertPlausible(sorted: readonly ListedMessage[], file: string | undefined): void {
  const advice = "state the columns with --workload-format if this is right";
  const [first] = sorted;
  if (sorted.every(({ bytes }) => bytes <= SHORTEST)) {
    throw new InputFormatError(
      { file, line: first.line },
      `every message has at most ${SHORTEST} bytes (here ${first.bytes}): is that column the size? ${advice}`,
    );
  }
  const last = sorted[sorted.length - 1];
  if (last.start - first.start > LONGEST_NS) {
    throw new InputFormatError(
      { file, line: last.line },
      `a start of ${last.start / 1e9} s, more than ${LONGEST_NS / 1e9} s after the first: is it in seconds? ${advice}`,
    );
  }
  const next = sorted.findIndex(({ start }) => start > first.start);
  if (next < 1 || 2 * next >= sorted.length) return;
  const gap = sorted[next].start - first.start;
  if (gap >= GAP_NS && gap > GAP_FACTOR * (last.start - sorted[next].start)) {
    throw new InputFormatError(
      { file, line: first.line },
      `a start of ${first.start / 1e9} s, but all others are at ${sorted[next].start / 1e9} s or later: ${advice}`,
    );
  }
}

/** The value of a decimal number; NaN for anything else, such as a hexadecimal number or an empty cell. */
export function decimal(cell: string | undefined): number {
  return cell !== undefined && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
}

/** Reads a whole number. Throws an InputFormatError unless it is within the range. */
export function wholeIn(
  cell: string | undefined,
  what: string,
  [least, most]: readonly [number, number],
  file: string | undefined,
  line: number,
): number {
  const value = decimal(cell);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InputFormatError({ file, line }, `${what} must be a whole number from ${least} to ${most}, got "${cell}"`);
}
