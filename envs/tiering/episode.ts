import type { RandomStream } from "../../kernel/random.ts";
import { FAST_LATENCY_NS, twoTierMachine } from "../../kernel/tiering/machine.ts";
import type { TieringScenario } from "../../kernel/tiering/scenario.ts";
import type { TieringWorkload } from "../../kernel/tiering/workload.ts";

/** Ranges of an episode's machine and background, wide enough that no constant fits all episodes. */
export const DRAWS = {
  /** GB/s: from one CXL device to a whole remote socket. */
  slowBandwidth: { min: 20, max: 69 },
  /** ns: from a remote socket to a CXL device. */
  slowLatency: { min: 120, max: 250 },
  /** Capacity of the fast tier over the pages of the program. */
  fastFraction: { min: 1 / 6, max: 1 / 2 },
  /** Background load, multiples of five threads: the range of the Colloid artifact, with all levels in between. */
  background: { min: 0, max: 3 },
  /** Work between two changes of the background load, windows. */
  backgroundHold: { min: 5, max: 25 },
} as const;

/** Values that `reset({ options })` can fix. The seed decides the others. */
export interface EpisodeOptions {
  slowBandwidth?: number;
  slowLatency?: number;
  slowWriteCost?: number;
  fastFraction?: number;
  background?: number;
  samplingPeriod?: number;
  alterAfter?: number;
}

/**
 * Draws the machine and the background of an episode. It makes every draw, also where an option replaces the result, so
 * that an option changes nothing else.
 */
export function drawScenario(
  workload: TieringWorkload,
  random: RandomStream,
  options: EpisodeOptions,
): TieringScenario {
  const { slowBandwidth, slowLatency, fastFraction, background, backgroundHold } = DRAWS;
  const drawnBandwidth = slowBandwidth.min * (slowBandwidth.max / slowBandwidth.min) ** random.next();
  const drawnLatency = random.uniform(slowLatency.min, slowLatency.max);
  const drawnFraction = fastFraction.min * (fastFraction.max / fastFraction.min) ** random.next();
  const schedule = new Float64Array(workload.windows);
  let window = 0;
  while (window < schedule.length) {
    const hold = backgroundHold.min + random.integer(backgroundHold.max - backgroundHold.min + 1);
    const level = random.uniform(background.min, background.max);
    schedule.fill(level, window, window + hold);
    window += hold;
  }
  if (options.background !== undefined) schedule.fill(options.background);
  const fast = Math.max(1, Math.round(workload.pages * (options.fastFraction ?? drawnFraction)));
  const machine = twoTierMachine(Math.min(fast, workload.pages), workload.pages, {
    slowBandwidth: options.slowBandwidth ?? drawnBandwidth,
    slowLatencyNs: Math.max(FAST_LATENCY_NS, options.slowLatency ?? drawnLatency),
    slowWriteCost: options.slowWriteCost,
  });
  const { alterAfter } = options;
  if (alterAfter === undefined) {
    return { workload, machine, background: schedule, samplingPeriod: options.samplingPeriod };
  }
  for (let i = Math.ceil(alterAfter); i < schedule.length; i++) schedule[i] = background.max - schedule[i];
  return {
    workload: alterFuture(workload, alterAfter),
    machine,
    background: schedule,
    samplingPeriod: options.samplingPeriod,
  };
}

/** The same workload up to window `after`; from there on its pages are in reverse order. */
function alterFuture(workload: TieringWorkload, after: number): TieringWorkload {
  return {
    ...workload,
    name: workload.name,
    pages: workload.pages,
    windows: workload.windows,
    fill(index, out) {
      workload.fill(index, out);
      if (index < after) return;
      out.access.reverse();
      out.write.reverse();
    },
  };
}
