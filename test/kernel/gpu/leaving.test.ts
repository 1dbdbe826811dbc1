import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, jitteredArrivals, runGpu } from "../../../harness/scenarios/gpu.ts";
import { findArchitecture, THREAD_BLOCK } from "../../../kernel/gpu/architecture.ts";
import { LAUNCH_MEDIAN_NS } from "../../../kernel/gpu/cost.ts";
import {
  createDecision,
  EMPTY_KERNEL_NS,
  type GpuDecision,
  HOLD_BLOCK,
  HOLD_KERNEL,
  HOLD_NONE,
  LAUNCH_OVERHEAD,
  NOTIFY_REQUESTS,
  POLLING_OVERHEAD,
  SHARING_STREAMS,
  SHARING_TIME_SLICE,
} from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { kernelSequence } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { HOST_NS, playUntil, playUntilReady, scramble, started } from "./fixtures.ts";

const KERNEL = 100_000;
const COUNT = 40;
const END = 2e7;

/** Overhead of a launch limit of `depth` on kernels of `ns`. */
function overheadOf(depth: number, ns: number): number {
  return Math.max(LAUNCH_OVERHEAD, (LAUNCH_MEDIAN_NS - (depth - 1) * ns) / ns);
}

interface Held {
  kernel: GpuKernel;
  decision: GpuDecision;
  /** Time at which the request began to run. */
  start: number;
  /** Length of each kernel with its overhead. */
  length: number;
}

/** A request of 40 kernels alone on the GPU, held in the middle of its third kernel. */
function held(hold: number, depth: number, sharing = SHARING_TIME_SLICE): Held {
  const group = clientOf(equalKernels(COUNT, KERNEL), { arrivals: Float64Array.of(0) });
  const kernel = started(gpuScenario([group], { durationNs: END }));
  const decision = createDecision(1);
  decision.sharing = sharing;
  decision.depth[0] = depth;
  decision.notify = NOTIFY_REQUESTS;
  const start = playUntilReady(kernel, decision, 0);
  const length = KERNEL * (1 + (depth > 0 ? overheadOf(depth, KERNEL) : 0));
  playUntil(kernel, decision, start + 2.5 * length - HOST_NS);
  decision.hold[0] = hold;
  return { kernel, decision, start, length };
}

describe.each([
  ["time", SHARING_TIME_SLICE],
  ["space", SHARING_STREAMS],
] as const)("kernels in flight behind a held one, shared by %s", (_, sharing) => {
  const holds = [HOLD_KERNEL, HOLD_BLOCK].flatMap((hold) => [1, 2, 8, 0].map((depth) => [hold, depth] as const));

  it.each(holds)("leave one by one, hold %i, %i in flight", (hold, depth) => {
    const { kernel, decision, length } = held(hold, depth, sharing);
    playUntil(kernel, decision, END);
    const behind = (depth === 0 ? COUNT - 3 : depth - 1) * EMPTY_KERNEL_NS;
    expect(kernel.ledger.draining).toBe(behind);
    expect(kernel.ledger.busy).toBeCloseTo(3 * length + behind, 6);
    expect(kernel.view.servedNs[0]).toBeCloseTo(3 * KERNEL, 6);
  });

  it.each(holds)("have done no work when they are released on the way, hold %i, %i in flight", (hold, depth) => {
    const { kernel, decision, start, length } = held(hold, depth, sharing);
    playUntil(kernel, decision, Math.round(start + 3 * length) + 1001 - HOST_NS);
    decision.hold[0] = HOLD_NONE;
    playUntil(kernel, decision, END);
    expect(kernel.view.completed[0]).toBe(1);
    expect(kernel.ledger.draining).toBe(depth === 1 ? 0 : 1001);
    expect(kernel.ledger.busy - kernel.ledger.draining).toBe(Math.round(COUNT * length));
  });

  it.each(holds)("are cleared by a reset, hold %i, %i in flight", (hold, depth) => {
    const { kernel, decision, start, length } = held(hold, depth, sharing);
    playUntil(kernel, decision, Math.round(start + 3 * length) + 1500);
    decision.reset[0] = 1;
    kernel.decide(decision);
    decision.reset[0] = 0;
    playUntil(kernel, decision, END);
    const { busy, wasted, draining } = kernel.ledger;
    expect(wasted).toBe(depth === 1 ? 0 : 1500);
    expect(draining).toBe(0);
    expect(busy).toBe(Math.round(3 * length) + wasted);
    expect(kernel.view.servedNs[0]).toBeCloseTo(3 * KERNEL, 6);
  });

  /** A long kernel and eleven short ones, held while the long one runs. */
  function heldBeforeShort(change: (decision: GpuDecision) => void = () => {}) {
    const sequence = kernelSequence("short behind long", [30_000, ...new Array<number>(11).fill(3000)]);
    const kernel = started(gpuScenario([clientOf(sequence, { arrivals: Float64Array.of(0) })], { durationNs: END }));
    const decision = createDecision(1);
    decision.sharing = sharing;
    decision.notify = NOTIFY_REQUESTS;
    const start = playUntilReady(kernel, decision, 0);
    decision.hold[0] = HOLD_KERNEL;
    change(decision);
    return { kernel, decision, start };
  }

  it("are cleared by a reset although several would have left by then, and do no work", () => {
    const { kernel, decision, start } = heldBeforeShort();
    playUntil(kernel, decision, start + 40_000);
    decision.reset[0] = 1;
    kernel.decide(decision);
    expect(kernel.ledger.wasted).toBe(10_000);
    expect(kernel.view.servedNs[0]).toBe(30_000);
  });

  it("have done no work where a waiting kernel keeps the GPU for them", () => {
    const { kernel, decision } = heldBeforeShort(({ spin }) => spin.fill(1));
    playUntil(kernel, decision, 1e6);
    expect(kernel.ledger.draining).toBe(22_000);
    expect(kernel.view.servedNs[0]).toBe(30_000);
  });

  it("are done if they take less time than leaving", () => {
    const group = clientOf(equalKernels(1000, 500), { arrivals: Float64Array.of(0) });
    const kernel = started(gpuScenario([group], { durationNs: END }));
    const decision = createDecision(1);
    decision.sharing = sharing;
    decision.notify = NOTIFY_REQUESTS;
    playUntilReady(kernel, decision, 0);
    decision.hold[0] = HOLD_BLOCK;
    playUntil(kernel, decision, END);
    expect(kernel.view.completed[0]).toBe(1);
    expect(kernel.ledger.busy).toBe(500_000);
  });

  it("account for all the time of a lone client under any decisions", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = randomStream(seed, "test/leaving");
      const lengths = Array.from({ length: 1 + random.integer(12) }, () => 1 + random.integer(60_000));
      const group = clientOf(kernelSequence("lengths", lengths, { idempotent: random.next() < 0.8 }), {
        instructionPreemption: random.next() < 0.5,
      });
      const kernel = started(gpuScenario([group], { durationNs: 5e6, controlNs: 3000 }), seed);
      const decision = createDecision(1);
      decision.sharing = sharing;
      while (!kernel.done) {
        scramble(decision, random, kernel.time);
        kernel.decide(decision);
        kernel.checkInvariants();
      }
      const { busy, overhead, wasted, draining } = kernel.ledger;
      const { servedNs, headServedNs } = kernel.view;
      // The view does not show the overhead of the oldest request. It is at most that of a limit of one.
      const most = headServedNs[0] * overheadOf(1, Math.min(...lengths));
      const rest = busy - servedNs[0] - overhead - wasted - draining;
      expect(rest).toBeGreaterThanOrEqual(-1e-6);
      expect(rest).toBeLessThanOrEqual(most + headServedNs[0] * POLLING_OVERHEAD + 1e-6);
      if (headServedNs[0] === 0) expect(rest).toBeCloseTo(0, 6);
    }
  });
});

