import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { THREAD_BLOCK } from "../../../kernel/gpu/architecture.ts";
import { ControlPath, PREEMPT, SET_SLICE } from "../../../kernel/gpu/control_path.ts";
import { createDecision } from "../../../kernel/gpu/decision.ts";
import { randomStream } from "../../../kernel/random.ts";
import { playUntil, started } from "./fixtures.ts";

const CONTROL = 60_000;

describe("the control path", () => {
  it("lets operations take effect in order, each one latency after its turn, within the latency's limits", () => {
    const path = new ControlPath(CONTROL, 7);
    const random = randomStream(1, "test/control");
    const sent: number[] = [];
    const effect: number[] = [];
    const tags: number[] = [];
    let now = 0;
    for (let i = 0; i < 2000; i++) {
      now += random.integer(100_000);
      path.submit(i % 2 === 0 ? PREEMPT : SET_SLICE, i, 0, now);
      sent.push(now);
      while (path.due <= now || (i === 1999 && path.waiting > 0)) {
        effect.push(path.due);
        tags.push(path.groups);
        path.shift();
      }
    }
    expect(tags).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    for (let i = 0; i < effect.length; i++) {
      const turn = Math.max(sent[i], i === 0 ? 0 : effect[i - 1]);
      expect(effect[i] - turn).toBe(path.latency(i));
      expect(path.latency(i)).toBeGreaterThanOrEqual(0.2 * CONTROL);
      expect(path.latency(i)).toBeLessThanOrEqual(2.1 * CONTROL);
    }
    const latencies = Float64Array.from({ length: 2000 }, (_, i) => path.latency(i)).sort();
    expect(Math.abs(latencies[1000] / CONTROL - 1)).toBeLessThan(0.05);
  });

  it("runs on as its copy does", () => {
    const path = new ControlPath(CONTROL, 7);
    for (let i = 0; i < 200; i++) {
      path.submit(PREEMPT, i, 0, 1000 * i);
      if (i < 150) path.shift();
    }
    const copy = path.fork();
    path.submit(PREEMPT, 200, 0, 1e9);
    copy.submit(PREEMPT, 200, 0, 1e9);
    while (path.waiting > 0) {
      expect([copy.due, copy.groups]).toEqual([path.due, path.groups]);
      path.shift();
      copy.shift();
    }
    expect(copy.waiting).toBe(0);
  });
});

describe("a setting of the runlist", () => {
  const two = () =>
    gpuScenario(
      [1, 2].map(() => clientOf(equalKernels(50, 1e6))),
      { durationNs: 2e7, controlNs: CONTROL },
    );

  it("never takes effect earlier than its latency after the decision, nor out of order", () => {
    const kernel = started(two());
    const decision = createDecision(2);
    playUntil(kernel, decision, 3e6);
    decision.sliceUs[0] = 100;
    decision.interleave[1] = 2;
    decision.mode[0] = 1;
    decision.microseconds = 5;
    const seen: string[] = [];
    const path = new Map<string, number>();
    const changed = () => {
      const { view } = kernel;
      const all: [string, boolean][] = [
        ["slice", view.sliceUs[0] === 100],
        ["mode", view.mode[0] === 1],
        ["interleave", view.interleave[1] === 2],
      ];
      for (const [name, done] of all) {
        if (!done || path.has(name)) continue;
        path.set(name, view.time);
        seen.push(name);
      }
    };
    for (let time = 3e6; time < 4e6; time += 1000) {
      playUntil(kernel, decision, time + 1000);
      changed();
    }
    expect(seen).toEqual(["slice", "mode", "interleave"]);
    expect(path.get("slice")!).toBeGreaterThanOrEqual(3e6 + 5000 + 0.2 * CONTROL);
    expect(path.get("mode")! - path.get("slice")!).toBeGreaterThanOrEqual(0.2 * CONTROL - 1000);
    expect(path.get("interleave")! - path.get("mode")!).toBeGreaterThanOrEqual(0.2 * CONTROL - 1000);
    expect(kernel.controlOperations).toBe(3);
  });

  it("costs nothing when it is repeated, and one operation for any number of enable bits", () => {
    const groups = Array.from({ length: 6 }, () => clientOf(equalKernels(50, 1e6)));
    const kernel = runGpu(gpuScenario(groups, { durationNs: 1e8, controlNs: 1000 }), (decision, { time }) => {
      decision.enabled.fill(Math.floor(time / 1e7) % 2);
      decision.sliceUs.fill(2000);
    });
    // Six timeslices; then the groups go off at the start and change at every 10 ms.
    expect(kernel.controlOperations).toBe(6 + 1 + 9);
  });

  it("can end the current timeslice, at once when the new one is already over", () => {
    const groups = [1, 2].map(() => clientOf(equalKernels(50, 1e7)));
    const kernel = started(gpuScenario(groups, { durationNs: 1e9 }));
    const decision = createDecision(2);
    decision.sliceUs.fill(50_000);
    while (kernel.view.resident < 0 || kernel.view.queued[0] + kernel.view.queued[1] < 2) {
      playUntil(kernel, decision, kernel.time + 1000);
    }
    playUntil(kernel, decision, kernel.time + 9e6);
    const { resident } = kernel.view;
    // Three new values in turn, each shorter than the time that the current timeslice has run.
    for (let i = 0; i < 3; i++) {
      decision.sliceUs[resident] = 2048 + 16 * i;
      playUntil(kernel, decision, kernel.time + 1000);
    }
    expect(kernel.view.switching || kernel.view.resident !== resident).toBe(true);
  });
});

