import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { createDecision, HOLD_KERNEL, HOLD_NONE, NOTIFY_REQUESTS } from "../../../kernel/gpu/decision.ts";
import { HOST_NS, playUntil, playUntilReady, started } from "./fixtures.ts";

const KERNEL = 100_000;

/** Time in which work is done when the group is held and let go as listed: when it is decided, less a launch, how, and how long deciding takes, us. */
function ran(decisions: readonly (readonly [at: number, hold: number, microseconds: number])[]): number {
  const kernel = started(gpuScenario([clientOf(equalKernels(100, KERNEL))], { durationNs: 5e6 }));
  const decision = createDecision(1);
  decision.notify = NOTIFY_REQUESTS;
  const ready = playUntilReady(kernel, decision, 0);
  for (const [at, hold, microseconds] of decisions) {
    playUntil(kernel, decision, ready + 1000 * at - HOST_NS);
    decision.hold[0] = hold;
    decision.microseconds = microseconds;
  }
  playUntil(kernel, decision, 5e6);
  return kernel.ledger.busy - kernel.ledger.draining;
}

describe("what the host decides for itself", () => {
  it("takes effect when deciding is over, not earlier", () => {
    expect(ran([[50, HOLD_KERNEL, 0]])).toBe(KERNEL);
    expect(ran([[50, HOLD_KERNEL, 49]])).toBe(KERNEL);
    expect(ran([[50, HOLD_KERNEL, 51]])).toBe(2 * KERNEL);
  });

  it("neither comes sooner nor is lost when more is decided before that", () => {
    const pause = [
      [50, HOLD_KERNEL, 300],
      [450, HOLD_NONE, 0],
    ] as const;
    // Held from 350 us on, so from the kernel's end at 400 us, to 450 us.
    expect(ran([[50, HOLD_NONE, 0]]) - ran(pause)).toBe(50_000);
    const often = [
      [60, HOLD_KERNEL, 300],
      [70, HOLD_NONE, 600],
      [80, HOLD_KERNEL, 0],
    ] as const;
    expect(ran(often)).toBe(4 * KERNEL);
  });
});
