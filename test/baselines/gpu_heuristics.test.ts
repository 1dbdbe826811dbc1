import { describe, expect, it } from "vitest";
import { blockWait } from "../../baselines/gpu/block_wait.ts";
import { drmFair } from "../../baselines/gpu/drm_fair.ts";
import { drmFifo } from "../../baselines/gpu/drm_fifo.ts";
import { drmRr } from "../../baselines/gpu/drm_rr.ts";
import { edf } from "../../baselines/gpu/edf.ts";
import { AS_SHIPPED } from "../../baselines/gpu/hardware_settings.ts";
import { HEURISTIC_US } from "../../baselines/gpu/heuristic_decision.ts";
import { gpuHeuristics } from "../../baselines/gpu/index.ts";
import { interleave } from "../../baselines/gpu/interleave.ts";
import { jetsonSlices } from "../../baselines/gpu/jetson_slices.ts";
import { leastLaxity } from "../../baselines/gpu/least_laxity.ts";
import { mig } from "../../baselines/gpu/mig.ts";
import { mpsShare } from "../../baselines/gpu/mps_share.ts";
import { np } from "../../baselines/gpu/np.ts";
import { sequential } from "../../baselines/gpu/sequential.ts";
import type { GpuEntry } from "../../baselines/gpu/types.ts";
import { xschedLv1 } from "../../baselines/gpu/xsched_lv1.ts";
import { xschedLv2 } from "../../baselines/gpu/xsched_lv2.ts";
import type { KnobValues } from "../../baselines/knobs.ts";
import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import { assertDecision } from "../../kernel/gpu/assert_decision.ts";
import { createDecision, SHARING_PARTITION, SHARING_SHARES, SHARING_STREAMS } from "../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { type GpuGroup, type GpuWorkload, kernelSequence } from "../../kernel/gpu/workload.ts";
import { CRITICAL_IDLE, CRITICAL_WAITS, gpuView, make } from "./gpu_view.ts";

function first(entry: GpuEntry, groups = CRITICAL_IDLE, values: KnobValues = {}) {
  return make(entry, values).decide(gpuView(groups));
}

describe("the GPU heuristics", () => {
  it("have names of their own, the default first", () => {
    const names = gpuHeuristics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(gpuHeuristics[0]).toMatchObject({ name: "hardware-rr", role: "default" });
  });

  it.each(gpuHeuristics.map((entry) => [entry.name, entry] as const))("%s decides what is valid", (name, entry) => {
    const heuristic = make(entry);
    expect(heuristic.name).toBe(name);
    for (const groups of [[{ critical: true }], [{}, {}], CRITICAL_IDLE, CRITICAL_WAITS]) {
      heuristic.reset();
      let time = 0;
      for (const step of [groups, CRITICAL_WAITS.slice(0, groups.length), groups]) {
        const decision = heuristic.decide(gpuView(step, time));
        expect(() => assertDecision(decision, groups.length, time)).not.toThrow();
        time += 700_000;
      }
    }
  });

  it.each(gpuHeuristics.map((entry) => [entry.name, entry] as const))("%s forgets a run", (_, entry) => {
    const heuristic = make(entry);
    const play = () => {
      heuristic.reset();
      const decided = [CRITICAL_IDLE, CRITICAL_WAITS, CRITICAL_IDLE].map((groups, i) =>
        structuredClone(heuristic.decide(gpuView(groups, i * 300_000))),
      );
      return JSON.stringify(decided);
    };
    const once = play();
    heuristic.decide(gpuView(CRITICAL_WAITS, 9e6));
    expect(play()).toBe(once);
  });

  it("are charged the time of a rule, all but the hardware", () => {
    for (const entry of gpuHeuristics) {
      expect(first(entry).microseconds).toBe(entry.name === "hardware-rr" ? 0 : HEURISTIC_US);
    }
  });
});

