import { type FlowListOptions, MOST_HOSTS } from "./flow_workload.ts";

/** What a column of a flow list holds. A start or stop is in seconds. `id` and `other` are not read. */
export type FlowColumn = "src" | "dst" | "bytes" | "packets" | "start" | "stop" | "pg" | "dport" | "id" | "other";

/** A format of flow lists. */
export interface FlowFormat {
  readonly name: string;
  /** What it is, for messages. */
  readonly called: string;
  readonly columns: readonly FlowColumn[];
  /** Units of times that a heading states, in seconds, by column. Default: seconds. */
  readonly seconds?: Readonly<Partial<Record<FlowColumn, number>>>;
}

/**
 * Formats of flow lists with one flow a line. Source: what the simulators read: HPCC's packet simulator, and later ones
 * of its kind, some with a stop; ns3-rdma, whose list counts packets; ConWeave, which leaves out the port. Lists that
 * scripts write often number their lines.
 */
export const FLOW_FORMATS: readonly FlowFormat[] = [
  format("plain", "src dst bytes start"),
  format("plain-stop", "src dst bytes start stop"),
  format("hpcc", "src dst pg dport bytes start"),
  format("hpcc-stop", "src dst pg dport bytes start stop"),
  format("conweave", "src dst pg bytes start"),
  format("rdma", "src dst pg packets start stop"),
  format("numbered", "id src dst bytes start"),
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
  id: ["id", "flow", "flowid", "index", "no", "nr", "number"],
};

/** Units of times in headings, s. */
const SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, seconds: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, ps: 1e-12 };

/** Units of sizes in headings that are the column's own. */
const OWN_UNITS = ["b", "byte", "bytes"];

/** A word of a heading: the column that it names, and its unit in seconds; null where it is none. */
function namedColumn(word: string): { column: FlowColumn; seconds?: number } | null {
  const lower = word.toLowerCase().replace(/^["']|["',:]+$/g, "");
  // HPCC's notes have the priority group as a number.
  if (/^\d+$/.test(lower)) return { column: "other" };
  const [, name, unit] = /^(.*?)(?:[_[(]([a-z]+)[\])]?)?$/.exec(lower)!;
  const columnOf = (text: string) =>
    Object.entries(WORDS).find(([, names]) => names.includes(text.replaceAll("_", "")))?.[0] as FlowColumn | undefined;
  const whole = columnOf(lower.replace(/[[(][a-z]+[\])]$/, ""));
  const column = columnOf(name);
  if (column === undefined || unit === undefined || (whole !== undefined && !/[[(]/.test(lower))) {
    return whole === undefined ? null : { column: whole };
  }
  if (column === "start" || column === "stop") return unit in SECONDS ? { column, seconds: SECONDS[unit] } : null;
  return OWN_UNITS.includes(unit) ? { column } : null;
}

/** What the words of a heading say. */
export interface Heading {
  /** The format that they name; null where they name none that is known. */
  readonly format: FlowFormat | null;
}

/** The heading that some words are, or null where they are not one: a heading names a source and a destination. */
export function headingOf(words: readonly string[]): Heading | null {
  const named = words.map(namedColumn);
  const columns = named.map((one) => one?.column ?? null);
  if (!columns.includes("src") || !columns.includes("dst")) return null;
  const has = (column: FlowColumn) => columns.filter((found) => found === column).length === 1;
  const known = !columns.includes(null) && has("src") && has("dst") && has("start") && has("bytes") !== has("packets");
  if (!known) return { format: null };
  const seconds = Object.fromEntries(named.flatMap((one) => (one?.seconds ? [[one.column, one.seconds]] : [])));
  const list = columns as FlowColumn[];
  const same = FLOW_FORMATS.find(
    ({ columns }) => columns.join() === list.join() || columns.join() === list.join().replace("other", "pg"),
  );
  const called = `flow list (${words.join(" ")})`;
  return { format: { ...(same ?? { name: "named", called, columns: list }), seconds } };
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
    if (!all((row) => row[column("src")] !== row[column("dst")])) return false;
    if (candidate.name === "numbered") {
      return rows.length > 1 && rows.every((row, i) => isNumber(row[0], i, rows[0][0]) && isFlow(row));
    }
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

/** Whether a line has the number that follows the number of the line before it; the first one is 0 or 1. */
function isNumber(number: number, index: number, first: number): boolean {
  return (first === 0 || first === 1) && number === first + index;
}

/** Whether the cells behind the number can be hosts and a size. */
function isFlow([, src, dst, bytes]: readonly number[]): boolean {
  return (
    [src, dst].every((host) => Number.isInteger(host) && host >= 0 && host < MOST_HOSTS) && Number.isInteger(bytes)
  );
}

/** The format that the options state. Throws a RangeError for an unknown one. */
export function statedFormat({ format: name }: FlowListOptions, others: readonly string[] = []): FlowFormat | null {
  if (name === undefined) return null;
  const found = FLOW_FORMATS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const allowed = [...FLOW_FORMATS.map((candidate) => candidate.name), ...others].join(", ");
  throw new RangeError(`"${name}" is no format of flow lists; allowed: ${allowed}`);
}
