import { describe, expect, it } from "vitest";
import { findArchitecture, INSTRUCTION, THREAD_BLOCK, WAIT_FOR_IDLE } from "../../../kernel/gpu/architecture.ts";
import { HOLD_BLOCK, HOLD_IN_FLIGHT, SHARING_STREAMS, SHARING_TIME_SLICE } from "../../../kernel/gpu/decision.ts";
import { PLANNER_SETTINGS } from "../../../kernel/gpu/planner.ts";
import {
  ALWAYS,
  AUTO_MODE,
  BY_AUTO,
  BY_DISABLE,
  BY_GATE,
  BY_POLL,
  BY_TIMESLICE,
  CONTEXT_SHARED,
  type GpuStance,
  NEVER_ON,
  ORDER_AUTO,
  RELEASE_RESIDENT,
} from "../../../kernel/gpu/stance.ts";
import { Turns } from "../../../kernel/gpu/turns.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import { gpuView, type ViewedGroup } from "../../baselines/gpu_view.ts";
import { MS, NEVER, planning, TWO, viewAt } from "./planning.ts";

describe("turns", () => {
  const THREE: readonly ViewedGroup[] = [{ critical: true }, { queued: 1 }, { queued: 1 }, { queued: 1 }];

  it("are 10 ms each, one group at a time", () => {
    const { plan } = planning(THREE);
    const on = Array.from({ length: 41 }, (_, ms) => [...plan(viewAt(ms * MS, THREE)).enabled.subarray(1)]);
    for (const one of on) expect(one.reduce((sum, bit) => sum + bit, 0)).toBe(1);
    const whose = on.map((one) => one.indexOf(1));
    expect(whose).toEqual(whose.map((_, ms) => Math.floor(ms / 10) % 3));
    expect(PLANNER_SETTINGS.turnNs).toBe(10 * MS);
  });

  it("skip groups without work, and end with a group's work", () => {
    const turns = new Turns(10 * MS);
    const turn = new Uint8Array(4);
    const pass = (ms: number, ...queued: number[]) => {
      const groups = [{ critical: true, queued: 1 }, ...queued.map((one) => ({ queued: one }))];
      turns.pass(gpuView(groups, ms * MS), turn);
      return turns.group;
    };
    expect(pass(0, 0, 1, 1)).toBe(2);
    expect(pass(9, 1, 1, 1)).toBe(2);
    expect(pass(10, 1, 1, 0)).toBe(1);
    expect(pass(12, 0, 1, 1)).toBe(2);
    expect(pass(21, 0, 1, 0)).toBe(2);
    expect(pass(22, 0, 1, 0)).toBe(2);
    // The only group with work keeps its turn; without any work the turn stays where it is.
    expect(pass(40, 0, 1, 0)).toBe(2);
    expect(pass(41, 0, 0, 0)).toBe(2);
    turns.reset();
    expect(turns.group).toBe(-1);
  });

  it("are only for groups that take turns; others are on always, or never", () => {
    const { plan, stance } = planning(THREE, ({ turn }) => turn.set([0, ALWAYS, NEVER_ON, 0]));
    expect([...plan(viewAt(0, THREE)).enabled]).toEqual([1, 1, 0, 1]);
    expect([...plan(viewAt(30 * MS, THREE)).enabled]).toEqual([1, 1, 0, 1]);
    stance.turn.fill(NEVER_ON);
    expect([...plan(viewAt(31 * MS, THREE)).enabled]).toEqual([1, 0, 0, 0]);
    stance.turn.fill(ALWAYS);
    expect([...plan(viewAt(32 * MS, THREE)).enabled]).toEqual([1, 1, 1, 1]);
  });

  it("count in the lead only for the group whose turn it is", () => {
    const groups: readonly ViewedGroup[] = [
      { critical: true },
      { queued: 1, meanKernelNs: 100_000 },
      { queued: 1, meanKernelNs: 4_000_000 },
    ];
    const { planner, stance, plan } = planning(groups, ({ mode }) => mode.fill(WAIT_FOR_IDLE));
    const view = gpuView(groups);
    const leads = [1, 2].map((g) => planner.leaveNs(view, stance, g) + PLANNER_SETTINGS.marginNs);
    // Before the first turn it is any of the groups.
    expect(planner.lead(view, stance)).toBe(leads[1]);
    for (const [ms, g] of [
      [0, 0],
      [10, 1],
      [20, 0],
    ]) {
      plan(viewAt(ms * MS, groups));
      expect(planner.lead(view, stance)).toBe(leads[g]);
    }
    stance.turn.set([0, 0, ALWAYS]);
    expect(planner.lead(view, stance)).toBe(leads[1]);
    stance.turn.fill(NEVER_ON);
    expect(planner.lead(view, stance)).toBe(PLANNER_SETTINGS.marginNs);
  });
});