describe("kernels that leave when their group is preempted", () => {
  it.each([0, 1, 2])("have done no work, mode %i", (mode) => {
    const groups = [
      clientOf(kernelSequence("short behind long", [30_000, ...new Array<number>(11).fill(3000)]), {
        arrivals: Float64Array.of(0),
      }),
      clientOf(equalKernels(1, KERNEL), { arrivals: Float64Array.of(0) }),
    ];
    const kernel = started(gpuScenario(groups, { durationNs: END }));
    const decision = createDecision(2);
    decision.mode.fill(mode);
    decision.notify = NOTIFY_REQUESTS;
    decision.enabled[1] = 0;
    const start = playUntilReady(kernel, decision, 0);
    decision.hold[0] = HOLD_KERNEL;
    playUntil(kernel, decision, start + 40_000);
    decision.enabled.set([0, 1]);
    playUntil(kernel, decision, 1e6);
    decision.enabled.fill(1);
    playUntil(kernel, decision, END);
    expect(kernel.view.servedNs[0]).toBe(30_000);
    expect(kernel.ledger.busy).toBe(KERNEL + 30_000 + kernel.ledger.draining);
    expect(kernel.view.completed[1]).toBe(1);
  });
});

describe("a limit on kernels in flight", () => {
  it.each([1, 2, 3, 4, 5, 64])(
    "of %i costs the time by which launches are longer than the kernels before them",
    (depth) => {
      for (const ns of [500, 2000, 100_000]) {
        const group = clientOf(equalKernels(COUNT, ns), { arrivals: Float64Array.of(0) });
        const { ledger } = runGpu(gpuScenario([group], { durationNs: END }), (decision) => {
          decision.depth[0] = depth;
        });
        expect(Math.abs(ledger.overhead - COUNT * ns * overheadOf(depth, ns))).toBeLessThanOrEqual(0.5);
        expect(ledger.busy).toBe(COUNT * ns + ledger.overhead);
      }
    },
  );
});

describe("a preemption that waits for thread blocks", () => {
  const BLOCK = 200_000;

  it("waits for the last of several, and half of that time is idle", () => {
    const durationNs = 4e9;
    const critical = clientOf(equalKernels(10, KERNEL), {
      critical: true,
      arrivals: jitteredArrivals(1e7, durationNs, 1),
    });
    const long = kernelSequence("long", new Float64Array(20).fill(3e7), { blockNs: new Float64Array(20).fill(BLOCK) });
    const { costs, ledger, view } = runGpu(gpuScenario([critical, clientOf(long)], { durationNs }), (decision) => {
      decision.mode[1] = THREAD_BLOCK;
      decision.sliceUs.set([1e6, 1]);
    });
    const waits = costs.latencies.map((latency, i) => latency - costs.standalone[i] - findArchitecture("a100").baseNs);
    const sum = waits.reduce((a, b) => a + b);
    // The last of four independent blocks ends on average at 4 / 5 of the longest, plus the rest of a timeslice.
    expect(Math.abs(sum / waits.length / BLOCK - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(ledger.draining - sum / 2)).toBeLessThan(0.02 * ledger.draining);
    expect(ledger.busy).toBe(view.servedNs[0] + view.servedNs[1] + ledger.draining);
  });
});
