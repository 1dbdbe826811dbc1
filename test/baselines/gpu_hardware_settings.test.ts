import { describe, expect, it } from "vitest";
import { blockWaitHint } from "../../baselines/gpu/block_wait_hint.ts";
import { edf } from "../../baselines/gpu/edf.ts";
import { AS_SHIPPED, CONTEXTS, MODE, SLICE, TURN, TURNS } from "../../baselines/gpu/hardware_settings.ts";
import { heuristicDecision } from "../../baselines/gpu/heuristic_decision.ts";
import { gpuHeuristics } from "../../baselines/gpu/index.ts";
import { kernelWait } from "../../baselines/gpu/kernel_wait.ts";
import type { GpuEntry } from "../../baselines/gpu/types.ts";
import { xschedLv2 } from "../../baselines/gpu/xsched_lv2.ts";
import type { Knob } from "../../baselines/knobs.ts";
import { WAIT_FOR_IDLE } from "../../kernel/gpu/architecture.ts";
import { HOLD_BLOCK, HOLD_NONE, SHARING_STREAMS, SHARING_TIME_SLICE } from "../../kernel/gpu/decision.ts";
import { CRITICAL_IDLE, CRITICAL_WAITS, gpuView, make } from "./gpu_view.ts";

const TURN_NS = 10e6;

/** Name and entry of every heuristic that has one of these constants of the hardware. */
function having(...knobs: readonly Knob[]): [string, GpuEntry][] {
  return gpuHeuristics.filter((entry) => entry.knobs.some((knob) => knobs.includes(knob))).map((e) => [e.name, e]);
}

describe("what the hardware has for every rule alike", () => {
  it.each(having(SLICE))("%s gives critical groups the GPU", (_, entry) => {
    const { sliceUs } = make(entry).decide(gpuView(CRITICAL_IDLE));
    expect([...sliceUs]).toEqual([1e6, 1, 1]);
  });

  it.each(having(TURN, TURNS))("%s has one best-effort group on at a time, all where turns are off", (_, entry) => {
    const turns = make(entry);
    const enabled = (time: number) => [...turns.decide(gpuView(CRITICAL_IDLE, time)).enabled];
    expect(enabled(0)).toEqual([1, 1, 0]);
    expect(enabled(TURN_NS - 1)).toEqual([1, 1, 0]);
    expect(enabled(TURN_NS)).toEqual([1, 0, 1]);
    if (!entry.knobs.some(({ name }) => name === "turns")) return;
    expect([...make(entry, { turns: 0 }).decide(gpuView(CRITICAL_IDLE)).enabled]).toEqual([1, 1, 1]);
  });

  it("is otherwise what a driver does", () => {
    for (const entry of [kernelWait, xschedLv2, edf]) {
      const { enabled, mode, sliceUs } = make(entry, { ...AS_SHIPPED, contexts: 1 }).decide(gpuView(CRITICAL_IDLE));
      expect({ enabled, mode, sliceUs }).toMatchObject({
        enabled: heuristicDecision(3).enabled,
        mode: heuristicDecision(3).mode,
        sliceUs: heuristicDecision(3).sliceUs,
      });
    }
  });

  it("shares in one context or in time", () => {
    for (const [, entry] of having(CONTEXTS)) {
      const one = make(entry, { contexts: 0 }).decide(gpuView(CRITICAL_IDLE));
      expect([one.sharing, ...one.gentle]).toEqual([SHARING_STREAMS, 0, 1, 1]);
      const own = make(entry, { contexts: 1 }).decide(gpuView(CRITICAL_IDLE));
      expect([own.sharing, ...own.gentle]).toEqual([SHARING_TIME_SLICE, 0, 0, 0]);
    }
  });

  it("has preemption modes where they matter", () => {
    for (const entry of gpuHeuristics.filter(({ knobs }) => knobs.some(({ name }) => name === MODE.name))) {
      const { mode } = make(entry, { mode: WAIT_FOR_IDLE }).decide(gpuView(CRITICAL_IDLE));
      expect([...mode]).toEqual([WAIT_FOR_IDLE, WAIT_FOR_IDLE, WAIT_FOR_IDLE]);
    }
  });

  it("leaves few enough constants to be tuned", () => {
    for (const { knobs, role } of gpuHeuristics) {
      if (role === "published") expect(knobs.length).toBeLessThanOrEqual(5);
    }
  });
});

describe("block-wait-hint", () => {
  const READY = 1e6;
  const at = (time: number, queued = 0) => {
    const view = gpuView([{ critical: true }, { queued: 1 }, { critical: true, queued }], time);
    view.preparing[0] = 1;
    view.nextReady[0] = READY;
    const { hold, spin, wakeUp } = make(blockWaitHint, { lead_us: 20 }).decide(view);
    return { hold: [...hold], spin: [...spin], wakeUp };
  };

  it("wakes up ahead of a launch", () => {
    expect(at(0)).toEqual({ hold: [HOLD_NONE, HOLD_NONE, HOLD_NONE], spin: [0, 0, 0], wakeUp: READY - 20_000 });
  });

  it("keeps the GPU from then on", () => {
    expect(at(READY - 20_000)).toMatchObject({ hold: [HOLD_NONE, HOLD_BLOCK, HOLD_NONE], spin: [1, 0, 0] });
  });

  it("does not make work wait for what is expected", () => {
    expect(at(READY - 20_000, 1)).toMatchObject({ hold: [HOLD_NONE, HOLD_BLOCK, HOLD_NONE], spin: [0, 0, 0] });
  });

  it("holds while critical work is there", () => {
    expect([...make(blockWaitHint).decide(gpuView(CRITICAL_WAITS)).hold]).toEqual([HOLD_NONE, HOLD_BLOCK, HOLD_BLOCK]);
  });
});
