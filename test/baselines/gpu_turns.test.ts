import { describe, expect, it } from "vitest";
import { drmFair } from "../../baselines/gpu/drm_fair.ts";
import { drmFifo } from "../../baselines/gpu/drm_fifo.ts";
import { drmRr } from "../../baselines/gpu/drm_rr.ts";
import { edf } from "../../baselines/gpu/edf.ts";
import { WaitingJobs } from "../../baselines/gpu/job_turns.ts";
import { leastLaxity } from "../../baselines/gpu/least_laxity.ts";
import { sequential } from "../../baselines/gpu/sequential.ts";
import type { GpuEntry } from "../../baselines/gpu/types.ts";
import { VruntimeOrder } from "../../baselines/gpu/vruntime_order.ts";
import type { KnobValues } from "../../baselines/knobs.ts";
import { findArchitecture, switchNs } from "../../kernel/gpu/architecture.ts";
import { HOLD_IN_FLIGHT, HOLD_NONE, HOLD_REQUEST, NOTIFY_REQUESTS } from "../../kernel/gpu/decision.ts";
import { CRITICAL_IDLE, CRITICAL_WAITS, gpuView, make, type ViewedGroup } from "./gpu_view.ts";

function first(entry: GpuEntry, groups = CRITICAL_IDLE, values: KnobValues = {}) {
  return make(entry, values).decide(gpuView(groups));
}

