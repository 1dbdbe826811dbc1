import type { EnvSpec, OptionSpec } from "../../gym/env.ts";
import { ARCHITECTURES } from "../../kernel/gpu/architecture.ts";
import { PLANNER_SETTINGS, type PlannerSettings } from "../../kernel/gpu/planner.ts";
import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import { checkEpisodeOptions } from "../check_episode_options.ts";
import type { GpuEpisodeOptions } from "./episode.ts";

/** Options of the GPU environment, for `reset({ options })` and `simulate --option`. */
export const GPU_OPTIONS: readonly OptionSpec[] = [
  { name: "workload", type: "string", description: "name of a workload of the allowed splits, or a workload object" },
  {
    name: "duration_ms",
    type: "number",
    min: 1,
    max: 1e7,
    unit: "ms",
    description: "length of the run; 400 by default",
  },
  {
    name: "critical_load",
    type: "number",
    min: 0.1,
    max: 20,
    description: "rate of critical requests, relative to the drawn rate; 1 by default",
  },
  { name: "architecture", type: "string", choices: ARCHITECTURES.map(({ name }) => name), description: "the GPU" },
  {
    name: "control_us",
    type: "number",
    min: 0,
    max: 1e5,
    unit: "us",
    description: "median latency of a control operation",
  },
  {
    name: "min_slice_us",
    type: "number",
    min: 1,
    max: 1e6,
    unit: "us",
    description: "shortest timeslice the driver accepts",
  },
  {
    name: "cold_us",
    type: "number",
    min: 0,
    max: 1e4,
    unit: "us",
    description: "time lost to cold caches after a switch",
  },
  { name: "decision_us", type: "number", min: 0, max: 1e5, unit: "us", description: "time one action takes to decide" },
  {
    name: "lead_scale",
    type: "number",
    min: 0.1,
    max: 10,
    description: "lead of the planner that carries actions out, relative to its own estimate; 1 by default",
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

/**
 * Time to decide one action, us. Source: a linear network for the rows that choose, timed by `evaluate`, rounded up.
 */
const DEFAULT_DECISION_US = 6;

/** Checked options, in the units of the environment. */
export interface GpuOptions extends GpuEpisodeOptions {
  workload?: string | GpuWorkload;
  durationNs?: number;
  criticalLoad?: number;
  decisionMicroseconds: number;
  planner: PlannerSettings;
}

/** Checks options against the spec. Throws a RangeError or TypeError that names the option and the allowed values. */
export function readGpuOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): GpuOptions {
  checkEpisodeOptions(options, spec);
  const number = (name: string): number | undefined => options[name] as number | undefined;
  const nanoseconds = (name: string, unit: number): number | undefined => {
    const value = number(name);
    return value === undefined ? undefined : Math.round(value * unit);
  };
  return {
    workload: options.workload as string | GpuWorkload | undefined,
    durationNs: nanoseconds("duration_ms", 1e6),
    criticalLoad: number("critical_load"),
    architecture: options.architecture as string | undefined,
    controlNs: nanoseconds("control_us", 1000),
    minSliceUs: number("min_slice_us"),
    coldNs: nanoseconds("cold_us", 1000),
    alterAfterNs: nanoseconds("alter_after", 1000),
    decisionMicroseconds: number("decision_us") ?? DEFAULT_DECISION_US,
    planner: { ...PLANNER_SETTINGS, leadScale: number("lead_scale") ?? PLANNER_SETTINGS.leadScale },
  };
}
