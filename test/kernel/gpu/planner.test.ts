import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { HOLD_BLOCK, HOLD_IN_FLIGHT, HOLD_NONE } from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { GpuPlanner } from "../../../kernel/gpu/planner.ts";
import {
  BY_DISABLE,
  BY_GATE,
  BY_POLL,
  BY_TIMESLICE,
  createStance,
  type GpuStance,
  RELEASE_DONE,
  RELEASE_RESIDENT,
  RESERVE_HINT,
  RESERVE_LINGER,
  RESERVE_NONE,
  RESERVE_TIGHT,
  RESERVE_WIDE,
} from "../../../kernel/gpu/stance.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { ViewedGroup } from "../../baselines/gpu_view.ts";
import { randomScenario, started } from "./fixtures.ts";
import { BUSY, IDLE, MS, NEVER, planning, TWO, viewAt } from "./planning.ts";

/** Arrival statistics of group 0, the only critical group of two. */
const arrivals = (lastNs: number, gapNs: number, deviationNs: number, prepNs = 0): Partial<GpuView> => ({
  lastArrival: Float64Array.of(lastNs, -NEVER),
  gapNs: Float64Array.of(gapNs, 0),
  gapDeviationNs: Float64Array.of(deviationNs, 0),
  prepNs: Float64Array.of(prepNs, 0),
});

/** A request of group 0 of two is in preparation. */
const prepared = (readyNs: number): Partial<GpuView> => ({
  preparing: Int32Array.of(1, 0),
  nextReady: Float64Array.of(readyNs, NEVER),
});

describe("a hint", () => {
  const hinted = (change: (stance: GpuStance) => void = () => {}) =>
    planning(IDLE, (stance) => {
      stance.reserve.fill(RESERVE_HINT);
      change(stance);
    });
  const at = (time: number) => viewAt(time, IDLE, prepared(5 * MS));

  it.each([1, 0.5, 2])("keeps the GPU from %d leads before the launch, with a wake-up then", (times) => {
    const { planner, stance, plan } = hinted(({ lead }) => lead.fill(times));
    const { spin, wakeUp } = plan(at(0));
    const lead = times * planner.lead(at(0), stance);
    expect([spin[0], wakeUp]).toEqual([0, 5 * MS - lead]);
    expect(plan(at(wakeUp - 1)).spin[0]).toBe(0);
    expect(plan(at(wakeUp)).spin[0]).toBe(1);
    expect(plan(at(5 * MS + 10_000)).spin[0]).toBe(1);
  });

  it("ends with the launch; without requests nothing is kept and there is no wake-up", () => {
    const { plan } = hinted();
    expect(plan(at(5 * MS)).spin[0]).toBe(1);
    expect([...plan(viewAt(5 * MS, BUSY)).spin]).toEqual([0, 0]);
    const { spin, wakeUp } = plan(viewAt(6 * MS, IDLE));
    expect([spin[0], wakeUp]).toEqual([0, NEVER]);
  });

  it("takes best effort off by its means", () => {
    const kept = (means: number) => {
      const { enabled, hold } = hinted((stance) => stance.means.fill(means)).plan(at(5 * MS - 1000));
      return [enabled[1], hold[1]];
    };
    expect(kept(BY_TIMESLICE)).toEqual([1, HOLD_NONE]);
    expect(kept(BY_DISABLE)).toEqual([0, HOLD_NONE]);
    expect(kept(BY_GATE)).toEqual([1, HOLD_IN_FLIGHT]);
    expect(kept(BY_POLL)).toEqual([1, HOLD_BLOCK]);
  });

  it("does not keep other critical work waiting", () => {
    const { plan } = planning(TWO, ({ reserve }) => reserve.fill(RESERVE_HINT));
    const groups: readonly ViewedGroup[] = [{ critical: true }, { critical: true, queued: 1 }, { queued: 1 }];
    const other = { preparing: Int32Array.of(1, 0, 0), nextReady: Float64Array.of(MS, NEVER, NEVER) };
    expect([...plan(viewAt(MS, groups, other)).spin]).toEqual([0, 0, 0]);
  });

  it("has no effect for a group that reserves nothing", () => {
    const { plan } = planning(IDLE, ({ reserve }) => reserve.fill(RESERVE_NONE));
    for (const time of [0, 5 * MS]) expect([plan(at(time)).spin[0], plan(at(time)).wakeUp]).toEqual([0, NEVER]);
  });
});