describe("settings for a whole run", () => {
  it("hardware-rr is what a driver does", () => {
    expect(first(gpuHeuristics[0])).toEqual(createDecision(3));
  });

  it("interleave changes nothing but how often a group stands in the runlist", () => {
    expect(first(interleave)).toEqual({
      ...createDecision(3),
      interleave: Uint8Array.of(2, 0, 0),
      microseconds: HEURISTIC_US,
    });
  });

  it("jetson-slices are nvgpu's", () => {
    expect([...first(jetsonSlices).sliceUs]).toEqual([5200, 1300, 1300]);
    expect([...first(jetsonSlices).interleave]).toEqual([2, 0, 0]);
  });

  it("lc-only and be-only disable the others", () => {
    const enabled = (name: string) => [...first(gpuHeuristics.find((entry) => entry.name === name)!).enabled];
    expect(enabled("lc-only")).toEqual([1, 0, 0]);
    expect(enabled("be-only")).toEqual([0, 1, 1]);
  });

  it("np, mps-share and mig share by space", () => {
    expect(first(np).sharing).toBe(SHARING_STREAMS);
    expect(first(mpsShare)).toMatchObject({ sharing: SHARING_SHARES, share: Float64Array.of(1, 0.25, 0.25) });
    const parts = first(mig, CRITICAL_IDLE, { critical: 5 });
    expect(parts.sharing).toBe(SHARING_PARTITION);
    expect(parts.share[0]).toBeCloseTo(5 / 7);
    expect(parts.share[1]).toBeCloseTo(1 / 7);
    expect(parts.share.reduce((sum, share) => sum + share)).toBeCloseTo(1);
  });
});

/** A critical group every 10 ms beside one of best effort in a closed loop, 100 ms. */
const SMALL: GpuWorkload = {
  name: "small",
  groups: [
    testGroup("critical", [100_000, 200_000, 300_000], true),
    testGroup("best effort", [400_000, 400_000, 400_000, 400_000], false),
  ],
  durationNs: 100_000_000,
  sharing: "time-slice",
};

function testGroup(name: string, kernels: number[], critical: boolean): GpuGroup {
  return {
    name,
    critical,
    sequence: kernelSequence(name, kernels, { occupancy: kernels.map(() => 0.5) }),
    arrivals: critical ? Float64Array.from({ length: 9 }, (_, i) => 1_700_000 + 10_100_000 * i) : null,
    thinkNs: 0,
    after: [],
    prepNs: 0,
    scales: Float64Array.of(1),
    declared: Float64Array.of(1),
    slo: 1.2,
    instructionPreemption: true,
  };
}

/** What a run of `SMALL` came to. */
function run(entry: GpuEntry, values: KnobValues = {}) {
  const kernel = new GpuKernel();
  const scenario = {
    workload: SMALL,
    architecture: findArchitecture("v100"),
    controlNs: 10_000,
    minSliceUs: 1,
    coldNs: 0,
  };
  kernel.reset(scenario, 1);
  const heuristic = make(entry, values);
  heuristic.reset();
  while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
  kernel.checkInvariants();
  const [late, starved] = kernel.costs.costs;
  return { kernel, late, starved, worstNs: Math.max(0, ...kernel.costs.lateness) };
}

describe("on the simulated GPU", () => {
  it.each(gpuHeuristics.map((entry) => [entry.name, entry] as const))("%s plays to the end", (_, entry) => {
    const { late, starved } = run(entry);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late + starved).toBeLessThanOrEqual(2);
  });

  it("one class alone is as good as it can be, the other as bad", () => {
    const byName = (name: string) => run(gpuHeuristics.find((entry) => entry.name === name)!);
    expect(byName("lc-only").late).toBeLessThan(0.01);
    expect(byName("lc-only").starved).toBeGreaterThan(0.99);
    expect(byName("be-only").late).toBeGreaterThan(0.9);
    expect(byName("be-only").starved).toBeLessThan(0.01);
  });

  it("waits for a block, a kernel, what is in flight or a request, the longer the later", () => {
    const shipped = { ...AS_SHIPPED, contexts: 1, depth: 8 };
    const worst = [blockWait, xschedLv2, xschedLv1, sequential].map((entry) => run(entry, shipped).worstNs);
    expect(worst[0]).toBeLessThan(60_000);
    expect(worst[1]).toBeGreaterThan(100_000);
    // The kernel that runs, and a launch: holding takes effect as late.
    expect(worst[1]).toBeLessThan(450_000);
    expect(worst[2]).toBeGreaterThan(worst[1]);
    expect(worst[3]).toBeGreaterThan(410_000);
    expect(worst[3]).toBeLessThan(1_610_000);
  });

  it("changes groups between requests only, one after another", () => {
    for (const entry of [sequential, drmFifo, drmRr, drmFair]) {
      const { kernel } = run(entry);
      expect(kernel.view.completed[0]).toBe(9);
      expect(kernel.view.switches).toBeLessThanOrEqual(2 * 9);
      expect(kernel.ledger.idle).toBeLessThan(2_000_000);
    }
  });

  it("sends control operations only when a critical request comes or goes", () => {
    for (const entry of [edf, leastLaxity]) {
      expect(run(entry, AS_SHIPPED).kernel.controlOperations).toBeLessThanOrEqual(2 * 9);
    }
  });
});
