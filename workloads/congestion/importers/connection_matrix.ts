import type { CongestionWorkload } from "../../../kernel/congestion/workload.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import { message } from "../generators/message.ts";
import {
  type FlowListOptions,
  flowWorkload,
  LATEST_S,
  type ListedMessage,
  linesOf,
  MOST_BYTES,
  MOST_HOSTS,
  wholeIn,
} from "./flow_workload.ts";

/** The format of connection matrices. */
export const CONNECTION_MATRIX = { name: "htsim", called: "connection matrix of htsim" };

const PS_PER_NS = 1000;

/** Lines of the heading. */
const HEADING = ["Nodes", "Connections", "Triggers", "Failures"];

/** Whether a text looks like a connection matrix of htsim. */
export function isConnectionMatrix(text: string): boolean {
  const lines = text.split("\n").filter((line) => /\S/.test(line) && !line.startsWith("#"));
  return /^\s*(Nodes|Connections)\s+\d+\s*$/.test(lines[0] ?? "") || /^\s*\d+->\d+\s/.test(lines[0] ?? "");
}

/**
 * Reads a connection matrix of htsim: `Nodes N`, `Connections N`, and lines of `src->dst start PICOSECONDS size BYTES`;
 * `id` and `prio` are not used. Source: csg-htsim, connection_matrix.cpp.
 *
 * @throws InputFormatError that names the first wrong line, or a connection that a trigger starts
 * @throws RangeError for a rate or delay that is not allowed
 */
export function importConnectionMatrix(text: string, options: FlowListOptions = {}): CongestionWorkload {
  const { file, onFormat } = options;
  const stated = new Map<string, number>();
  const messages: ListedMessage[] = [];
  let priorities = false;
  linesOf(text, file).forEach((content, i) => {
    const line = i + 1;
    const tokens = content.split(/\s+/).filter((token) => token !== "");
    if (tokens.length === 0 || tokens[0].startsWith("#")) return;
    if (HEADING.includes(tokens[0])) {
      stated.set(tokens[0], wholeIn(tokens[1], tokens[0], [0, Number.MAX_SAFE_INTEGER], file, line));
      return;
    }
    if (tokens[0] === "trigger" || tokens[0] === "failure") return;
    priorities ||= tokens.includes("prio");
    messages.push({ ...connection(tokens, file, line), line });
  });
  if (messages.length === 0) throw new InputFormatError({ file }, "there is no connection in the matrix");
  const count = stated.get("Connections") ?? messages.length;
  if (count !== messages.length) {
    throw new InputFormatError({ file }, `the matrix says ${count} connections, found ${messages.length}`);
  }
  const failures = stated.get("Failures") ?? 0;
  if (failures > 0) throw new InputFormatError({ file }, `failures of links cannot be played, got ${failures}`);
  const hosts = wholeIn(`${stated.get("Nodes") ?? 0}`, "Nodes", [0, MOST_HOSTS], file, 1);
  const workload = flowWorkload(messages, options, { hosts, checked: options.format === undefined });
  onFormat?.(CONNECTION_MATRIX, priorities ? ["priorities are not used"] : []);
  return workload;
}

function connection([ends, ...tokens]: readonly string[], file: string | undefined, line: number) {
  const match = /^(\d+)->(\d+)$/.exec(ends);
  if (match === null) {
    throw new InputFormatError({ file, line }, `expected src->dst start PICOSECONDS size BYTES, got "${ends}"`);
  }
  const src = wholeIn(match[1], "src", [0, MOST_HOSTS - 1], file, line);
  const dst = wholeIn(match[2], "dst", [0, MOST_HOSTS - 1], file, line);
  if (src === dst) throw new InputFormatError({ file, line }, `dst must be another host than src, got ${dst}`);
  const values = new Map<string, string | undefined>();
  for (let i = 0; i < tokens.length; i++) {
    const name = tokens[i];
    if (name === "trigger" || name === "addon") {
      throw new InputFormatError({ file, line }, `a connection that a trigger starts cannot be played, got "${name}"`);
    }
    if (!["start", "size", "id", "prio", "send_done_trigger", "recv_done_trigger"].includes(name)) {
      throw new InputFormatError({ file, line }, `expected start, size, id or prio, got "${name}"`);
    }
    values.set(name, tokens[++i]);
  }
  const bytes = wholeIn(values.get("size"), "size", [1, MOST_BYTES], file, line);
  const start = Number(values.get("start") ?? Number.NaN) / PS_PER_NS;
  if (!(start >= 0 && start <= LATEST_S * 1e9)) {
    const most = LATEST_S * 1e9 * PS_PER_NS;
    throw new InputFormatError({ file, line }, `start must be 0 to ${most} ps, got "${values.get("start")}"`);
  }
  return message({ src, dst, bytes, start: Math.round(start) });
}
