import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { THREAD_BLOCK } from "../../../kernel/gpu/architecture.ts";
import { LAUNCH_MEDIAN_NS } from "../../../kernel/gpu/cost.ts";
import {
  createDecision,
  EMPTY_KERNEL_NS,
  HOLD_BLOCK,
  HOLD_IN_FLIGHT,
  HOLD_KERNEL,
  HOLD_NONE,
  HOLD_REQUEST,
  LAUNCH_OVERHEAD,
  NOTIFY_REQUESTS,
  POLLING_OVERHEAD,
} from "../../../kernel/gpu/decision.ts";
import { kernelSequence } from "../../../kernel/gpu/workload.ts";
import { HOST_NS, playUntil, playUntilReady, started } from "./fixtures.ts";

const KERNEL = 100_000;
const COUNT = 20;
const BLOCK = 30_000;

interface Setup {
  depth?: number;
  polling?: boolean;
  controlNs?: number;
}

/** A group whose request of 20 kernels of 100 us began to run at `ready`, with another request behind it. */
function running({ depth = 0, polling = false, controlNs = 0 }: Setup = {}) {
  const sequence = kernelSequence("kernels", new Float64Array(COUNT).fill(KERNEL), {
    blockNs: new Float64Array(COUNT).fill(BLOCK),
  });
  const group = clientOf(sequence, { arrivals: Float64Array.of(20_000, 20_000, 20_000) });
  const kernel = started(gpuScenario([group], { durationNs: 2e7, controlNs }));
  const decision = createDecision(1);
  decision.depth[0] = depth;
  decision.polling[0] = polling ? 1 : 0;
  decision.notify = NOTIFY_REQUESTS;
  const ready = playUntilReady(kernel, decision, 0);
  return { kernel, decision, ready };
}

/** Time that kernels take to leave after `ended` others of a request that is all in flight. */
function left(ended: number): number {
  return (COUNT - ended) * EMPTY_KERNEL_NS;
}

/** Time for which the group runs when a hold takes effect at `at` after its start. */
function ranUntilHeld(hold: number, at: number, setup: Setup = {}): number {
  const { kernel, decision, ready } = running(setup);
  playUntil(kernel, decision, ready + at - HOST_NS);
  decision.hold[0] = hold;
  playUntil(kernel, decision, 1e7);
  return kernel.ledger.busy;
}

describe("a held group", () => {
  it("finishes its request and does not begin the next", () => {
    expect(ranUntilHeld(HOLD_REQUEST, 250_000)).toBe(COUNT * KERNEL);
    expect(ranUntilHeld(HOLD_REQUEST, 1_999_999)).toBe(COUNT * KERNEL);
    expect(ranUntilHeld(HOLD_REQUEST, 2_000_001)).toBe(2 * COUNT * KERNEL);
  });

  it("finishes the kernels in flight, all of the request without a limit", () => {
    expect(ranUntilHeld(HOLD_IN_FLIGHT, 250_000)).toBe(COUNT * KERNEL);
    const slower = 1 + LAUNCH_OVERHEAD;
    expect(ranUntilHeld(HOLD_IN_FLIGHT, 250_000, { depth: 4 })).toBe(Math.floor(6 * KERNEL * slower));
    // One kernel at a time: the GPU waits for every launch.
    expect(ranUntilHeld(HOLD_IN_FLIGHT, 250_000, { depth: 1 })).toBe(3 * KERNEL + 3 * LAUNCH_MEDIAN_NS);
    // Not beyond the end of the request.
    expect(ranUntilHeld(HOLD_IN_FLIGHT, 1_950_000, { depth: 8 })).toBe(COUNT * KERNEL * slower);
  });

  it("finishes its kernel, and stops at once between two kernels", () => {
    expect(ranUntilHeld(HOLD_KERNEL, 250_000)).toBe(3 * KERNEL + left(3));
    expect(ranUntilHeld(HOLD_KERNEL, 300_000)).toBe(3 * KERNEL);
    expect(ranUntilHeld(HOLD_KERNEL, 300_001)).toBe(4 * KERNEL + left(4));
  });

  it("finishes its thread blocks where they poll, its kernel where they do not", () => {
    const ran = ranUntilHeld(HOLD_BLOCK, 250_000, { polling: true });
    expect(ran).toBeGreaterThanOrEqual(250_000);
    expect(ran).toBeLessThanOrEqual(250_000 + BLOCK * (1 + POLLING_OVERHEAD) + 1 + left(3));
    expect(ranUntilHeld(HOLD_BLOCK, 250_000)).toBe(3 * KERNEL + left(3));
  });

  it("gains nothing from a limit or a flag that was set after its request began", () => {
    for (const [hold, setting, ran] of [
      [HOLD_IN_FLIGHT, "depth", COUNT * KERNEL],
      [HOLD_BLOCK, "polling", 3 * KERNEL + left(3)],
    ] as const) {
      const { kernel, decision, ready } = running();
      playUntil(kernel, decision, ready + 250_000);
      decision.hold[0] = hold;
      decision[setting][0] = 1;
      playUntil(kernel, decision, 1e7);
      expect(kernel.ledger.busy).toBe(ran);
    }
  });

  it("continues where it stopped when released, without extra time", () => {
    for (const hold of [HOLD_REQUEST, HOLD_IN_FLIGHT, HOLD_KERNEL, HOLD_BLOCK]) {
      const { kernel, decision, ready } = running();
      playUntil(kernel, decision, ready + 250_000);
      decision.hold[0] = hold;
      playUntil(kernel, decision, 5e6);
      decision.hold[0] = HOLD_NONE;
      playUntil(kernel, decision, 2e7);
      expect(kernel.view.completed[0]).toBe(3);
      // A group that was once held at a kernel checks before each kernel from then on.
      const slower = hold === HOLD_KERNEL ? 1 + LAUNCH_OVERHEAD : 1;
      expect(kernel.ledger.busy - kernel.ledger.draining).toBe((1 + 2 * slower) * COUNT * KERNEL);
    }
  });

  it("still finishes the kernel in which it was preempted, and no more", () => {
    const critical = clientOf(equalKernels(10, KERNEL), { critical: true, arrivals: Float64Array.of(1_000_000) });
    const held = clientOf(equalKernels(COUNT, KERNEL), { thinkNs: 1e9 });
    for (const mode of [THREAD_BLOCK, 2]) {
      const kernel = started(gpuScenario([critical, held], { durationNs: 2e7 }));
      const decision = createDecision(2);
      decision.sliceUs.set([1e6, 1]);
      decision.mode[1] = mode;
      const ready = playUntilReady(kernel, decision, 0);
      playUntil(kernel, decision, ready + 300_000);
      expect(kernel.view.resident).toBe(0);
      const done = kernel.view.servedNs[1];
      decision.hold[1] = HOLD_KERNEL;
      playUntil(kernel, decision, 2e7);
      expect(kernel.view.completed[0]).toBe(1);
      expect(kernel.view.servedNs[1]).toBe(Math.ceil(done / KERNEL) * KERNEL);
    }
  });

  it("does not keep the GPU: the others run", () => {
    const groups = [1, 2].map(() => clientOf(equalKernels(COUNT, KERNEL)));
    const kernel = started(gpuScenario(groups, { durationNs: 2e7 }));
    const decision = createDecision(2);
    playUntil(kernel, decision, 5e6);
    decision.hold[0] = HOLD_KERNEL;
    playUntil(kernel, decision, 6e6);
    const { idle, switching } = kernel.ledger;
    const served = kernel.view.servedNs[0];
    playUntil(kernel, decision, 2e7);
    expect(kernel.view.servedNs[0]).toBe(served);
    expect(kernel.ledger.switching).toBe(switching);
    // The launches between requests.
    expect(kernel.ledger.idle - idle).toBeLessThan(7 * 44_000);
  });
});

