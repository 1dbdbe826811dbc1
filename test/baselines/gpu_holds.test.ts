import { describe, expect, it } from "vitest";
import { blockWait } from "../../baselines/gpu/block_wait.ts";
import { kernelWait } from "../../baselines/gpu/kernel_wait.ts";
import { orion } from "../../baselines/gpu/orion.ts";
import { reef } from "../../baselines/gpu/reef.ts";
import { reefPadding } from "../../baselines/gpu/reef_padding.ts";
import { tgs } from "../../baselines/gpu/tgs.ts";
import type { GpuEntry } from "../../baselines/gpu/types.ts";
import { ANY_DEPTH } from "../../baselines/gpu/xsched_depth.ts";
import { xschedLv1 } from "../../baselines/gpu/xsched_lv1.ts";
import { xschedLv2 } from "../../baselines/gpu/xsched_lv2.ts";
import type { KnobValues } from "../../baselines/knobs.ts";
import { HOLD_BLOCK, HOLD_IN_FLIGHT, HOLD_KERNEL, HOLD_NONE, NOTIFY_KERNELS } from "../../kernel/gpu/decision.ts";
import { CRITICAL_IDLE, CRITICAL_WAITS, gpuView, make, type ViewedGroup } from "./gpu_view.ts";

function first(entry: GpuEntry, groups = CRITICAL_IDLE, values: KnobValues = {}) {
  return make(entry, values).decide(gpuView(groups));
}

describe("holding while critical work is there", () => {
  it.each([
    { entry: blockWait, hold: HOLD_BLOCK, polling: 1, depth: 8 },
    { entry: kernelWait, hold: HOLD_KERNEL, polling: 0, depth: 8 },
    { entry: xschedLv1, hold: HOLD_IN_FLIGHT, polling: 0, depth: 2 },
    { entry: xschedLv2, hold: HOLD_KERNEL, polling: 0, depth: 8 },
  ])("$entry.name", ({ entry, hold, polling, depth }) => {
    const heuristic = make(entry);
    const holds = [CRITICAL_IDLE, CRITICAL_WAITS, CRITICAL_IDLE].map((groups, i) => [
      ...heuristic.decide(gpuView(groups, i)).hold,
    ]);
    expect(holds).toEqual([
      [HOLD_NONE, HOLD_NONE, HOLD_NONE],
      [HOLD_NONE, hold, hold],
      [HOLD_NONE, HOLD_NONE, HOLD_NONE],
    ]);
    const { polling: polled, depth: limited } = heuristic.decide(gpuView(CRITICAL_IDLE, 3));
    expect([...polled]).toEqual([0, polling, polling]);
    expect([...limited]).toEqual([0, depth, depth]);
  });

  it("has no limit on kernels in flight at the end of the range, where its paper has none", () => {
    for (const entry of [blockWait, kernelWait]) {
      expect([...make(entry, { depth: ANY_DEPTH.max }).decide(gpuView(CRITICAL_IDLE)).depth]).toEqual([0, 0, 0]);
    }
  });

  it("does not begin when a request only arrives", () => {
    const view = gpuView(CRITICAL_IDLE);
    view.preparing[0] = 1;
    expect([...make(kernelWait).decide(view).hold]).toEqual([HOLD_NONE, HOLD_NONE, HOLD_NONE]);
  });
});

describe("reset", () => {
  it("kills what runs once when critical work comes, and holds it until that is gone", () => {
    const heuristic = make(reef);
    const running = [{ critical: true }, { queued: 1, kernelElapsedNs: 5000 }, { queued: 1 }];
    const came = [{ critical: true, queued: 1 }, ...running.slice(1)];
    expect([...heuristic.decide(gpuView(running)).reset]).toEqual([0, 0, 0]);
    const kill = heuristic.decide(gpuView(came, 1000));
    expect([...kill.reset]).toEqual([0, 1, 0]);
    expect([...kill.hold]).toEqual([HOLD_NONE, HOLD_KERNEL, HOLD_KERNEL]);
    expect([...heuristic.decide(gpuView(came, 2000)).reset]).toEqual([0, 0, 0]);
    expect([...heuristic.decide(gpuView(running, 3000)).hold]).toEqual([HOLD_NONE, HOLD_NONE, HOLD_NONE]);
  });

  it("spares kernels that cannot be run again", () => {
    const groups = [
      { critical: true, queued: 1 },
      { queued: 1, kernelElapsedNs: 5000, idempotent: false },
    ];
    const { reset, hold } = make(reef).decide(gpuView(groups));
    expect([...reset]).toEqual([0, 0]);
    expect([...hold]).toEqual([HOLD_NONE, HOLD_KERNEL]);
  });

  it("pads with kernels that are no longer and fit", () => {
    const pads = (kernel: { nextKernelNs: number; nextOccupancy: number }) => {
      const critical = { critical: true, queued: 1, nextKernelNs: 80_000, nextOccupancy: 0.6 };
      const decision = make(reefPadding).decide(gpuView([critical, { queued: 1, ...kernel }]));
      expect(decision.notify).toBe(NOTIFY_KERNELS);
      return decision.hold[1] === HOLD_NONE;
    };
    expect(pads({ nextKernelNs: 80_000, nextOccupancy: 0.4 })).toBe(true);
    expect(pads({ nextKernelNs: 81_000, nextOccupancy: 0.4 })).toBe(false);
    expect(pads({ nextKernelNs: 40_000, nextOccupancy: 0.5 })).toBe(false);
  });

  it("pads one kernel at a time", () => {
    const groups = [
      { critical: true, queued: 1, nextOccupancy: 0.5 },
      { queued: 1, nextOccupancy: 0.3 },
      { queued: 1, nextOccupancy: 0.3 },
    ];
    const heuristic = make(reefPadding);
    const { hold, wakeUp } = heuristic.decide(gpuView(groups));
    expect([...hold]).toEqual([HOLD_NONE, HOLD_NONE, HOLD_KERNEL]);
    groups[1] = { queued: 1, nextOccupancy: 0.3, kernelElapsedNs: 900 } as never;
    expect([...heuristic.decide(gpuView(groups, wakeUp)).hold]).toEqual([HOLD_NONE, HOLD_KERNEL, HOLD_KERNEL]);
  });

  it("does not pad while a reset is on its way", () => {
    const view = gpuView([
      { critical: true, queued: 1 },
      { queued: 1, nextOccupancy: 0.1 },
    ]);
    view.controlInFlight = 1;
    expect([...make(reefPadding).decide(view).hold]).toEqual([HOLD_NONE, HOLD_KERNEL]);
  });
});

