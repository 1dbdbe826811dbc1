import fc from "fast-check";
import { expect, it } from "vitest";
import { createDecision } from "../../../kernel/readahead/decision.ts";
import { LoneRun } from "../../../kernel/readahead/lone_run.ts";
import { ReadaheadKernel } from "../../../kernel/readahead/readahead.ts";
import { anyScenario } from "./fixtures.ts";

it("knows which accesses fault when nothing is read ahead, and how long such a fault takes", () => {
  fc.assert(
    fc.property(anyScenario, (scenario) => {
      const lone = new LoneRun(scenario, 1);
      const kernel = new ReadaheadKernel();
      kernel.reset(scenario, 1);
      const faulting = scenario.workload.threads.map(() => new Set<number>());
      while (!kernel.done) {
        const { thread } = kernel.view;
        faulting[thread].add(kernel.threadPosition(thread));
        kernel.decide(createDecision());
      }
      let total = 0;
      scenario.workload.threads.forEach(({ page }, thread) => {
        let before = 0;
        for (let at = 0; at < page.length; at++) {
          if (lone.before(thread, at) !== before)
            throw new Error(`${before} before ${at}, got ${lone.before(thread, at)}`);
          if (lone.faults(thread, at) !== faulting[thread].has(at)) throw new Error(`access ${at}`);
          if (faulting[thread].has(at)) before++;
        }
        total += lone.before(thread, page.length);
      });
      expect(total).toBe(kernel.view.counters.major_faults);
      expect(lone.faultUs * Math.max(1, total)).toBeGreaterThan(0);
      // Swap-outs inflict delays even in a program that never faults.
      expect(lone.inflictedUs * Math.max(1, total)).toBeCloseTo(kernel.inflicted, 6);
    }),
    { numRuns: 30 },
  );
});
