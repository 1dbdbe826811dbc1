import { cubic } from "../../baselines/congestion/cubic.ts";
import type { CongestionHeuristic } from "../../baselines/congestion/types.ts";
import { startValues } from "../../baselines/knobs.ts";
import { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import type { CongestionScenario } from "../../kernel/congestion/scenario.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import { congestionWorkloads } from "../../workloads/congestion/catalog.ts";

/** A scenario in which nothing is unusual. */
export function scenarioOf(
  workload: CongestionWorkload,
  details: Partial<CongestionScenario> = {},
): CongestionScenario {
  const kernel = new CongestionKernel();
  const tcp = cubic.create(startValues(cubic.knobs)).decide(kernel.view).program;
  return {
    workload,
    mtuPerChunk: 4,
    lossless: true,
    limitNs: 20_000_000,
    decisionNs: 0,
    marking: null,
    telemetry: false,
    tcp,
    ...details,
  };
}

/** A kernel at the beginning of a workload of the catalogue. */
export function startedCongestion(name: string, seed: number, details?: Partial<CongestionScenario>): CongestionKernel {
  const entry = congestionWorkloads.find((workload) => workload.name === name);
  if (entry === undefined) throw new RangeError(`there is no workload ${name}`);
  const kernel = new CongestionKernel();
  kernel.reset(scenarioOf(entry.open(seed), details), seed);
  return kernel;
}

/** A kernel that a heuristic has played to the end. */
export function playCongestion(
  name: string,
  seed: number,
  heuristic: CongestionHeuristic,
  details?: Partial<CongestionScenario>,
): CongestionKernel {
  return playedOut(startedCongestion(name, seed, details), heuristic);
}

/** Lets a heuristic play a kernel to the end. */
export function playedOut(kernel: CongestionKernel, heuristic: CongestionHeuristic): CongestionKernel {
  heuristic.reset();
  while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
  return kernel;
}
