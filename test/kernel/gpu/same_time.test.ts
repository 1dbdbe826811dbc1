import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import {
  createDecision,
  EMPTY_KERNEL_NS,
  type GpuDecision,
  HOLD_KERNEL,
  HOLDS,
  NOTIFY_KERNELS,
  NOTIFY_REQUESTS,
} from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { Groups } from "../../../kernel/gpu/groups.ts";
import { HOST_NS, playUntil, playUntilReady, randomScenario, started } from "./fixtures.ts";

const KERNEL = 100_000;

/** A run in which group 0 began to run at `ready` and nothing else is launched before 4 ms. */
function running(controlNs = 0) {
  const other = clientOf(equalKernels(10, KERNEL), { arrivals: Float64Array.of(4_000_000) });
  const first = clientOf(equalKernels(5, KERNEL), { thinkNs: 1e9 });
  const kernel = started(gpuScenario([first, other], { durationNs: 8e6, controlNs }));
  const decision = createDecision(2);
  decision.notify = NOTIFY_REQUESTS;
  const ready = playUntilReady(kernel, decision, 0);
  return { kernel, decision, ready };
}

/** Makes a decision take effect exactly at `time`: its host part, or its control operations without latency. */
function effectAt(kernel: GpuKernel, decision: GpuDecision, time: number, part: "host" | "control"): void {
  decision.microseconds = (time - kernel.time - (part === "host" ? HOST_NS : 0)) / 1000;
  kernel.decide(decision);
  decision.microseconds = 0;
}

describe("at one nanosecond", () => {
  it("a held kernel's end is seen although another group changes", () => {
    const { kernel, decision, ready } = running();
    playUntil(kernel, decision, ready + 30_000);
    decision.hold[0] = HOLD_KERNEL;
    playUntil(kernel, decision, ready + 40_000);
    decision.hold[1] = HOLD_KERNEL;
    effectAt(kernel, decision, ready + KERNEL, "host");
    playUntil(kernel, decision, 8e6);
    expect(kernel.ledger.spin).toBe(0);
    // The other four kernels are in flight and leave one by one.
    expect(kernel.ledger.busy).toBe(KERNEL + 4 * EMPTY_KERNEL_NS);
  });

  it("a kernel's end is reported although another group changes", () => {
    const { kernel, decision, ready } = running();
    decision.notify = NOTIFY_KERNELS;
    playUntil(kernel, decision, ready + 30_000);
    decision.hold[1] = HOLD_KERNEL;
    effectAt(kernel, decision, ready + KERNEL, "host");
    expect([kernel.view.event, kernel.view.eventGroup, kernel.time]).toEqual(["kernel", 0, ready + KERNEL]);
  });

  it("a reset comes after the request's end and kills nothing", () => {
    const { kernel, decision, ready } = running();
    playUntil(kernel, decision, ready + 30_000);
    decision.reset[0] = 1;
    effectAt(kernel, decision, ready + 5 * KERNEL, "control");
    decision.reset[0] = 0;
    playUntil(kernel, decision, 3e6);
    expect(kernel.ledger.wasted).toBe(0);
    expect(kernel.view.completed[0]).toBe(1);
    expect(kernel.ledger.busy).toBe(5 * KERNEL);
  });

  it("a reset between two kernels kills nothing", () => {
    const { kernel, decision, ready } = running();
    playUntil(kernel, decision, ready + 30_000);
    decision.reset[0] = 1;
    effectAt(kernel, decision, ready + 2 * KERNEL, "control");
    expect(kernel.ledger.wasted).toBe(0);
  });

  it.each(["preempt", "disable", "hold", "slice"] as const)("%s meets the end of a request", (what) => {
    for (const early of [0, 1, 2]) {
      const { kernel, decision, ready } = running();
      playUntil(kernel, decision, ready + 30_000);
      if (what === "preempt") decision.preempt[0] = 1;
      if (what === "disable") decision.enabled[0] = 0;
      if (what === "hold") decision.hold[0] = HOLD_KERNEL;
      if (what === "slice") decision.sliceUs[0] = 1;
      effectAt(kernel, decision, ready + 5 * KERNEL - early, what === "hold" ? "host" : "control");
      decision.preempt[0] = 0;
      playUntil(kernel, decision, 8e6);
      kernel.checkInvariants();
      const finished = early === 0 || what !== "disable";
      expect(kernel.view.completed[0]).toBe(finished ? 1 : 0);
      expect(kernel.ledger.spin).toBe(0);
    }
  });
});

/** Replaces every element of a setting. */
function change(setting: Uint8Array | Float64Array, to: (value: number) => number): void {
  for (let g = 0; g < setting.length; g++) setting[g] = to(setting[g]);
}

describe("decisions that change everything at every event", () => {
  const flips: [string, (decision: GpuDecision, time: number) => void][] = [
    ["spin", ({ spin }) => change(spin, (value) => 1 - value)],
    ["enable bits", ({ enabled }) => change(enabled, (value) => 1 - value)],
    ["holds", ({ hold }) => change(hold, (value) => (value + 1) % HOLDS.length)],
    ["timeslices", ({ sliceUs }) => change(sliceUs, (value) => (value === 1 ? 2048 : 1))],
    ["levels", ({ interleave }) => change(interleave, (value) => (value + 1) % 3)],
    ["modes", ({ mode }) => change(mode, (value) => (value + 1) % 3)],
    ["preemptions", ({ preempt }) => preempt.fill(1)],
    ["resets", ({ reset }) => reset.fill(1)],
    [
      "depth and polling",
      ({ depth, polling }) => {
        depth.fill(depth[0] === 0 ? 3 : 0);
        polling.fill(1 - polling[0]);
      },
    ],
  ];

  it.each(flips)("do not keep the run from ending: %s", (_, flip) => {
    for (let seed = 0; seed < 25; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const decision = createDecision(kernel.view.groups);
      decision.notify = NOTIFY_KERNELS;
      for (let points = 0; !kernel.done; points++) {
        if (points > 100_000) throw new Error(`seed ${seed}: no end in sight at ${kernel.time} ns`);
        flip(decision, kernel.time);
        kernel.decide(decision);
        kernel.checkInvariants();
      }
    }
  });

  it("do not keep the run from ending: all at once", () => {
    for (let seed = 0; seed < 25; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const decision = createDecision(kernel.view.groups);
      decision.notify = NOTIFY_KERNELS;
      for (let points = 0; !kernel.done; points++) {
        if (points > 100_000) throw new Error(`seed ${seed}: no end in sight at ${kernel.time} ns`);
        for (const [, flip] of flips) flip(decision, kernel.time);
        kernel.decide(decision);
        kernel.checkInvariants();
      }
    }
  });
});

describe("the boundaries of kernels", () => {
  it("are the same from both sides, for request lengths that do not divide evenly", () => {
    for (const kernels of [7, 14, 30]) {
      for (let total = kernels; total < 40 * kernels; total += 1 + (total % 3)) {
        const groups = new Groups(
          [clientOf(equalKernels(kernels, 1), { scales: Float64Array.of(total / kernels) })],
          1,
        );
        groups.arrive(0, 0);
        groups.launch(0, 0);
        for (let kernel = 0; kernel < kernels; kernel++) {
          groups.progress[0] = groups.kernelEnd(0, kernel) - 1;
          expect(groups.kernelAt(0)).toBe(kernel);
          groups.progress[0] = groups.kernelEnd(0, kernel);
          expect(groups.kernelAt(0)).toBe(Math.min(kernel + 1, kernels - 1));
        }
      }
    }
  });
});
