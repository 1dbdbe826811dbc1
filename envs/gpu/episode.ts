import type { Split } from "../../gym/env.ts";
import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import type { GpuGroup, GpuWorkload } from "../../kernel/gpu/workload.ts";
import type { RandomStream } from "../../kernel/random.ts";

/** GPUs of the train and validation splits. */
const KNOWN = ["v100", "a100", "h100", "rtx3080"] as const;

/**
 * Ranges of an episode's draws, wide enough that no constant fits all episodes. Sources: measured and published
 * figures.
 */
export const GPU_DRAWS = {
  /** GPUs by split: the test split has some that training never sees. */
  architectures: { train: KNOWN, validation: KNOWN, test: [...KNOWN, "h200", "rtx5090"] },
  /**
   * Median latency of a control operation, ns, log-uniform: from a policy in the kernel to a blocking call from
   * outside.
   */
  controlNs: { min: 5_000, max: 350_000 },
  /** Shortest timeslice, us. Episodes take them in turn, so that each is as frequent as the other in every workload. */
  minSliceUs: [1, 1000],
} as const;

/** Values that `reset({ options })` can fix. The seed decides the others. */
export interface GpuEpisodeOptions {
  architecture?: string;
  controlNs?: number;
  minSliceUs?: number;
  coldNs?: number;
  alterAfterNs?: number;
}

/**
 * Draws the GPU and the driver of an episode. It makes every draw, also where an option replaces the result, so that an
 * option changes nothing else.
 *
 * @param split split of the workload
 * @param episode number of the episode, by which it takes its shortest timeslice in turn
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
 * The same workload until `timeNs`. Requests that arrive by themselves after that arrive later and take another time.
 * It serves the test that observations do not contain the future.
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
