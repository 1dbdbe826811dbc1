import type { FlowListOptions } from "./flow_workload.ts";

/** What a column of a flow list holds. A start or stop is in seconds. `other` is not read. */
export type FlowColumn = "src" | "dst" | "bytes" | "packets" | "start" | "stop" | "pg" | "dport" | "other";

/** A format of flow lists. */
export interface FlowFormat {
  readonly name: string;
  /** What it is, for messages. */
  readonly called: string;
  readonly columns: readonly FlowColumn[];
}

/**
 * Formats of flow lists with one flow a line. Source: what the simulators read: HPCC's packet simulator, and later ones
 * of its kind, some with a stop; ns3-rdma, whose list counts packets; ConWeave, which leaves out the port.
 */
export const FLOW_FORMATS: readonly FlowFormat[] = [
  format("plain", "src dst bytes start"),
  format("plain-stop", "src dst bytes start stop"),
  format("hpcc", "src dst pg dport bytes start"),
  format("hpcc-stop", "src dst pg dport bytes start stop"),
  format("conweave", "src dst pg bytes start"),
  format("rdma", "src dst pg packets start stop"),
];

function format(name: string, columns: string): FlowFormat {
  return { name, called: `flow list (${columns})`, columns: columns.split(" ") as FlowColumn[] };
}

/** Words by which headings name a column. */
const WORDS: Readonly<Record<Exclude<FlowColumn, "other">, readonly string[]>> = {
  src: ["src", "source", "from", "sender"],
  dst: ["dst", "dest", "destination", "to", "receiver"],
  bytes: ["bytes", "size", "maxbytes"],
  packets: ["packets", "pkts", "packetcount"],
  start: ["start", "begin", "starttime", "begintime"],
  stop: ["stop", "end", "stoptime", "endtime"],
  pg: ["pg", "priority", "prio", "prioritygroup"],
  dport: ["port", "dport", "dstport"],
};

/** The format that a heading names, or null where the words are not those of a heading. */
export function namedFormat(words: readonly string[]): FlowFormat | null {
  const columns = words.map((word): FlowColumn | null => {
    const plain = word.toLowerCase().replace(/[_,():]|\[[a-z]*\]/g, "");
    // HPCC's notes have the priority group as a number.
    if (/^\d+$/.test(plain)) return "other";
    const found = Object.entries(WORDS).find(([, names]) => names.includes(plain));
    return found === undefined ? null : (found[0] as FlowColumn);
  });
  if (columns.includes(null) || new Set(columns.filter((column) => column !== "other")).size < 4) return null;
  const has = (column: FlowColumn) => columns.filter((found) => found === column).length === 1;
  if (!has("src") || !has("dst") || !has("start") || has("bytes") === has("packets")) return null;
  const known = FLOW_FORMATS.find((candidate) => candidate.columns.join() === columns.join().replace("other", "pg"));
  return known ?? { name: "named", called: `flow list (${words.join(" ")})`, columns: columns as FlowColumn[] };
}

/**
 * Formats that the numbers of a list can be in. More than one: the list itself does not tell.
 *
 * @param rows the flows, all with the same number of cells
 */
export function possibleFormats(rows: readonly (readonly number[])[]): readonly FlowFormat[] {
  return FLOW_FORMATS.filter((candidate) => {
    if (candidate.columns.length !== rows[0].length) return false;
    const column = (name: FlowColumn) => candidate.columns.indexOf(name);
    const all = (test: (row: readonly number[]) => boolean) => rows.every(test);
    const whole = ["src", "dst", "pg", "dport", "bytes", "packets"] as const;
    if (!all((row) => whole.every((name) => column(name) === -1 || Number.isInteger(row[column(name)])))) return false;
    if (column("stop") !== -1 && !all((row) => row[column("stop")] > row[column("start")])) return false;
    // There are eight priority groups. Lists of HPCC's kind are played whatever they say, as they always were.
    const { name } = candidate;
    if (name === "conweave" || name === "rdma" || name === "hpcc-stop") {
      if (!all((row) => row[2] >= 0 && row[2] <= 7)) return false;
    }
    return name !== "plain-stop" || !all((row) => row[2] <= 7);
  });
}

/** The format that the options state. Throws a RangeError for an unknown one. */
export function statedFormat({ format: name }: FlowListOptions, others: readonly string[] = []): FlowFormat | null {
  if (name === undefined) return null;
  const found = FLOW_FORMATS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const allowed = [...FLOW_FORMATS.map((candidate) => candidate.name), ...others].join(", ");
  throw new RangeError(`"${name}" is no format of flow lists; allowed: ${allowed}`);
}