describe("whole requests in turn", () => {
  /** Groups in the order in which `entry` lets their requests go; every step finishes the one that was let go. */
  function order(entry: GpuEntry, critical: readonly boolean[], steps: readonly (readonly number[])[]): number[] {
    const heuristic = make(entry);
    const n = critical.length;
    const queued = new Array<number>(n).fill(0);
    const completed = new Array<number>(n).fill(0);
    const picked: number[] = [];
    let time = 0;
    let running = -1;
    const look = () => {
      const groups = critical.map((one, g) => ({ critical: one, queued: queued[g], completed: completed[g] }));
      const { hold, notify } = heuristic.decide(gpuView(groups, time));
      expect(notify).toBe(NOTIFY_REQUESTS);
      const free = [...hold].flatMap((one, g) => (one === HOLD_NONE || one === HOLD_IN_FLIGHT ? [g] : []));
      expect(free.length).toBeLessThanOrEqual(1);
      return free[0] ?? -1;
    };
    look();
    for (const joined of steps) {
      for (const g of joined) {
        time += 10_000;
        queued[g]++;
        running = look();
      }
      time += 1_000_000;
      look();
      if (running < 0) continue;
      picked.push(running);
      queued[running]--;
      completed[running]++;
      running = look();
    }
    return picked;
  }

  it("sequential takes critical requests first and the oldest of a class", () => {
    expect(order(sequential, [true, false, false], [[2, 1, 0], [0], [], [], []])).toEqual([2, 0, 0, 1]);
  });

  it("sequential takes best effort in the order of launch", () => {
    expect(order(sequential, [false, false, false], [[2, 0, 1, 2], [0], [], [], []])).toEqual([2, 0, 1, 2, 0]);
  });

  it("drm-fifo has given one more to the ring when a critical request comes", () => {
    expect(order(drmFifo, [true, false, false], [[2, 1, 0], [], []])).toEqual([2, 1, 0]);
  });

  it("drm-rr gives every client a turn, drm-fifo goes by age", () => {
    const steps = [[0, 0, 0, 0, 1, 2], [], [], [], [], []];
    expect(order(drmFifo, [false, false, false], steps)).toEqual([0, 0, 0, 0, 1, 2]);
    expect(order(drmRr, [false, false, false], steps)).toEqual([0, 0, 1, 2, 0, 0]);
  });

  it("drm-fair lets a group that waits for long run before one that has run", () => {
    const steps = [[0, 0, 0, 0, 0, 1, 1], [], [], [], [], [], []];
    const picked = order(drmFair, [false, false], steps);
    expect(picked.slice(0, 5).filter((group) => group === 1)).toHaveLength(2);
    expect(picked).toHaveLength(7);
  });

  it("drm-fair gives critical groups the greater part, and never all", () => {
    const full = Array.from({ length: 20 }, () => [0, 1]);
    const picked = order(drmFair, [true, false], [...Array.from({ length: 10 }, () => [0, 0, 0, 1]), ...full]);
    const critical = picked.filter((group) => group === 0).length;
    expect(critical).toBeGreaterThan(picked.length / 2);
    expect(picked).toContain(1);
  });

  it("holds a group behind its request again, and wakes up to do so", () => {
    const heuristic = make(sequential);
    heuristic.decide(gpuView(CRITICAL_IDLE));
    // Best effort was there first, and a request that was picked is not taken back.
    const turn = heuristic.decide(gpuView(CRITICAL_WAITS, 1000));
    expect([...turn.hold]).toEqual([HOLD_REQUEST, HOLD_NONE, HOLD_REQUEST]);
    expect(turn.wakeUp).toBe(2000);
    const again = heuristic.decide(gpuView(CRITICAL_WAITS, turn.wakeUp));
    expect([...again.hold]).toEqual([HOLD_REQUEST, HOLD_IN_FLIGHT, HOLD_REQUEST]);
    expect(again.wakeUp).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("virtual time of the fair DRM scheduler", () => {
  const MS = 1_000_000;

  function fair(critical: readonly number[]) {
    const jobs = new WaitingJobs(critical.length);
    const order = new VruntimeOrder(Uint8Array.from(critical));
    return {
      order,
      join(group: number) {
        jobs.push(group, 0);
        order.joined(group, jobs);
      },
      take(group: number) {
        jobs.shift(group);
        order.left(group, jobs);
      },
    };
  }

  it("runs 4 times as fast as time for critical groups and 128 times for others, once jobs are done and another is taken", () => {
    const { order, join, take } = fair([1, 0]);
    for (const group of [0, 1]) {
      for (let i = 0; i < 3; i++) join(group);
      const before = order.vruntime[group];
      take(group);
      expect(order.vruntime[group]).toBe(before);
      order.done(group, MS);
      take(group);
      expect(order.vruntime[group] - before).toBe(group === 0 ? 4 * MS : 128 * MS);
    }
  });

  it("puts a lower priority behind by the average length of jobs, a higher one just before", () => {
    const lower = fair([1, 0]);
    lower.order.done(0, 2 * MS);
    lower.join(0);
    lower.join(1);
    expect(lower.order.vruntime[1]).toBe((1 + 0 + 2000) * 1000 * 128);
    const higher = fair([1, 0]);
    higher.join(1);
    higher.join(0);
    expect(higher.order.vruntime[0]).toBe(-2);
  });

  it("favours the group with shorter jobs among equals", () => {
    const { order, join } = fair([0, 0, 0]);
    order.done(1, MS);
    order.done(2, 3 * MS);
    join(0);
    join(1);
    join(2);
    expect([...order.vruntime]).toEqual([0, -1, 0]);
  });

  it("keeps a group's distance from the first while it has nothing that waits", () => {
    const { order, join, take } = fair([0, 0]);
    order.vruntime.set([10 * MS, 4 * MS]);
    join(1);
    order.vruntime[1] = 4 * MS;
    join(0);
    order.vruntime[0] = 10 * MS;
    take(0);
    expect(order.vruntime[0]).toBe(6 * MS);
    order.vruntime[1] = 100 * MS;
    join(0);
    expect(order.vruntime[0]).toBe(106 * MS);
  });
});

describe("one request at a time by enable bits", () => {
  const cost = switchNs(findArchitecture("a100"));
  const two = (deadline0: number, deadline1: number, rest: ViewedGroup = {}): ViewedGroup[] => [
    { critical: true, queued: 1, headDeadline: deadline0, ...rest },
    { critical: true, queued: 1, headDeadline: deadline1, ...rest },
    { queued: 1 },
  ];

  it("enables all while nothing critical waits, or one of best effort", () => {
    for (const entry of [edf, leastLaxity]) {
      expect([...make(entry, { turns: 0 }).decide(gpuView(CRITICAL_IDLE)).enabled]).toEqual([1, 1, 1]);
      expect([...make(entry, { turns: 1 }).decide(gpuView(CRITICAL_IDLE)).enabled]).toEqual([1, 1, 0]);
    }
  });

  it("edf enables the nearest deadline", () => {
    expect([...first(edf, two(5e6, 4e6)).enabled]).toEqual([0, 1, 0]);
  });

  it("edf changes its mind only for more than a switch", () => {
    const heuristic = make(edf);
    heuristic.decide(gpuView(two(5e6, 6e6)));
    expect([...heuristic.decide(gpuView(two(5e6, 5e6 - cost), 1000)).enabled]).toEqual([1, 0, 0]);
    expect([...heuristic.decide(gpuView(two(5e6, 5e6 - cost - 1), 2000)).enabled]).toEqual([0, 1, 0]);
  });

  it("edf chooses anew behind every request", () => {
    const heuristic = make(edf);
    heuristic.decide(gpuView(two(5e6, 5.05e6)));
    const groups = two(5.06e6, 5.05e6);
    groups[0].completed = 1;
    expect([...heuristic.decide(gpuView(groups, 1000)).enabled]).toEqual([0, 1, 0]);
  });

  it("least-laxity counts what is left of a request", () => {
    const groups = two(5e6, 4.5e6);
    groups[0].headExpectedNs = 3e6;
    groups[1].headExpectedNs = 3e6;
    groups[1].headServedNs = 2e6;
    expect([...first(leastLaxity, groups).enabled]).toEqual([1, 0, 0]);
    expect([...first(edf, groups).enabled]).toEqual([0, 1, 0]);
  });
});