describe("a prediction", () => {
  const expecting = (reserve: number) => planning(IDLE, (stance) => stance.reserve.fill(reserve));

  it("keeps the GPU from a lead before the next arrival of a periodic group, with a wake-up then", () => {
    const { planner, stance, plan } = expecting(RESERVE_TIGHT);
    const known = arrivals(MS, 10 * MS, 1000, 200_000);
    const at = (time: number) => viewAt(time, IDLE, known);
    const launch = 11 * MS + 200_000;
    const from = launch - planner.lead(at(0), stance) - 500;
    expect(plan(at(2 * MS))).toMatchObject({ wakeUp: from });
    expect(plan(at(from - 1)).spin[0]).toBe(0);
    const kept = plan(at(from));
    expect([kept.spin[0], kept.wakeUp]).toEqual([1, launch + 1000]);
    expect(plan(at(kept.wakeUp - 1)).spin[0]).toBe(1);
    const over = plan(at(kept.wakeUp));
    expect([over.spin[0], over.wakeUp]).toEqual([0, NEVER]);
  });

  it("leaves more margin on both sides when it is wide", () => {
    const known = arrivals(MS, 10 * MS, 100_000);
    const windows = [RESERVE_TIGHT, RESERVE_WIDE].map((reserve) => {
      const { plan } = expecting(reserve);
      const from = plan(viewAt(2 * MS, IDLE, known)).wakeUp;
      return { from, until: plan(viewAt(from, IDLE, known)).wakeUp };
    });
    const [tight, wide] = windows;
    expect(wide.from).toBeLessThan(tight.from);
    expect(wide.until).toBeGreaterThan(tight.until);
  });

  it("starts with the second arrival, and stops once a group has fallen silent", () => {
    const { plan } = expecting(RESERVE_WIDE);
    expect(plan(viewAt(MS, IDLE, arrivals(MS, 0, 0))).wakeUp).toBe(NEVER);
    // A group whose expected window would last for ever.
    const uneven = arrivals(0, 10 * MS, 100 * MS);
    expect(plan(viewAt(39 * MS, IDLE, uneven)).spin[0]).toBe(1);
    expect(plan(viewAt(41 * MS, IDLE, uneven)).spin[0]).toBe(0);
  });

  it("pauses while a request is in preparation, which is a hint as well", () => {
    const { planner, stance, plan } = expecting(RESERVE_WIDE);
    // By the arrivals so far, the next request could come at any time.
    const known = { ...arrivals(0, 5 * MS, 5 * MS, 4 * MS), ...prepared(9 * MS) };
    const { spin, wakeUp } = plan(viewAt(5 * MS, IDLE, known));
    expect([spin[0], wakeUp]).toEqual([0, 9 * MS - planner.lead(viewAt(0, IDLE), stance)]);
    expect(plan(viewAt(wakeUp, IDLE, known)).spin[0]).toBe(1);
  });

  it("removes most of the lateness of a periodic group without preparation", () => {
    const critical = clientOf(equalKernels(10, 100_000), {
      critical: true,
      arrivals: Float64Array.from({ length: 40 }, (_, i) => MS + 5 * MS * i),
    });
    const scenario = gpuScenario([critical, clientOf(equalKernels(100, 500_000))], {
      durationNs: 205 * MS,
      controlNs: 20_000,
    });
    const late = [RESERVE_HINT, RESERVE_TIGHT].map((reserve) => {
      const kernel = started(scenario);
      const { planner, stance } = planning(IDLE, (one) => {
        one.reserve.fill(reserve);
        one.means.fill(BY_DISABLE);
      });
      while (!kernel.done) kernel.decide(planner.plan(kernel.view, stance));
      return kernel.costs.lateness.reduce((sum, one) => sum + one, 0);
    });
    expect(late[1]).toBeLessThan(late[0] / 2);
  });
});

it("lingering keeps the GPU for eight leads after a request has ended", () => {
  const { planner, stance, plan } = planning(IDLE, ({ reserve }) => reserve.fill(RESERVE_LINGER));
  const at = (time: number) => viewAt(time, IDLE, { lastDone: Float64Array.of(MS, -NEVER) });
  const kept = plan(at(MS));
  expect([kept.spin[0], kept.wakeUp]).toEqual([1, MS + 8 * planner.lead(at(MS), stance)]);
  expect(plan(at(kept.wakeUp - 1)).spin[0]).toBe(1);
  const over = plan(at(kept.wakeUp));
  expect([over.spin[0], over.wakeUp]).toEqual([0, NEVER]);
  // No request has ended yet.
  expect(plan(viewAt(0, IDLE)).spin[0]).toBe(0);
});

