import type { EnvSpec, OptionSpec } from "../../gym/env.ts";
import type { TieringWorkload } from "../../kernel/tiering/workload.ts";
import { checkEpisodeOptions } from "../check_episode_options.ts";
import type { EpisodeOptions } from "./episode.ts";

/** Options of the tiering environment, for `reset({ options })` and `simulate --option`. */
export const TIERING_OPTIONS: readonly OptionSpec[] = [
  { name: "workload", type: "string", description: "name of a workload of the allowed splits, or a workload object" },
  {
    name: "pages",
    type: "number",
    min: 256,
    max: 65536,
    description: "pages of generated workloads; most pages of recorded ones, whose pages are merged",
  },
  {
    name: "slow_bandwidth",
    type: "number",
    min: 1,
    max: 1000,
    unit: "GB/s",
    description: "bandwidth of the slow tier",
  },
  {
    name: "slow_latency",
    type: "number",
    min: 70,
    max: 5000,
    unit: "ns",
    description: "latency of the slow tier without load",
  },
  {
    name: "slow_write_cost",
    type: "number",
    min: 1,
    max: 10,
    description: "bandwidth of a written byte relative to a read one",
  },
  { name: "fast_fraction", type: "number", min: 0.01, max: 1, description: "fast tier over pages of the program" },
  { name: "background", type: "number", min: 0, max: 5, description: "constant background load, times five threads" },
  { name: "sampling_period", type: "number", min: 199, max: 1e9, description: "accesses between two samples" },
  { name: "decision_us", type: "number", min: 0, max: 1e6, unit: "us", description: "thread time of one decision" },
  {
    name: "alter_after",
    type: "number",
    min: 0,
    max: 1e6,
    description: "work position after which the future differs",
  },
];

/** Default number of pages of a generated workload. */
export const DEFAULT_PAGES = 4096;

/** Thread time of one decision of a small network in typed arrays, us. Source: `npm run bench`, rounded up. */
const DEFAULT_DECISION_US = 10;

/** Checked options, in the units of the environment. */
export interface TieringOptions extends EpisodeOptions {
  workload?: string | TieringWorkload;
  pages: number;
  decisionMicroseconds: number;
}

/** Checks options against the spec. Throws a RangeError or TypeError that names the option and the allowed values. */
export function readTieringOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): TieringOptions {
  checkEpisodeOptions(options, spec);
  const number = (name: string): number | undefined => options[name] as number | undefined;
  return {
    workload: options.workload as string | TieringWorkload | undefined,
    pages: number("pages") ?? DEFAULT_PAGES,
    decisionMicroseconds: number("decision_us") ?? DEFAULT_DECISION_US,
    slowBandwidth: number("slow_bandwidth"),
    slowLatency: number("slow_latency"),
    slowWriteCost: number("slow_write_cost"),
    fastFraction: number("fast_fraction"),
    background: number("background"),
    samplingPeriod: number("sampling_period"),
    alterAfter: number("alter_after"),
  };
}