describe("orion", () => {
  const beside = (critical: ViewedGroup, bestEffort: ViewedGroup, values: KnobValues = {}) =>
    make(orion, values).decide(
      gpuView([
        { critical: true, queued: 1, ...critical },
        { queued: 1, ...bestEffort },
      ]),
    ).hold[1] === HOLD_NONE;

  it("lets best effort go while no critical request is there", () => {
    expect([...first(orion).hold]).toEqual([HOLD_NONE, HOLD_NONE, HOLD_NONE]);
  });

  it("lets small kernels with another bottleneck go", () => {
    expect(beside({ nextLimit: 1 }, { nextLimit: 0 })).toBe(true);
    expect(beside({ nextLimit: 1 }, { nextLimit: 1 })).toBe(false);
    expect(beside({ nextLimit: 1 }, { nextLimit: -1 })).toBe(true);
    expect(beside({ nextLimit: -1 }, { nextLimit: 1 })).toBe(true);
    expect(beside({ nextLimit: 1 }, { nextLimit: 0, nextOccupancy: 0.4 }, { multiprocessors: 0.3 })).toBe(false);
  });

  it("counts best-effort kernels beside each other", () => {
    const groups = [
      { critical: true, queued: 1 },
      ...Array.from({ length: 3 }, () => ({ queued: 1, nextOccupancy: 0.4 })),
    ];
    expect(
      [...make(orion, { multiprocessors: 1 }).decide(gpuView(groups)).hold].filter((hold) => hold === HOLD_NONE),
    ).toHaveLength(3);
  });

  it("keeps as much work in flight as the part of a critical request allows", () => {
    const groups = [{ critical: true, expectedNs: 4_000_000 }, { meanKernelNs: 20_000 }, { meanKernelNs: 300_000 }];
    expect([...make(orion, { duration: 0.1 }).decide(gpuView(groups)).depth]).toEqual([0, 10, 1]);
  });
});

describe("tgs", () => {
  /** Rate after windows in which critical work got `share` of the time it wanted. */
  const rateAfter = (windows: number, share: number) => {
    const heuristic = make(tgs, { tolerance: 0.1, decrease: 0.5, increase: 0.1 });
    let end = 0;
    for (let ms = 0; ms <= 10 * windows; ms++) {
      const groups = [{ critical: true, queued: 1, servedNs: ms * 1e6 * share }, { queued: 1 }];
      const { hold, wakeUp } = heuristic.decide(gpuView(groups, ms * 1e6));
      expect([...hold]).toEqual([HOLD_NONE, HOLD_NONE]);
      end = wakeUp === Number.POSITIVE_INFINITY ? 1 : (wakeUp - ms * 1e6) / 1e6;
    }
    return end;
  };

  it("cuts the rate by a factor when critical work is slowed down", () => {
    expect(rateAfter(1, 0.8)).toBeCloseTo(0.5);
    expect(rateAfter(3, 0.8)).toBeCloseTo(0.125);
  });

  it("leaves it when critical work is not", () => {
    expect(rateAfter(3, 0.95)).toBe(1);
  });

  it("raises it step by step, also without critical work", () => {
    const heuristic = make(tgs, { tolerance: 0.1, decrease: 0.5, increase: 0.1 });
    heuristic.decide(gpuView(CRITICAL_WAITS, 0));
    heuristic.decide(gpuView(CRITICAL_IDLE, 10e6));
    expect(heuristic.decide(gpuView(CRITICAL_IDLE, 20e6)).wakeUp).toBeCloseTo(20.6e6);
    expect(heuristic.decide(gpuView(CRITICAL_IDLE, 30e6)).wakeUp).toBeCloseTo(30.7e6);
  });

  it("holds best effort for the rest of the millisecond", () => {
    const heuristic = make(tgs, { tolerance: 0.1, decrease: 0.5, increase: 0.1 });
    heuristic.decide(gpuView(CRITICAL_WAITS, 0));
    const { wakeUp } = heuristic.decide(gpuView(CRITICAL_IDLE, 10e6));
    expect([...heuristic.decide(gpuView(CRITICAL_IDLE, wakeUp)).hold]).toEqual([HOLD_NONE, HOLD_KERNEL, HOLD_KERNEL]);
  });
});
