import { vma } from "../../baselines/readahead/vma.ts";
import { READAHEAD_SPEC } from "../../envs/readahead/registration.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import { recorded } from "../../workloads/readahead/recorded.ts";
import type { Report } from "../problems/problem.ts";
import { scenarioOf } from "../scenarios/readahead.ts";
import { stepsPerSecond } from "./env_steps.ts";

/**
 * Recorded programs whose page accesses are played: one thread with a fault in every 17th access, and four threads with
 * a fault in more than every third access.
 */
const RECORDED = [
  ["recorded", "sqlite"],
  ["fault_heavy_recorded", "zstd-mt"],
] as const;

/** Speeds of the readahead kernel and its environment. */
export function measure(report: Report, repetitions: number): void {
  report("readahead/env_steps", stepsPerSecond(READAHEAD_SPEC.id, { workload: "mixed" }, 2000, repetitions), "steps/s");
  for (const [label, trace] of RECORDED) {
    report(`readahead/page_accesses_vma_${label}_trace`, accessesPerSecond(trace, repetitions), "accesses/s");
  }
}

/**
 * Page accesses per second for a whole recording, on NVMe with a quarter of the frames, under Linux's readahead by VMA.
 */
function accessesPerSecond(trace: string, repetitions: number): number {
  const workload = recorded(trace, "train").open(0, { accesses: Number.MAX_SAFE_INTEGER });
  const scenario = scenarioOf(workload);
  const heuristic = vma.create({});
  const kernel = new ReadaheadKernel();
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    heuristic.reset();
    const start = performance.now();
    kernel.reset(scenario, 0);
    while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
    best = Math.max(best, (1000 * kernel.position) / (performance.now() - start));
  }
  return best;
}
