import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, jitteredArrivals, runGpu } from "../../../harness/scenarios/gpu.ts";
import { lonelyQueue, roundRobinDelay } from "../../../harness/validate/gpu_closed_forms.ts";
import { findArchitecture, INSTRUCTION, WAIT_FOR_IDLE } from "../../../kernel/gpu/architecture.ts";
import { createDecision } from "../../../kernel/gpu/decision.ts";
import { entriesOf, LOW, MEDIUM } from "../../../kernel/gpu/interleave.ts";
import { encodeTimeslice } from "../../../kernel/gpu/timeslice.ts";
import { kernelSequence } from "../../../kernel/gpu/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { started } from "./fixtures.ts";

/** Time between two samples of the GPU's state, ns. */
const LOOK = 5000;
/** Longest kernel of `busyGroups`, ns. */
const LONGEST = 400_000;

/** Best-effort groups that always have work, with settings drawn from `seed`, sampled every `LOOK`. */
function* watched(seed: number) {
  const random = randomStream(seed, "test/turns");
  const count = 2 + random.integer(4);
  const groups = Array.from({ length: count }, () =>
    clientOf(
      kernelSequence(
        "busy",
        Array.from({ length: 400 }, () => 1 + random.integer(LONGEST)),
      ),
    ),
  );
  const scenario = gpuScenario(groups, { durationNs: 6e7, architecture: "rtx3080" });
  const kernel = started(scenario, seed);
  const decision = createDecision(count);
  for (let g = 0; g < count; g++) {
    decision.sliceUs[g] = [1, 200, 1024, 2600][random.integer(4)];
    decision.interleave[g] = random.integer(3);
    decision.mode[g] = random.integer(3);
  }
  while (!kernel.done) {
    decision.wakeUp = kernel.time + LOOK;
    kernel.decide(decision);
    yield { kernel, decision };
  }
}

/** Longest time until a group leaves after its timeslice is over. */
const drainOf = (mode: number) => (mode === INSTRUCTION ? 0 : LONGEST);

describe("groups that always have work", () => {
  it("keep the GPU for at most a timeslice and the wait of a preemption", () => {
    for (let seed = 0; seed < 30; seed++) {
      let holder = -1;
      let since = 0;
      let excess = 0;
      for (const { kernel, decision } of watched(seed)) {
        const { resident, time } = kernel.view;
        if (resident !== holder) {
          holder = resident;
          since = time;
        }
        if (holder < 0) continue;
        const { trapNs, saveNs, restoreNs, baseNs } = kernel.scenario.architecture;
        // High groups follow themselves in the list when all entries between are of their level.
        const turns = decision.interleave.filter((level) => level === LOW).length === 1 ? 2 : 1;
        const slice = encodeTimeslice(decision.sliceUs[holder]) * 1000;
        const leaving = drainOf(decision.mode[holder]) + trapNs + saveNs + baseNs + restoreNs;
        excess = Math.max(excess, time - since - turns * (slice + leaving) - LOOK);
      }
      expect(excess).toBe(0);
    }
  });

  it("each get their turn within one round of the list", () => {
    for (let seed = 0; seed < 30; seed++) {
      let last: Float64Array | null = null;
      let served: number[] = [];
      let excess = 0;
      for (const { kernel, decision } of watched(seed)) {
        const { view } = kernel;
        const { trapNs, saveNs, restoreNs, baseNs } = kernel.scenario.architecture;
        last ??= new Float64Array(view.groups);
        const levels = [...decision.interleave];
        const low = levels.filter((level) => level === LOW).length;
        const medium = levels.filter((level) => level === MEDIUM).length;
        let round = 0;
        for (let g = 0; g < view.groups; g++) {
          const turn = 1000 * decision.sliceUs[g] + drainOf(decision.mode[g]) + trapNs + saveNs + baseNs + restoreNs;
          round += entriesOf(levels[g], low, medium) * turn;
        }
        const listed = (g: number) => levels[g] < 2 || low + medium > 0 || levels.every((level) => level === 2);
        for (let g = 0; g < view.groups; g++) {
          if (view.servedNs[g] !== (served[g] ?? 0)) last[g] = view.time;
          if (listed(g)) excess = Math.max(excess, view.time - last[g] - round - 2 * LOOK);
        }
        served = [...view.servedNs];
      }
      expect(excess).toBe(0);
    }
  });

  it("share the GPU in proportion to their timeslices when switches cost little", () => {
    const groups = [1, 2, 3].map(() => clientOf(equalKernels(1000, 1_000_000)));
    const { view } = runGpu(gpuScenario(groups, { architecture: "v100" }), (decision) => {
      decision.sliceUs.set([2048, 4096, 8192]);
    });
    expect(view.servedNs[1] / view.servedNs[0]).toBeCloseTo(2, 1);
    expect(view.servedNs[2] / view.servedNs[0]).toBeCloseTo(4, 1);
  });
});

it("timeslices shorter than the warm-up of caches still get work done", () => {
  const groups = [1, 2].map(() => clientOf(equalKernels(100, 1_000_000)));
  for (const coldNs of [0, 20_000, 20_500]) {
    const { ledger, view } = runGpu(gpuScenario(groups, { durationNs: 1e8, coldNs }), (decision) => {
      decision.sliceUs.fill(1);
    });
    expect(ledger.busy).toBeGreaterThan(990 * view.switches);
    expect(view.switches).toBeGreaterThan(500);
  }
});

describe("closed forms", () => {
  it.each([
    [5000, 1, "v100"],
    [2800, 1, "a100"],
    [2800, 2, "v100"],
    [5000, 3, "v100"],
  ] as const)("round robin: %i us beside %i groups on %s", (serviceUs, others, architecture) => {
    const { simulated, expected } = roundRobinDelay(serviceUs, others, architecture);
    expect(Math.abs(simulated / expected - 1)).toBeLessThan(0.02);
  });

  it.each([0.3, 0.6])(
    "the queue of one group with Poisson arrivals at load %d waits as long as M/D/1 predicts",
    (load) => {
      const { simulated, expected } = lonelyQueue(load);
      expect(Math.abs(simulated / expected - 1)).toBeLessThan(0.02);
    },
  );

  it("a critical group that needs more than its turns falls behind for ever", () => {
    const arrivals = jitteredArrivals(1e7, 2e9, 1);
    const critical = clientOf(equalKernels(28, 100_000), { critical: true, arrivals });
    const busy = Array.from({ length: 4 }, () => clientOf(equalKernels(100_000, 100_000)));
    const { view } = runGpu(gpuScenario([critical, ...busy], { durationNs: 2e9 }));
    expect(view.queued[0]).toBeGreaterThan(0.2 * view.arrived[0]);
  });
});

it("a preempted kernel in wait-for-idle keeps its group until it ends, and the next timeslice starts after it", () => {
  const groups = [1, 2].map(() => clientOf(equalKernels(10, 3_000_000)));
  const { ledger, view } = runGpu(gpuScenario(groups, { durationNs: 1e9 }), (decision) => {
    decision.mode.fill(WAIT_FOR_IDLE);
  });
  // One kernel of 3 ms per turn of 1.024 ms.
  expect(view.switches).toBeGreaterThan(ledger.busy / 3_000_000 - 20);
  expect(ledger.switching).toBe(view.switches * findArchitecture("a100").baseNs);
});
