import type { EnvSpec, OptionSpec } from "../../gym/env.ts";
import { MOST_MTU_PER_CHUNK } from "../../kernel/congestion/assert_scenario.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import type { CongestionOpenOptions } from "../../workloads/congestion/catalog_entry.ts";
import { checkEpisodeOptions } from "../check_episode_options.ts";

/** Information that a queue pair can have besides the times of its own acknowledgements. */
export const INFORMATION = ["ecn", "int", "remaining", "senders"] as const;
export type Information = (typeof INFORMATION)[number];

/** Options of the congestion control environment, for `reset({ options })` and `simulate --option`. */
export const CONGESTION_OPTIONS: readonly OptionSpec[] = [
  { name: "workload", type: "string", description: "name of a workload of the allowed splits, or a workload object" },
  {
    name: "senders",
    type: "number",
    min: 1,
    max: 1024,
    description: "senders or flows at once, where a workload has such a number",
  },
  {
    name: "bytes",
    type: "number",
    min: 1,
    max: 1e10,
    unit: "bytes",
    description: "size of a message, where a workload has one size",
  },
  { name: "gbps", type: "number", min: 1, max: 1600, unit: "Gb/s", description: "rate of the hosts' links" },
  { name: "delay_us", type: "number", min: 0.001, max: 1000, unit: "us", description: "propagation delay of a link" },
  {
    name: "load",
    type: "number",
    min: 0.01,
    max: 1,
    description: "share of the hosts' links that random messages need",
  },
  {
    name: "duration_us",
    type: "number",
    min: 1,
    max: 1e7,
    unit: "us",
    description: "time during which random messages start",
  },
  {
    name: "mtuPerChunk",
    type: "number",
    min: 1,
    max: MOST_MTU_PER_CHUNK,
    description:
      "packets that are simulated as one; 1 is exact; by default 4 at 100 Gb/s and more, fewer on slower links",
  },
  {
    name: "lossless",
    type: "number",
    min: 0,
    max: 1,
    description: "1: priority flow control; 0: switches drop; 1 by default",
  },
  {
    name: "tcp",
    type: "string",
    choices: ["cubic", "bbr"],
    description: "congestion control of sockets that fell back to TCP; cubic by default",
  },
  {
    name: "decision_us",
    type: "number",
    min: 0,
    max: 1000,
    unit: "us",
    description: "time until a decision comes into effect; 0.5 by default",
  },
  {
    name: "limit_us",
    type: "number",
    min: 1,
    max: 1e8,
    unit: "us",
    description: "time after which the run is stopped; 10 times the least plus 1,000 by default",
  },
  {
    name: "window",
    type: "number",
    min: 0,
    max: 100,
    description: "window over rate x base round trip, 0 for none; 1.03 by default",
  },
  {
    name: "observation",
    type: "string",
    choices: ["rtt", "rl-cc"],
    description: "observation of a row: round-trip times, or RL-CC's four numbers; rtt by default",
  },
  {
    name: "map",
    type: "string",
    choices: ["exp", "rl-cc"],
    description: "factor by which an action multiplies the rate: exp(a), or RL-CC's 1/1.2 to 1.2; exp by default",
  },
  {
    name: "reward",
    type: "string",
    choices: ["target", "cost", "rl-cc"],
    description: "reward of a row; target by default",
  },
  {
    name: "information",
    type: "string",
    description: `further information for a row: any of ${INFORMATION.join(", ")}, separated by commas; none by default`,
  },
  {
    name: "alter_after",
    type: "number",
    min: 0,
    max: 1e10,
    unit: "us",
    description: "time after which the future differs",
  },
];

/** Time until a decision takes effect, us. Source: choice, a small network on the processor of the NIC. */
const DEFAULT_DECISION_US = 0.5;

/** Window over rate x base round trip. Source: choice, the smallest that keeps a lone flow at its rate. */
const DEFAULT_WINDOW = 1.03;

/** Checked options, in the units of the environment. */
export interface CongestionOptions {
  workload?: string | CongestionWorkload;
  open: CongestionOpenOptions;
  mtuPerChunk?: number;
  lossless: boolean;
  tcp: "cubic" | "bbr";
  decisionNs: number;
  limitNs?: number;
  window: number;
  observation: "rtt" | "rl-cc";
  map: "exp" | "rl-cc";
  reward: "target" | "cost" | "rl-cc";
  information: ReadonlySet<Information>;
  alterAfterNs?: number;
}

/** Checks options against the spec. Throws a RangeError or TypeError that names the option and the allowed values. */
export function readCongestionOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): CongestionOptions {
  checkEpisodeOptions(options, spec);
  const number = (name: string): number | undefined => options[name] as number | undefined;
  const nanoseconds = (name: string): number | undefined => {
    const value = number(name);
    return value === undefined ? undefined : Math.round(value * 1000);
  };
  const open: CongestionOpenOptions = {
    senders: number("senders"),
    bytes: number("bytes"),
    gbps: number("gbps"),
    delayNs: nanoseconds("delay_us"),
    load: number("load"),
    durationNs: nanoseconds("duration_us"),
  };
  return {
    workload: options.workload as string | CongestionWorkload | undefined,
    open,
    mtuPerChunk: number("mtuPerChunk"),
    lossless: readLossless(number("lossless")),
    tcp: (options.tcp as CongestionOptions["tcp"] | undefined) ?? "cubic",
    decisionNs: Math.round((number("decision_us") ?? DEFAULT_DECISION_US) * 1000),
    limitNs: nanoseconds("limit_us"),
    window: number("window") ?? DEFAULT_WINDOW,
    observation: (options.observation as CongestionOptions["observation"] | undefined) ?? "rtt",
    map: (options.map as CongestionOptions["map"] | undefined) ?? "exp",
    reward: (options.reward as CongestionOptions["reward"] | undefined) ?? "target",
    information: readInformation(options.information as string | undefined),
    alterAfterNs: nanoseconds("alter_after"),
  };
}

function readLossless(value = 1): boolean {
  if (value !== 0 && value !== 1) throw new RangeError(`option lossless must be 0 or 1, got ${value}`);
  return value === 1;
}

function readInformation(text: string | undefined): ReadonlySet<Information> {
  const names = text === undefined || text === "" ? [] : text.split(",");
  for (const name of names) {
    if (!(INFORMATION as readonly string[]).includes(name)) {
      throw new RangeError(`option information must be names of ${INFORMATION.join(", ")}, got "${name}"`);
    }
  }
  return new Set(names as Information[]);
}
