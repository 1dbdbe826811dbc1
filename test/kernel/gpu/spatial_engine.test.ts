import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientOf, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { CAPACITY } from "../../../kernel/gpu/co_run.ts";
import { launchNs } from "../../../kernel/gpu/cost.ts";
import {
  createDecision,
  type GpuDecision,
  HOLD_BLOCK,
  HOLD_IN_FLIGHT,
  HOLD_KERNEL,
  HOLD_NONE,
  HOLD_REQUEST,
  NOTIFY_KERNELS,
  NOTIFY_REQUESTS,
  SHARING_PARTITION,
  SHARING_SHARES,
  SHARING_STREAMS,
  SHARING_TIME_SLICE,
} from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { type GpuGroup, kernelSequence } from "../../../kernel/gpu/workload.ts";
import { hashKey, type RandomStream, randomStream } from "../../../kernel/random.ts";
import { HOST_NS, playUntil, scramble, started } from "./fixtures.ts";

const US = 1000;
const SEED = 3;

interface GroupOptions {
  /** Lengths of kernels, us. */
  us: number[];
  occupancy?: number;
  limit?: number;
  /** Arrivals, us. Default: a closed loop. */
  arrivals?: number[];
}

/** A critical group. */
function group({ us, occupancy = 1, limit = 1, arrivals }: GroupOptions): GpuGroup {
  const durations = us.map((each) => each * US);
  const sequence = kernelSequence("kernels", durations, {
    occupancy: us.map(() => occupancy),
    limit: us.map(() => limit),
  });
  return clientOf(sequence, {
    critical: true,
    arrivals: arrivals ? Float64Array.from(arrivals, (at) => at * US) : null,
  });
}

function streams(groups: GpuGroup[], durationUs: number): GpuKernel {
  const scenario = gpuScenario(groups, { durationNs: durationUs * US, controlNs: 5000 });
  return started({ ...scenario, workload: { ...scenario.workload, sharing: "streams" } }, SEED);
}

/** Runs to the end and checks that nothing was lost. */
function finished(kernel: GpuKernel, decision: GpuDecision): GpuKernel {
  while (!kernel.done) kernel.decide(decision);
  kernel.checkInvariants();
  return kernel;
}

function run(groups: GpuGroup[], durationUs: number, options: Partial<GpuDecision> = {}): GpuKernel {
  return finished(streams(groups, durationUs), { ...createDecision(groups.length), ...options });
}

/** Time from a request's arrival to its launch, ns. */
function launch(g: number, request = 0): number {
  return launchNs(hashKey(SEED, "gpu/launch"), g, request);
}

/** Latencies of the requests of group `g`, the only critical group, without the launch, ns. */
function withoutLaunch({ costs }: GpuKernel, g = 0): number[] {
  return costs.latencies.map((latency, i) => latency - launch(g, i));
}

/** The same latencies in a run in which group `g` is the critical one. */
function latenciesOf(g: number, groups: GpuGroup[], durationUs: number, options: Partial<GpuDecision> = {}): number[] {
  const only = groups.map((each, i) => ({ ...each, critical: i === g }));
  return withoutLaunch(run(only, durationUs, options), g);
}