describe("the time to take a group off", () => {
  const { baseNs, saveNs, trapNs } = findArchitecture("a100");
  const groups: readonly ViewedGroup[] = [{ critical: true }, { queued: 1, meanKernelNs: 300_000 }];
  const leave = (means: number, mode: number, sliceUs = 1, other: Partial<GpuView> = {}) => {
    const { planner, stance } = planning(groups);
    stance.means.fill(means);
    stance.mode.fill(mode);
    stance.sliceUs.fill(sliceUs);
    return planner.leaveNs(viewAt(0, groups, other), stance, 1);
  };

  it("is the timeslice (at least the driver's shortest), plus the wait of its mode, plus the change of groups", () => {
    expect(leave(BY_TIMESLICE, INSTRUCTION)).toBe(1000 + trapNs + saveNs + baseNs);
    expect(leave(BY_TIMESLICE, INSTRUCTION, 200)).toBe(200_000 + trapNs + saveNs + baseNs);
    expect(leave(BY_TIMESLICE, INSTRUCTION, 1, { minSliceUs: 1000 })).toBe(1_000_000 + trapNs + saveNs + baseNs);
    expect(leave(BY_TIMESLICE, THREAD_BLOCK)).toBe(1000 + 0.8 * 50_000 + baseNs);
    expect(leave(BY_TIMESLICE, WAIT_FOR_IDLE)).toBe(1000 + 150_000 + baseNs);
  });

  it("is that of a kernel's end where there is no instruction-level preemption", () => {
    expect(leave(BY_TIMESLICE, INSTRUCTION, 1, { instructionPreemption: new Uint8Array(2) })).toBe(
      leave(BY_TIMESLICE, WAIT_FOR_IDLE),
    );
  });

  it("begins with the control path, behind the operations in it", () => {
    expect(leave(BY_DISABLE, INSTRUCTION)).toBe(50_000 + trapNs + saveNs + baseNs);
    expect(leave(BY_DISABLE, INSTRUCTION, 1, { controlInFlight: 3 })).toBe(200_000 + trapNs + saveNs + baseNs);
  });

  it("is that of the kernels in flight, or of thread blocks, when launches are held", () => {
    expect(leave(BY_GATE, INSTRUCTION)).toBe(6600 + 2 * 300_000 + baseNs);
    expect(leave(BY_POLL, INSTRUCTION)).toBe(6600 + 0.8 * 50_000 + 2000 + baseNs);
  });
});

describe("order", () => {
  it("lets a critical group wait while one of higher order has work", () => {
    const { plan, stance } = planning(TWO, ({ order }) => order.set([-1, 0, 0]));
    expect([...plan(viewAt(0, TWO)).enabled]).toEqual([0, 1, 1]);
    stance.order.set([-1, -1, 0]);
    expect([...plan(viewAt(0, TWO)).enabled]).toEqual([1, 1, 1]);
    stance.order.set([0, 1, 0]);
    expect([...plan(viewAt(0, TWO)).enabled]).toEqual([0, 1, 1]);
  });

  it("lets it run when those have none, and does not disable a group without work", () => {
    const { plan, stance } = planning(TWO, ({ order }) => order.set([-1, 1, 0]));
    const first = [{ critical: true, queued: 1 }, { critical: true }, { queued: 1 }];
    expect([...plan(viewAt(0, first)).enabled]).toEqual([1, 1, 1]);
    stance.order.set([1, -1, 0]);
    expect([...plan(viewAt(0, first)).enabled]).toEqual([1, 1, 1]);
  });
});