describe("disabling", () => {
  const base = () => {
    const groups = [
      clientOf(equalKernels(50, 1e7)),
      clientOf(equalKernels(50, 1e7), { arrivals: new Float64Array(0) }),
    ];
    const kernel = started(gpuScenario(groups, { durationNs: 1e9 }));
    const decision = createDecision(2);
    playUntil(kernel, decision, 5.5e6);
    return { kernel, decision };
  };

  it("takes the resident group off, even when no other group could run", () => {
    const { kernel, decision } = base();
    const { busy } = kernel.ledger;
    decision.enabled[0] = 0;
    playUntil(kernel, decision, 8e6);
    expect(kernel.ledger.busy).toBe(busy);
    expect(kernel.view.switching).toBe(false);
  });

  it("gently lets it go on to the end of its timeslice, and no further", () => {
    const { kernel, decision } = base();
    const since = kernel.view.residentSince;
    decision.enabled[0] = 0;
    decision.gentle[0] = 1;
    playUntil(kernel, decision, 9e6);
    // The timeslice is renewed while the group is alone.
    const end = since + 1_024_000 * Math.ceil((5.5e6 - since) / 1_024_000);
    expect(kernel.ledger.busy).toBe(end - since);
  });

  it("loses neither time nor work while the group is drained, saved or brought in", () => {
    const critical = clientOf(equalKernels(10, 100_000), { critical: true, arrivals: Float64Array.of(2e6, 20e6) });
    // With a kernel of 1 ms, a decision every 7 us meets every phase.
    for (const mode of [0, 1, 2]) {
      for (let offset = 0; offset < 400_000; offset += 7000) {
        const kernel = started(gpuScenario([critical, clientOf(equalKernels(50, 1e6))], { durationNs: 4e7 }));
        const decision = createDecision(2);
        decision.mode.fill(mode);
        decision.sliceUs[1] = 1;
        playUntil(kernel, decision, 2e6 + offset);
        decision.enabled[1] = 0;
        playUntil(kernel, decision, 2e6 + offset + 90_000);
        decision.enabled[1] = 1;
        playUntil(kernel, decision, 4e7);
        kernel.checkInvariants();
        expect(kernel.view.completed[0]).toBe(2);
        expect(kernel.ledger.wasted).toBe(0);
        expect(kernel.ledger.spin).toBe(0);
        const { busy, draining } = kernel.ledger;
        expect(busy).toBe(kernel.view.servedNs[0] + kernel.view.servedNs[1] + draining);
        if (mode !== THREAD_BLOCK) expect(draining).toBe(0);
        expect(busy).toBeGreaterThan(3.7e7);
      }
    }
  });
});
