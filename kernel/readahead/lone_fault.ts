import { createDecision } from "./decision.ts";
import { ReadaheadKernel } from "./readahead.ts";
import type { ReadaheadScenario } from "./scenario.ts";

/**
 * How long a major fault takes on average when nothing is read ahead, other tenants and swap-out included, us: measured on
 * a whole run. The device's own time for a program that never faults.
 */
export function meanLoneFault(scenario: ReadaheadScenario, seed: number): number {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, seed);
  const decision = createDecision();
  decision.quiet = Number.MAX_SAFE_INTEGER;
  while (!kernel.done) kernel.decide(decision);
  const { major_faults } = kernel.view.counters;
  const { faultUs, latencyUs, pageUs } = scenario.device;
  if (major_faults === 0) return faultUs + latencyUs + pageUs;
  return (kernel.charged("fault") + kernel.charged("device")) / major_faults;
}
