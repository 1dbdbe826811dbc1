import type { EnvSpec, OptionSpec } from "../../gym/env.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import { checkEpisodeOptions } from "../check_episode_options.ts";
import type { ReadaheadEpisodeOptions } from "./episode.ts";

/** Options of the readahead environments, for `reset({ options })` and `simulate --option`. */
export const READAHEAD_OPTIONS: readonly OptionSpec[] = [
  { name: "workload", type: "string", description: "name of a workload of the allowed splits, or a workload object" },
  {
    name: "accesses",
    type: "number",
    min: 1000,
    max: 1e8,
    description: "page accesses of an episode, exactly for generators and at most for traces",
  },
  { name: "frames", type: "number", min: 0.01, max: 1, description: "page frames over pages the program touches" },
  {
    name: "device",
    type: "string",
    choices: Object.keys(DEVICE_PROFILES),
    description: "swap device; a device given by name has the transfer time of its profile, a drawn one has another",
  },
  { name: "latency_us", type: "number", min: 0, max: 1e5, unit: "us", description: "fixed latency of a read" },
  { name: "page_us", type: "number", min: 0.01, max: 1e4, unit: "us", description: "transfer of one page" },
  { name: "background", type: "number", min: 0, max: 0.95, description: "share of the bus other tenants use" },
  { name: "fragmentation", type: "number", min: 0, max: 0.9, description: "share of swap slots others hold" },
  { name: "demand_first", type: "number", min: 0, max: 1, description: "1: the faulting page is read first" },
  { name: "count_pollution", type: "number", min: 0, max: 1, description: "1: count majors that readahead caused" },
  { name: "decision_us", type: "number", min: 0, max: 1e6, unit: "us", description: "thread time of one action" },
  {
    name: "alter_after",
    type: "number",
    min: 0,
    max: 1e9,
    description: "accesses of a thread after which the future differs",
  },
];

/**
 * Thread time of one action, us. Source: choice, a small network in the kernel; `bench` times the policies of this
 * project.
 */
const DEFAULT_DECISION_US = 0.2;

/** Checked options, in the units of the environments. */
export interface ReadaheadOptions extends ReadaheadEpisodeOptions {
  workload?: string | ReadaheadWorkload;
  accesses?: number;
  alterAfter?: number;
  decisionMicroseconds: number;
}

/** Checks options against the spec. Throws a RangeError or TypeError that names the option and the allowed values. */
export function readReadaheadOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): ReadaheadOptions {
  checkEpisodeOptions(options, spec);
  const number = (name: string): number | undefined => options[name] as number | undefined;
  return {
    workload: options.workload as string | ReadaheadWorkload | undefined,
    accesses: number("accesses"),
    frames: number("frames"),
    device: options.device as string | undefined,
    latencyUs: number("latency_us"),
    pageUs: number("page_us"),
    background: number("background"),
    fragmentation: number("fragmentation"),
    demandFirst: (number("demand_first") ?? 0) >= 0.5,
    countPollution: (number("count_pollution") ?? 0) >= 0.5,
    alterAfter: number("alter_after"),
    decisionMicroseconds: number("decision_us") ?? DEFAULT_DECISION_US,
  };
}
