import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { findArchitecture } from "../../../kernel/gpu/architecture.ts";
import { createDecision, type GpuDecision, SHARING_STREAMS } from "../../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import type { GpuGroup } from "../../../kernel/gpu/workload.ts";
import { kernelSequence } from "../../../kernel/gpu/workload.ts";
import { started } from "./fixtures.ts";

const group = (details: Partial<GpuGroup> = {}) => clientOf(equalKernels(3, 1000), details);

describe("impossible input is refused in one line that names it", () => {
  it.each<[string, Partial<GpuGroup>, RegExp]>([
    [
      "arrivals out of order",
      { arrivals: Float64Array.of(5, 3) },
      /arrivals must be whole, ascending and >= 0, got 3 at 1/,
    ],
    ["an arrival between two ns", { arrivals: Float64Array.of(0.5) }, /got 0.5 at 0/],
    [
      "a length of 0",
      { scales: Float64Array.of(1, 0) },
      /scales must be one or more numbers above 0 and below 1e6, got 0/,
    ],
    [
      "no lengths",
      { scales: new Float64Array(0) },
      /scales must be one or more numbers above 0 and below 1e6, got none/,
    ],
    ["an objective of 1", { critical: true, slo: 1 }, /slo must be above 1, got 1/],
    ["thinking backwards", { thinkNs: -1 }, /thinkNs must be a whole number >= 0, got -1/],
    ["waiting for a group that does not exist", { after: [4] }, /after names group 4, but groups are 0 to 0/],
  ])("%s", (_, details, message) => {
    expect(() => started(gpuScenario([group(details)]))).toThrow(message);
  });

  it("scenarios", () => {
    expect(() => started(gpuScenario([]))).toThrow(/a workload has 1 to 16 channel groups, got 0/);
    expect(() => started(gpuScenario(Array.from({ length: 17 }, () => group())))).toThrow(/got 17/);
    expect(() => started(gpuScenario([group()], { durationNs: 0 }))).toThrow(
      /durationNs must be a whole number >= 1, got 0/,
    );
    expect(() => started(gpuScenario([group()], { controlNs: -1 }))).toThrow(
      /controlNs must be a whole number >= 0, got -1/,
    );
    expect(() => started(gpuScenario([group()], { minSliceUs: 0 }))).toThrow(/minSliceUs must be 1 to 1e6, got 0/);
    expect(() => findArchitecture("gtx")).toThrow(/unknown GPU "gtx"; allowed: v100, /);
    expect(() => kernelSequence("none", [])).toThrow(/none: a request must have at least one kernel, got none/);
    expect(() => kernelSequence("zero", [5, 0])).toThrow(/zero: kernel 1 must take a positive time, got 0 ns/);
  });

  it.each<[string, (decision: GpuDecision) => void, RegExp]>([
    ["a timeslice of 0", ({ sliceUs }) => sliceUs.fill(0), /a timeslice must be 1 to 8355840 us, got 0 for group 0/],
    ["a timeslice that is not a number", ({ sliceUs }) => sliceUs.fill(Number.NaN), /got NaN/],
    ["a fourth level", ({ interleave }) => interleave.fill(3), /interleave level must be 0 to 2, got 3/],
    ["a fourth mode", ({ mode }) => mode.fill(3), /preemption mode must be 0 to 2, got 3/],
    ["a sixth hold", ({ hold }) => hold.fill(5), /hold must be 0 to 4, got 5/],
    ["less than no kernels in flight", ({ depth }) => depth.fill(-1), /at least 0, got -1/],
    ["no share", ({ share }) => share.fill(0), /a share must be above 0 and at most 1, got 0/],
  ])("%s", (_, change, message) => {
    const kernel = started(gpuScenario([group()]));
    const decision = createDecision(1);
    change(decision);
    expect(() => kernel.decide(decision)).toThrow(message);
  });

  it("decisions with a wrong length, wake-up or duration, or that change the sharing", () => {
    const kernel = started(gpuScenario([group()]));
    expect(() => kernel.decide(createDecision(2))).toThrow(/a decision must be for 1 channel groups, got one for 2/);
    expect(() => kernel.decide({ ...createDecision(1), wakeUp: Number.NaN })).toThrow(/or Infinity, got NaN/);
    expect(() => kernel.decide({ ...createDecision(1), microseconds: 1e6 })).toThrow(/0 to 1e6 us, got 1000000/);
    expect(() => kernel.decide({ ...createDecision(1), sharing: 5 })).toThrow(/sharing must be 0 to 4, got 5/);
    kernel.decide(createDecision(1));
    expect(() => kernel.decide({ ...createDecision(1), sharing: SHARING_STREAMS })).toThrow(
      /only the first decision of a run sets the sharing: it is time-slice, got streams/,
    );
    const shared = started(gpuScenario([group()]));
    shared.decide({ ...createDecision(1), sharing: SHARING_STREAMS });
    shared.decide(createDecision(1));
    expect(shared.view.sharing).toBe(SHARING_STREAMS);
  });

  it("use after the end, or before the start", () => {
    const kernel = started(gpuScenario([group()], { durationNs: 10 }));
    kernel.decide(createDecision(1));
    expect(kernel.done).toBe(true);
    expect(() => kernel.decide(createDecision(1))).toThrow(/the run is over; call reset first/);
    expect(() => new GpuKernel().scenario).toThrow(/call reset first/);
  });
});
