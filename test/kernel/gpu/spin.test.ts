import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { findArchitecture, switchNs } from "../../../kernel/gpu/architecture.ts";
import { createDecision } from "../../../kernel/gpu/decision.ts";
import { HOST_NS, playUntil, started } from "./fixtures.ts";

const PREP = 500_000;
/** The one thing that the planner cannot know between the end of the preparation and the launch: the launch latency. */
const LAUNCH = 44_000;
const SWITCH = switchNs(findArchitecture("a100"));

/**
 * Lateness of requests, ns, and the time spent spinning, when the GPU is taken `lead` before the preparation ends.
 * Beside it run kernels of 100 ms with a timeslice of 1 us.
 */
function withLead(lead: number) {
  const arrivals = Float64Array.from({ length: 50 }, (_, i) => 1e6 + 1e7 * i);
  const critical = clientOf(equalKernels(10, 100_000), { critical: true, arrivals, prepNs: PREP });
  const scenario = gpuScenario([critical, clientOf(equalKernels(10, 1e8))], { durationNs: 5e8 });
  let wake = Number.POSITIVE_INFINITY;
  const kernel = runGpu(scenario, (decision, view) => {
    decision.sliceUs.set([1e6, 1]);
    if (view.event === "arrival") wake = view.nextReady[0] - lead - HOST_NS;
    if (view.event === "done") decision.spin[0] = 0;
    if (view.time >= wake && view.preparing[0] > 0) {
      decision.spin[0] = 1;
      wake = Number.POSITIVE_INFINITY;
    }
    decision.wakeUp = wake;
  });
  return { lateness: kernel.costs.lateness, spin: kernel.ledger.spin, served: kernel.view.servedNs[1] };
}

describe("a waiting kernel that takes the GPU ahead of a hint", () => {
  it("makes requests late by nothing when it starts a switch's time before the work", () => {
    const { lateness } = withLead(SWITCH + 1000);
    expect(lateness).toHaveLength(50);
    expect(lateness.every((late) => late === 0)).toBe(true);
  });

  it("makes requests late by the missing time when it starts later, never by more than a switch", () => {
    const none = withLead(-LAUNCH).lateness;
    for (const late of none) expect(late).toBeLessThanOrEqual(SWITCH + 1000);
    for (const lead of [20_000, 60_000]) {
      withLead(lead).lateness.forEach((late, i) => {
        expect(late).toBeLessThanOrEqual(Math.max(0, SWITCH + 1000 - lead));
        expect(late).toBeLessThanOrEqual(none[i]);
      });
    }
  });

  it("costs best effort its extra spin time when it starts earlier, except at the ends of kernels", () => {
    const just = withLead(SWITCH + 1000);
    const early = withLead(SWITCH + 301_000);
    expect(early.lateness.every((late) => late === 0)).toBe(true);
    expect(early.spin - just.spin).toBe(50 * 300_000);
    expect(Math.abs(just.served - early.served - 50 * 300_000)).toBeLessThan(1000);
  });
});

describe("a waiting kernel without work to come", () => {
  it("keeps the GPU, alone until its timeslice ends, and is not useful time", () => {
    const groups = [
      clientOf(equalKernels(1, 1000), { arrivals: new Float64Array(0) }),
      clientOf(equalKernels(10, 1e6)),
    ];
    const kernel = runGpu(gpuScenario(groups, { durationNs: 1e8 }), (decision) => {
      decision.spin[0] = 1;
    });
    expect(kernel.view.servedNs[0]).toBe(0);
    expect(kernel.ledger.spin).toBeGreaterThan(0.4e8);
    expect(kernel.ledger.busy).toBeGreaterThan(0.4e8);
    expect(kernel.ledger.idle).toBeLessThan(50_000);
  });

  it("does not run when its group may not", () => {
    const groups = [clientOf(equalKernels(1, 1000), { arrivals: new Float64Array(0) })];
    const kernel = started(gpuScenario(groups, { durationNs: 1e7 }));
    const decision = createDecision(1);
    decision.spin[0] = 1;
    playUntil(kernel, decision, 3e6);
    decision.enabled[0] = 0;
    playUntil(kernel, decision, 1e7);
    expect(kernel.ledger.spin).toBe(3e6);
    expect(kernel.ledger.idle).toBe(7e6);
  });

  it("of a held group with work spins beside that work", () => {
    const group = clientOf(equalKernels(10, 100_000), { arrivals: Float64Array.of(20_000) });
    const kernel = runGpu(gpuScenario([group], { durationNs: 1e7 }), (decision) => {
      decision.hold[0] = 1;
      decision.spin[0] = 1;
    });
    expect(kernel.ledger.spin).toBe(1e7);
  });
});