describe("a GPU shared by space", () => {
  it("runs a group that is alone at full speed, as if it were shared by time", () => {
    const groups = [group({ us: [7, 50, 3], limit: 0, arrivals: [0, 100, 130, 500] })];
    const kernel = run(groups, 1000);
    expect(kernel.costs.latencies).toEqual(run(groups, 1000, { sharing: SHARING_TIME_SLICE }).costs.latencies);
    expect(kernel.ledger.busy).toBe(4 * 60 * US);
    expect(kernel.view.resident).toBe(-1);
    expect(kernel.view.switchNs).toBe(0);
  });

  it("acts as streams when the workload's clients are streams", () => {
    const groups = [group({ us: [100] }), group({ us: [30, 20] })];
    expect(run(groups, 3000).costs.latencies).toEqual(run(groups, 3000, { sharing: SHARING_STREAMS }).costs.latencies);
  });

  it("runs two kernels side by side at the speeds worked out by hand", () => {
    // The second request arrives `gap` after the first, which then has 300 us - gap left. Lengths 300 and 100 share 3 :
    // 1.
    const groups = [group({ us: [300], arrivals: [0] }), group({ us: [100], arrivals: [50] })];
    const gap = 50 * US + launch(1) - launch(0);
    const [first, second] = [0.75 * CAPACITY, 0.25 * CAPACITY];
    const together = Math.ceil((300 * US - gap) / first);
    const left = 100 * US - together * second;
    expect(Math.abs(latenciesOf(0, groups, 1000)[0] - (gap + together))).toBeLessThanOrEqual(1);
    expect(Math.abs(latenciesOf(1, groups, 1000)[0] - (together + Math.ceil(left)))).toBeLessThanOrEqual(1);
  });

  it("lets kernels that fit run beside each other without waiting", () => {
    const groups = [
      group({ us: [300], occupancy: 0.5, arrivals: [0] }),
      group({ us: [100], occupancy: 0.5, arrivals: [0] }),
    ];
    expect(latenciesOf(0, groups, 1000)).toEqual([300 * US]);
    expect(latenciesOf(1, groups, 1000)).toEqual([100 * US]);
  });

  it("slows a capped group by its cap, exactly", () => {
    const groups = [group({ us: [40, 60], arrivals: [0, 1000] }), group({ us: [50], occupancy: 0.125, arrivals: [0] })];
    const shares = { sharing: SHARING_SHARES, share: Float64Array.of(0.5, 0.25) };
    expect(latenciesOf(0, groups, 3000, shares)).toEqual([200 * US, 200 * US]);
    expect(latenciesOf(1, groups, 3000, shares)).toEqual([50 * US]);
  });

  it("gives every group of a partition a GPU of its own", () => {
    const first = group({ us: [40, 60, 20], arrivals: [0, 100, 900] });
    const alone = latenciesOf(0, [first], 4000, { sharing: SHARING_PARTITION, share: Float64Array.of(0.25) });
    expect(alone[0]).toBe(480 * US);
    const others = [group({ us: [30], limit: 0 }), group({ us: [500, 5], occupancy: 0.3 })];
    const beside = latenciesOf(0, [first, ...others], 4000, {
      sharing: SHARING_PARTITION,
      share: Float64Array.of(0.25, 0.5, 0.25),
    });
    expect(beside).toEqual(alone);
  });

  it("refuses a partition of more than the whole", () => {
    const kernel = streams([group({ us: [10] }), group({ us: [10] })], 100);
    const decision = { ...createDecision(2), sharing: SHARING_PARTITION };
    expect(() => kernel.decide(decision)).toThrow("shares of a partition must add up to at most 1, got 2");
  });

  it("counts each time once: busy if any kernel runs, else spinning or idle", () => {
    const groups = [
      group({ us: [100], occupancy: 0.5, arrivals: [0] }),
      group({ us: [100], occupancy: 0.5, arrivals: [0] }),
    ];
    const busy = 100 * US + Math.abs(launch(0) - launch(1));
    const { ledger } = run(groups, 1000);
    expect([ledger.busy, ledger.idle, ledger.spin]).toEqual([busy, 1000 * US - busy, 0]);
    const spinning = run(groups, 1000, { spin: Uint8Array.of(1, 0) });
    expect([spinning.ledger.busy, spinning.ledger.idle, spinning.ledger.spin]).toEqual([busy, 0, 1000 * US - busy]);
  });
});

describe("a group that is held or disabled", () => {
  /** Runs one group until `until`, ns from the launch of the first request, with another decision from `at` on. */
  function interrupted(at: number, until: number, change: (decision: GpuDecision) => void): GpuKernel {
    const kernel = streams([group({ us: [100, 200], arrivals: [0] })], 2000);
    const decision = createDecision(1);
    playUntil(kernel, decision, launch(0) + at);
    change(decision);
    decision.wakeUp = launch(0) + until;
    kernel.decide(decision);
    decision.reset[0] = 0;
    playUntil(kernel, decision, launch(0) + until);
    decision.hold[0] = HOLD_NONE;
    decision.enabled[0] = 1;
    return finished(kernel, decision);
  }

  it("finishes its kernel, its kernels in flight or its request, depending on the hold", () => {
    const hold = (level: number) =>
      withoutLaunch(
        interrupted(50 * US, 600 * US, ({ hold }) => {
          hold[0] = level;
        }),
      );
    expect(hold(HOLD_KERNEL)).toEqual([800 * US + HOST_NS]);
    expect(hold(HOLD_IN_FLIGHT)).toEqual([300 * US]);
    expect(hold(HOLD_REQUEST)).toEqual([300 * US]);
  });

  it("finishes even if it is held at the very end of its request", () => {
    const held = interrupted(300 * US, 600 * US, ({ hold }) => {
      hold[0] = HOLD_KERNEL;
    });
    expect(withoutLaunch(held)).toEqual([300 * US]);
  });

  it("finishes its kernel when it is disabled, gently or not, because nothing preempts a stream", () => {
    const disable = (gentle: number) =>
      withoutLaunch(
        interrupted(20 * US, 600 * US, (decision) => {
          decision.enabled[0] = 0;
          decision.gentle[0] = gentle;
        }),
      )[0];
    // Control operations take a while: the disabling one ends within the first kernel, the enabling one after 600 us.
    expect(disable(0)).toBeGreaterThanOrEqual(600 * US + 200 * US);
    expect(disable(0)).toBeLessThan(600 * US + 200 * US + 11 * US);
    expect(disable(1)).toBe(disable(0));
  });

  it("continues at the kernel it was held behind, not at one that left", () => {
    // With half of the GPU, every second kernel takes twice as long.
    const us = [30, ...new Array<number>(11).fill(3)];
    const sequence = kernelSequence(
      "uneven",
      us.map((each) => each * US),
      { occupancy: us.map((_, i) => (i % 2 === 0 ? 1 : 0.25)) },
    );
    for (const hold of [HOLD_KERNEL, HOLD_BLOCK]) {
      const kernel = streams([clientOf(sequence, { arrivals: Float64Array.of(0) })], 1000);
      const decision = { ...createDecision(1), sharing: SHARING_PARTITION, share: Float64Array.of(0.5) };
      playUntil(kernel, decision, launch(0) + 20 * US);
      decision.hold[0] = hold;
      playUntil(kernel, decision, 500 * US);
      // Eleven kernels leave in 2 us of work each: the long one, seven behind it, and 1 us of an eighth.
      expect(kernel.ledger.draining).toBe(22 * US);
      expect(kernel.ledger.busy).toBe((60 + 4 * 3 + 3 * 6 + 2) * US);
      decision.hold[0] = HOLD_NONE;
      finished(kernel, decision);
      expect(kernel.view.completed[0]).toBe(1);
      expect(kernel.ledger.busy).toBe((92 + 6 * 3 + 5 * 6) * US);
    }
  });

  it("runs its kernel again after a reset", () => {
    const reset = interrupted(150 * US, 151 * US, (decision) => {
      decision.reset[0] = 1;
    });
    expect(reset.ledger.wasted).toBeGreaterThan(50 * US);
    expect(reset.ledger.busy).toBe(300 * US + reset.ledger.wasted);
  });
});