describe("best effort comes back", () => {
  const released = (release: number, other: Partial<GpuView>) => {
    const { planner, stance, plan } = planning(BUSY, (one) => {
      one.release.fill(release);
      one.means.fill(BY_DISABLE);
    });
    const view = viewAt(MS, BUSY, other);
    const { enabled, wakeUp } = plan(view);
    return { back: enabled[1] === 1, looksAgain: wakeUp === MS + planner.lead(view, stance) };
  };

  it("as soon as critical work is on the GPU, looking again until it is", () => {
    expect(released(RELEASE_RESIDENT, { resident: 0 })).toEqual({ back: true, looksAgain: false });
    expect(released(RELEASE_RESIDENT, { resident: 1 })).toEqual({ back: false, looksAgain: true });
    expect(released(RELEASE_RESIDENT, { resident: 0, switching: true })).toEqual({ back: false, looksAgain: true });
  });

  it("or when critical work is done, which is an event", () => {
    for (const resident of [0, 1]) {
      expect(released(RELEASE_DONE, { resident })).toEqual({ back: false, looksAgain: false });
    }
    const { plan } = planning(BUSY, ({ means }) => means.fill(BY_DISABLE));
    expect(plan(viewAt(0, BUSY)).enabled[1]).toBe(0);
    expect(plan(viewAt(MS, IDLE)).enabled[1]).toBe(1);
  });

  it("not before the last of several critical groups is on the GPU", () => {
    const { plan } = planning(TWO, (stance) => {
      stance.release.fill(RELEASE_RESIDENT);
      stance.means.fill(BY_DISABLE);
    });
    const one = plan(viewAt(MS, TWO, { resident: 0 }));
    expect([one.enabled[2], one.wakeUp]).toEqual([0, NEVER]);
  });
});

describe("a plan", () => {
  /** Sets every field of every group at random. */
  function scrambleStance(stance: GpuStance, random: RandomStream): void {
    for (let g = 0; g < stance.means.length; g++) {
      stance.means[g] = random.integer(4);
      stance.mode[g] = random.integer(3);
      stance.sliceUs[g] = [1, 200, 1024][random.integer(3)];
      stance.turn[g] = random.integer(3);
      stance.reserve[g] = random.integer(5);
      stance.release[g] = random.integer(2);
      stance.lead[g] = [0.5, 1, 2][random.integer(3)];
      stance.order[g] = random.integer(3) - 1;
      stance.context[g] = random.integer(2);
    }
  }

  const step = (kernel: GpuKernel, planner: GpuPlanner, stance: GpuStance) => {
    const decision = planner.plan(kernel.view, stance);
    const copy = structuredClone(decision);
    kernel.decide(decision);
    return copy;
  };

  it("is always valid, wakes up later than now, and works to the end of the run", () => {
    for (let seed = 0; seed < 60; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const random = randomStream(seed, "test/planner");
      const planner = new GpuPlanner();
      const stance = createStance(kernel.view.critical);
      for (let i = 0; !kernel.done; i++) {
        if (i > 20_000) throw new Error(`seed ${seed}: no end in sight at ${kernel.time} ns`);
        if (i % 7 === 0) scrambleStance(stance, random);
        const now = kernel.time;
        const { wakeUp } = step(kernel, planner, stance);
        if (!(wakeUp > now)) throw new Error(`seed ${seed}: asked at ${now} ns to be woken at ${wakeUp} ns`);
      }
      kernel.checkInvariants();
    }
  });

  it("equals the plan of its fork, and neither disturbs the other", () => {
    for (let seed = 0; seed < 30; seed++) {
      const kernel = started(randomScenario(seed), seed);
      const random = randomStream(seed, "test/planner");
      const planner = new GpuPlanner();
      const stance = createStance(kernel.view.critical);
      scrambleStance(stance, random);
      for (let i = 0; i < 20 && !kernel.done; i++) step(kernel, planner, stance);
      const copies = { kernel: kernel.fork(), planner: planner.fork() };
      const own = Array.from({ length: 30 }, () => (kernel.done ? null : step(kernel, planner, stance)));
      const same = own.map(() => (copies.kernel.done ? null : step(copies.kernel, copies.planner, stance)));
      expect(same).toEqual(own);
    }
  });
});
