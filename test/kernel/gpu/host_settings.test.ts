import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { createDecision, HOLD_KERNEL, HOLD_NONE, NOTIFY_REQUESTS } from "../../../kernel/gpu/decision.ts";
import { HOST_NS, playUntil, playUntilReady, started } from "./fixtures.ts";

const KERNEL = 100_000;

/**
 * Time for which the group works when it is held and released as listed. Each decision has its time (less a launch),
 * its hold, and its duration, us.
 */
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

describe("the host's own settings", () => {
  it("take effect when the decision's duration is over, not earlier", () => {
    expect(ran([[50, HOLD_KERNEL, 0]])).toBe(KERNEL);
    expect(ran([[50, HOLD_KERNEL, 49]])).toBe(KERNEL);
    expect(ran([[50, HOLD_KERNEL, 51]])).toBe(2 * KERNEL);
  });

  it("are neither early nor lost when more decisions come before that", () => {
    const pause = [
      [50, HOLD_KERNEL, 300],
      [450, HOLD_NONE, 0],
    ] as const;
    // The hold lasts from 350 us, so from the kernel's end at 400 us, to 450 us.
    expect(ran([[50, HOLD_NONE, 0]]) - ran(pause)).toBe(50_000);
    const often = [
      [60, HOLD_KERNEL, 300],
      [70, HOLD_NONE, 600],
      [80, HOLD_KERNEL, 0],
    ] as const;
    expect(ran(often)).toBe(4 * KERNEL);
  });
});