/** A few random groups of any kind. */
function drawGroups(random: RandomStream): GpuGroup[] {
  return Array.from({ length: 1 + random.integer(5) }, () =>
    group({
      us: Array.from({ length: 1 + random.integer(6) }, () => random.uniform(0.001, 200)),
      occupancy: random.uniform(0.05, 1.3),
      limit: random.integer(3) - 1,
      ...(random.next() < 0.5 && {
        arrivals: Array.from({ length: 20 }, () => Math.round(random.uniform(0, 9000))).sort((a, b) => a - b),
      }),
    }),
  );
}

function stateOf(kernel: GpuKernel): unknown {
  const { time, cost, ledger, view, events } = kernel;
  return structuredClone({ time, cost, ledger: { ...ledger }, view, events, latencies: kernel.costs.latencies });
}

describe("any run side by side", () => {
  const seeds = fc.integer({ min: 0, max: 1e9 });
  const sharings = fc.constantFrom(SHARING_STREAMS, SHARING_SHARES, SHARING_PARTITION);

  it("conserves time and requests under any decisions, and a fork continues the same way", () => {
    fc.assert(
      fc.property(seeds, sharings, (seed, sharing) => {
        const random = randomStream(seed, "test/spatial");
        const groups = drawGroups(random);
        let kernel = streams(groups, 10_000);
        let copy: GpuKernel | null = null;
        const decision = { ...createDecision(groups.length), sharing };
        decision.share.fill(1 / groups.length);
        const forkAt = random.uniform(0, 9e6);
        while (!kernel.done) {
          scramble(decision, random, kernel.time);
          kernel.decide(decision);
          copy?.decide(decision);
          kernel.checkInvariants();
          if (copy === null && kernel.time > forkAt && !kernel.done) {
            // The copy replaces the original.
            copy = kernel;
            kernel = kernel.fork();
          }
        }
        expect(stateOf(kernel)).toEqual(stateOf(copy ?? kernel));
      }),
      { numRuns: 60 },
    );
  });

  it("does not change with additional decision points", () => {
    fc.assert(
      fc.property(seeds, sharings, (seed, sharing) => {
        const random = randomStream(seed, "test/spatial");
        const groups = drawGroups(random);
        const share = new Float64Array(groups.length).fill(1 / groups.length);
        const seldom = run(groups, 10_000, { sharing, share });
        const kernel = streams(groups, 10_000);
        const decision = { ...createDecision(groups.length), sharing, share, notify: NOTIFY_REQUESTS };
        while (!kernel.done) {
          decision.wakeUp = kernel.time + 1 + random.integer(40_000);
          decision.notify = random.integer(NOTIFY_KERNELS + 1);
          kernel.decide(decision);
        }
        expect(kernel.costs.latencies).toEqual(seldom.costs.latencies);
        expect({ ...kernel.ledger }).toEqual({ ...seldom.ledger });
      }),
      { numRuns: 40 },
    );
  });
});