describe("a choice left to the planner", () => {
  const { saveNs, trapNs, restoreNs } = findArchitecture("a100");

  it("is the means by which a group leaves soonest", () => {
    const groups: readonly ViewedGroup[] = [{ critical: true }, { queued: 1, meanKernelNs: 300_000 }];
    const leave = (means: number, other: Partial<GpuView>) => {
      const { planner, stance } = planning(groups);
      stance.means.fill(means);
      stance.sliceUs.fill(1);
      return planner.leaveNs(viewAt(0, groups, other), stance, 1);
    };
    expect(leave(BY_AUTO, {})).toBe(leave(BY_TIMESLICE, {}));
    expect(leave(BY_AUTO, { minSliceUs: 1000 })).toBe(leave(BY_DISABLE, { minSliceUs: 1000 }));
    const slow = { minSliceUs: 1000, controlNs: 900_000 };
    expect(leave(BY_AUTO, slow)).toBe(leave(BY_POLL, slow));
  });

  it("is instruction-level preemption where thread blocks take longer than registers", () => {
    const groups: readonly ViewedGroup[] = [{ critical: true }, { queued: 1 }];
    const mode = (blockNs: number, preemption = 1) => {
      const { planner, stance } = planning(groups);
      stance.mode.fill(AUTO_MODE);
      const arrays = { blockNs: Float64Array.of(0, blockNs), instructionPreemption: Uint8Array.of(1, preemption) };
      return planner.modeOf(viewAt(0, groups, arrays), stance, 1);
    };
    const registers = trapNs + saveNs + restoreNs;
    expect(mode(2 * registers)).toBe(INSTRUCTION);
    expect(mode(registers / 2)).toBe(THREAD_BLOCK);
    expect(mode(2 * registers, 0)).toBe(THREAD_BLOCK);
  });

  it("is to put a request that can no longer be in time behind others", () => {
    const { plan } = planning(TWO, ({ order }) => order.fill(ORDER_AUTO));
    const heads = { headExpectedNs: Float64Array.of(MS, MS, 0), headDeadline: Float64Array.of(MS / 2, 9 * MS, NEVER) };
    expect([...plan(viewAt(0, TWO, heads)).enabled]).toEqual([0, 1, 1]);
    const slow = { ...heads, controlNs: 10 * MS };
    expect([...plan(viewAt(0, TWO, slow)).enabled]).toEqual([1, 1, 1]);
  });
});

describe("one context for all", () => {
  const shared = (change: (stance: GpuStance) => void = () => {}) =>
    planning(TWO, (stance) => {
      stance.context.set([CONTEXT_SHARED, CONTEXT_SHARED, 0]);
      change(stance);
    });

  it("is the choice of the first critical group at the start, for the whole run", () => {
    const sharing = (...context: number[]) =>
      planning(TWO, (stance) => stance.context.set(context)).plan(viewAt(0, TWO)).sharing;
    expect(sharing(CONTEXT_SHARED, 0, 0)).toBe(SHARING_STREAMS);
    expect(sharing(0, CONTEXT_SHARED, CONTEXT_SHARED)).toBe(SHARING_TIME_SLICE);
    const { plan, stance, planner } = shared();
    plan(viewAt(0, TWO));
    stance.context.fill(0);
    expect(plan(viewAt(MS, TWO)).sharing).toBe(SHARING_STREAMS);
    planner.reset();
    expect(plan(viewAt(0, TWO)).sharing).toBe(SHARING_TIME_SLICE);
  });

  it("takes best effort off by holding it, never by enable bits", () => {
    for (const [means, hold] of [
      [BY_TIMESLICE, HOLD_IN_FLIGHT],
      [BY_DISABLE, HOLD_IN_FLIGHT],
      [BY_GATE, HOLD_IN_FLIGHT],
      [BY_POLL, HOLD_BLOCK],
    ]) {
      const decision = shared((stance) => stance.means.fill(means)).plan(viewAt(0, TWO));
      expect([decision.enabled[2], decision.hold[2], decision.depth[2]]).toEqual([1, hold, 2]);
      expect(decision.polling[2]).toBe(means === BY_POLL ? 1 : 0);
    }
  });

  it("does not let best effort back before critical work is done, because no group is resident", () => {
    const { plan } = shared(({ release }) => release.fill(RELEASE_RESIDENT));
    const { hold, wakeUp } = plan(viewAt(0, TWO));
    expect([hold[2], wakeUp]).toEqual([HOLD_IN_FLIGHT, NEVER]);
  });

  it("has a lead that is shorter by the time of a change of groups", () => {
    const { baseNs } = findArchitecture("a100");
    const [own, one] = [planning(TWO, ({ means }) => means.fill(BY_POLL)), shared(({ means }) => means.fill(BY_POLL))];
    for (const { plan } of [own, one]) plan(viewAt(0, TWO));
    const view = gpuView(TWO);
    expect(own.planner.lead(view, own.stance) - one.planner.lead(view, one.stance)).toBe(baseNs);
  });
});
