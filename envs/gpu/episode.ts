import type { Split } from "../../gym/env.ts";
import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import type { GpuGroup, GpuWorkload } from "../../kernel/gpu/workload.ts";
import type { RandomStream } from "../../kernel/random.ts";

/** GPUs to learn and to choose on. */
const KNOWN = ["v100", "a100", "h100", "rtx3080"] as const;

/** What an episode draws, so that no constant fits all episodes. Sources: ranges of measured and published figures. */
export const GPU_DRAWS = {
  /** GPUs by split: what is tested was in part never trained on. */
  architectures: { train: KNOWN, validation: KNOWN, test: [...KNOWN, "h200", "rtx5090"] },
  /** Median latency of a control operation, ns, log-uniform: a policy in the kernel to a blocking call from outside. */
  controlNs: { min: 5_000, max: 350_000 },
  /** Shortest timeslice, us, in turn, so that as many episodes of a workload have either. */
  minSliceUs: [1, 1000],
} as const;

/** What `reset({ options })` can fix instead of having it drawn. */
export interface GpuEpisodeOptions {
  architecture?: string;
  controlNs?: number;
  minSliceUs?: number;
  coldNs?: number;
  alterAfterNs?: number;
}

/**
 * Draws GPU and driver of an episode. Every draw is made whether or not an option replaces it, so that fixing one thing
 * changes nothing else.
 *
 * @param split of the workload
 * @param episode number of the episode, whose shortest timeslice is the next in turn
 */
export function drawGpuScenario(
  workload: GpuWorkload,
  split: Split,
  episode: number,
  random: RandomStream,
  options: GpuEpisodeOptions,
): GpuScenario {
  const { controlNs, minSliceUs } = GPU_DRAWS;
  const architectures = GPU_DRAWS.architectures[split];
  const drawnArchitecture = architectures[random.integer(architectures.length)];
  const drawnControl = Math.round(controlNs.min * (controlNs.max / controlNs.min) ** random.next());
  return {
    workload: options.alterAfterNs === undefined ? workload : alteredAfter(workload, options.alterAfterNs),
    architecture: findArchitecture(options.architecture ?? drawnArchitecture),
    controlNs: options.controlNs ?? drawnControl,
    minSliceUs: options.minSliceUs ?? minSliceUs[episode % minSliceUs.length],
    coldNs: options.coldNs ?? 0,
  };
}

/**
 * The same workload until `timeNs`; what arrives by itself after that comes later and takes another time. For the test that
 * no observation knows the future.
 */
function alteredAfter(workload: GpuWorkload, timeNs: number): GpuWorkload {
  const alter = (group: GpuGroup): GpuGroup => {
    const { arrivals, scales } = group;
    if (arrivals === null) return group;
    const last = arrivals.length;
    return {
      ...group,
      arrivals: arrivals
        .map((time) => (time <= timeNs ? time : time + Math.floor((workload.durationNs - time) / 2)))
        .sort(),
      scales: Float64Array.from(
        { length: last },
        (_, i) => scales[i % scales.length] * (arrivals[i] <= timeNs ? 1 : 1.5),
      ),
    };
  };
  return { ...workload, groups: workload.groups.map(alter) };
}
