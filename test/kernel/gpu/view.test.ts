import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { createDecision, NOTIFY_KERNELS } from "../../../kernel/gpu/decision.ts";
import type { GpuScenario } from "../../../kernel/gpu/scenario.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import { randomStream } from "../../../kernel/random.ts";
import { playRandomly, randomScenario, scramble, started } from "./fixtures.ts";

describe("the view", () => {
  it("shows only possible values", () => {
    for (let seed = 0; seed < 100; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const wrong = new Set<string>();
      const check = (what: string, holds: boolean) => {
        if (!holds) wrong.add(what);
      };
      playRandomly(kernel, seed, () => {
        const { view } = kernel;
        check("time", view.time === kernel.time && view.residentSince <= view.time);
        check("resident", view.resident >= -1 && view.resident < view.groups);
        for (let g = 0; g < view.groups; g++) {
          const waits = view.queued[g] > 0;
          check("counts", view.arrived[g] === view.completed[g] + view.queued[g] + view.preparing[g]);
          check("elapsed", view.kernelElapsedNs[g] >= 0);
          check("served", view.headServedNs[g] >= 0 && view.servedNs[g] >= view.headServedNs[g]);
          check(
            "head",
            waits === view.headArrival[g] < Number.POSITIVE_INFINITY && !(view.headArrival[g] > view.time && waits),
          );
          check("deadline", (waits && view.critical[g] === 1) === view.headDeadline[g] < Number.POSITIVE_INFINITY);
          check("expected", waits === view.headExpectedNs[g] > 0 && waits === view.nextKernelNs[g] > 0);
          check("past", view.lastArrival[g] <= view.time && view.lastDone[g] <= view.time);
        }
      });
      expect([...wrong], `seed ${seed}`).toEqual([]);
    }
  });

  it("shows how long the running kernel has run, and not how long it will run", () => {
    const run = (scale: number) => {
      const group = clientOf(equalKernels(1, 3_000_000), { scales: Float64Array.of(scale), critical: true });
      const kernel = started(gpuScenario([group], { durationNs: 2e6 }));
      const decision = createDecision(1);
      const seen: GpuView[] = [];
      while (!kernel.done) {
        kernel.decide(decision);
        seen.push(structuredClone(kernel.view));
      }
      return seen;
    };
    expect(run(1)).toEqual(run(5));
  });
});

describe("the future", () => {
  /** A scenario that is the same until `from` and differs afterwards. */
  function altered(scenario: GpuScenario, from: number): GpuScenario {
    const groups = scenario.workload.groups.map((group) => {
      if (group.arrivals === null) return group;
      const kept = group.arrivals.filter((arrival) => arrival < from);
      const scales = Float64Array.from(group.arrivals, (_, i) => group.scales[i % group.scales.length]);
      const later = group.arrivals.filter((arrival) => arrival >= from).map((arrival) => arrival + 1_234_567);
      return {
        ...group,
        arrivals: Float64Array.from([...kept, ...later]),
        scales: scales.map((scale, i) => (i < kept.length ? scale : 3 * scale)),
      };
    });
    return { ...scenario, workload: { ...scenario.workload, groups } };
  }

  it("does not show in the view before it comes", () => {
    for (let seed = 0; seed < 60; seed++) {
      const from = 2_000_000;
      const run = (scenario: GpuScenario) => {
        const kernel = started(scenario, seed);
        const decision = createDecision(kernel.view.groups);
        const random = randomStream(seed, "test/future");
        const seen: GpuView[] = [structuredClone(kernel.view)];
        while (!kernel.done) {
          scramble(decision, random, kernel.time);
          decision.notify = NOTIFY_KERNELS;
          kernel.decide(decision);
          if (kernel.time >= from) break;
          seen.push(structuredClone(kernel.view));
        }
        return seen;
      };
      const scenario = randomScenario(seed);
      expect(run(altered(scenario, from))).toEqual(run(scenario));
    }
  });
});