describe("a reset", () => {
  it("loses the running kernel's progress, which has to be done again", () => {
    const { kernel, decision, ready } = running({ controlNs: 10_000 });
    playUntil(kernel, decision, ready + 230_000);
    decision.reset[0] = 1;
    kernel.decide(decision);
    decision.reset[0] = 0;
    playUntil(kernel, decision, 2e7);
    const { wasted, busy } = kernel.ledger;
    expect(wasted).toBeGreaterThanOrEqual(32_000);
    expect(wasted).toBeLessThan(51_000);
    expect(kernel.view.completed[0]).toBe(3);
    expect(busy).toBe(3 * COUNT * KERNEL + wasted);
    expect(kernel.view.servedNs[0]).toBe(3 * COUNT * KERNEL);
  });

  it("of a held group leaves nothing to finish", () => {
    for (const hold of [HOLD_KERNEL, HOLD_BLOCK]) {
      const { kernel, decision, ready } = running({ controlNs: 10_000 });
      playUntil(kernel, decision, ready + 230_000);
      decision.reset[0] = 1;
      decision.hold[0] = hold;
      kernel.decide(decision);
      decision.reset[0] = 0;
      playUntil(kernel, decision, 1e7);
      expect(kernel.ledger.busy).toBe(200_000 + kernel.ledger.wasted);
      expect(kernel.view.servedNs[0]).toBe(200_000);
    }
  });

  it("does nothing to kernels that are not idempotent", () => {
    const group = clientOf(kernelSequence("once", [1e6], { idempotent: false }));
    const kernel = started(gpuScenario([group], { durationNs: 1e7 }));
    const decision = createDecision(1);
    decision.reset[0] = 1;
    while (!kernel.done) {
      decision.wakeUp = kernel.time + 10_000;
      kernel.decide(decision);
    }
    expect(kernel.ledger.wasted).toBe(0);
  });

  it("that is repeated for ever lets no work finish, and counts it as wasted", () => {
    const kernel = started(gpuScenario([clientOf(equalKernels(1, 1e6))], { durationNs: 1e7 }));
    const decision = createDecision(1);
    decision.reset[0] = 1;
    while (!kernel.done) {
      decision.wakeUp = kernel.time + 100_000;
      kernel.decide(decision);
    }
    expect(kernel.view.completed[0]).toBe(0);
    expect(kernel.ledger.wasted).toBeGreaterThan(0.95 * kernel.ledger.busy);
  });
});
