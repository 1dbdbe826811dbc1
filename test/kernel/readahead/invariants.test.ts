import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_READAHEAD } from "../../../kernel/readahead/decision.ts";
import { FAULT_CHARGES } from "../../../kernel/readahead/fault_ledger.ts";
import { ReadaheadKernel } from "../../../kernel/readahead/readahead.ts";
import { MIN_FRAMES } from "../../../kernel/readahead/scenario.ts";
import { CACHED, MAPPED, type ReadaheadView, SWAPPED } from "../../../kernel/readahead/view.ts";
import { anyScenario, randomPolicy, run, snapshot } from "./fixtures.ts";

const RUNS = { numRuns: 100 };
const anySeed = fc.nat(2 ** 30);

/** Throws unless `law` holds. `expect` is too slow for a check of every page after every decision. */
function ensure(law: boolean, what: string): void {
  if (!law) throw new Error(what);
}

/** Checks every law that must hold between two decisions. */
function checkAll(kernel: ReadaheadKernel): void {
  kernel.checkInvariants();
  const { view, scenario } = kernel;
  const { state, slotOf, ownerOf, counters } = view;
  let used = 0;
  let live = 0;
  for (let page = 0; page < state.length; page++) {
    ensure(state[page] <= CACHED, `page ${page} is in state ${state[page]}`);
    if (state[page] === MAPPED || state[page] === CACHED) used++;
    if (state[page] === CACHED) live++;
    if (state[page] === SWAPPED) ensure(ownerOf[slotOf[page]] === page, `the slot of page ${page} is another's`);
  }
  ensure(used <= scenario.frames, `${used} of ${scenario.frames} frames are used`);
  ensure(ownerOf[0] < 0, "slot 0 is used");
  const { ra_issued, ra_hit, ra_waste, ra_late, markers, zero_fills, major_faults } = counters;
  ensure(
    ra_issued === ra_hit + ra_waste + live,
    `${ra_issued} issued, ${ra_hit} hit, ${ra_waste} wasted, ${live} live`,
  );
  ensure(ra_late <= ra_hit && markers <= ra_hit, `${ra_late} late, ${markers} marked of ${ra_hit} hits`);
  // The fault under way is counted, but its access is not done yet.
  const faults = zero_fills + major_faults + ra_hit;
  ensure(faults <= kernel.position + (kernel.done ? 0 : 1), `${faults} faults in ${kernel.position} accesses`);
  ensure(view.log.length === major_faults + ra_hit, `the log has ${view.log.length} swap faults`);
  for (const hits of view.vmaHits) ensure(hits >= 0 && hits <= 63, `a VMA has ${hits} hits`);
  for (const averages of [view.accuracy, view.pcAccuracy, [view.shortRefaults]]) {
    for (const average of averages) ensure(average >= 0 && average <= 1, `an average of 0 and 1 is ${average}`);
  }
}

describe("the swap-in path under random decisions", () => {
  it("keeps every conservation law after every decision", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        run(scenario, randomPolicy(seed), checkAll, seed);
      }),
      RUNS,
    );
  });

  it("keeps them in the fewest frames too, when every thread reads as much as it may", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const greedy = randomPolicy(seed);
        const policy = {
          ...greedy,
          decide: (view: ReadaheadView) => {
            const decision = greedy.decide(view);
            decision.count = 0;
            for (let i = 0; i < view.pages && decision.count < MAX_READAHEAD; i++) {
              const page = (view.page + i) % view.pages;
              if (view.state[page] === SWAPPED && page !== view.page) decision.pages[decision.count++] = page;
            }
            return Object.assign(decision, { before: 0, marker: decision.count > 0 ? 0 : -1 });
          },
        };
        run({ ...scenario, frames: MIN_FRAMES }, policy, (kernel) => kernel.checkInvariants(), seed);
      }),
      RUNS,
    );
  });

  it("charges all time by name: no charge is negative, and the charges add up to the clocks", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const kernel = run(scenario, randomPolicy(seed));
        const { metrics, charges } = chargesOf(kernel);
        for (const [name, us] of Object.entries(charges)) ensure(us >= 0, `${us} us are charged to ${name}`);
        const sum = Object.values(charges).reduce((total, us) => total + us, 0);
        expect(sum).toBeCloseTo(kernel.clock, 4);
        expect(metrics.stall_us).toBeCloseTo(sum - charges.compute - charges.zero_fill, 4);
        expect(charges.compute).toBeCloseTo(computeOf(kernel), 4);
        expect(metrics.inflicted_us).toBeGreaterThanOrEqual(0);
        expect(metrics.cost_us).toBe(metrics.stall_us + metrics.inflicted_us);
      }),
      RUNS,
    );
  });

  it("does every access once, and reports the accesses and the cost of each decision", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const kernel = new ReadaheadKernel();
        kernel.reset(scenario, seed);
        const policy = randomPolicy(seed);
        let accesses = kernel.position;
        let cost = kernel.cost;
        let decisions = 0;
        while (!kernel.done) {
          const outcome = kernel.decide(policy.decide(kernel.view));
          accesses += outcome.accesses;
          cost += outcome.cost;
          decisions++;
        }
        expect(accesses).toBe(kernel.position);
        expect(cost).toBeCloseTo(kernel.cost, 4);
        expect(kernel.view.counters.decisions).toBe(decisions);
        expect(kernel.position).toBe(scenario.workload.threads.reduce((sum, { page }) => sum + page.length, 0));
        expect(kernel.view.counters.zero_fills).toBe(scenario.workload.footprint);
        for (const [i, { page }] of scenario.workload.threads.entries())
          expect(kernel.threadPosition(i)).toBe(page.length);
      }),
      RUNS,
    );
  });

  it("has decision points in the order of each thread's accesses", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const { threads } = scenario.workload;
        const last = threads.map(() => -1);
        run(scenario, randomPolicy(seed), (kernel) => {
          if (kernel.done) return;
          const { thread, page, pc, write } = kernel.view;
          const at = kernel.threadPosition(thread);
          ensure(at > last[thread], `thread ${thread} went from access ${last[thread]} to ${at}`);
          last[thread] = at;
          const stream = threads[thread];
          ensure(stream.page[at] === page && stream.pc[at] === pc, `access ${at} of thread ${thread} is another`);
          ensure((stream.write[at] === 1) === write, `access ${at} of thread ${thread} writes: ${write}`);
        });
      }),
      RUNS,
    );
  });

  it("has decision points in the order of time, whichever thread faults", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        let time = 0;
        run(scenario, randomPolicy(seed), (kernel) => {
          if (kernel.done) return;
          ensure(kernel.view.time >= time, `asked at ${kernel.view.time} us after ${time} us`);
          time = kernel.view.time;
        });
      }),
      RUNS,
    );
  });

  it("reports pressure between none and all of the time", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const { psi_some_avg10, psi_some_share } = run(scenario, randomPolicy(seed)).metrics();
        expect(psi_some_share).toBeGreaterThanOrEqual(0);
        expect(psi_some_share).toBeLessThanOrEqual(1 + 1e-9);
        expect(psi_some_avg10).toBeGreaterThanOrEqual(0);
        expect(psi_some_avg10).toBeLessThanOrEqual(100);
      }),
      RUNS,
    );
  });

  it("repeats itself bit for bit", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        const first = snapshot(run(scenario, randomPolicy(seed), undefined, seed));
        expect(snapshot(run(scenario, randomPolicy(seed), undefined, seed))).toEqual(first);
      }),
      { numRuns: 50 },
    );
  });

  it("forks into copies that continue alike and do not disturb one another", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, fc.nat(60), (scenario, seed, steps) => {
        const kernel = new ReadaheadKernel();
        kernel.reset(scenario, seed);
        const policy = randomPolicy(seed);
        for (let i = 0; i < steps && !kernel.done; i++) kernel.decide(policy.decide(kernel.view));
        const copy = kernel.fork();
        const other = kernel.fork();
        const before = snapshot(kernel);
        expect(snapshot(copy)).toEqual(before);
        const finish = (fork: ReadaheadKernel, policySeed: number) => {
          const rest = randomPolicy(policySeed);
          while (!fork.done) {
            fork.decide(rest.decide(fork.view));
            fork.checkInvariants();
          }
          return snapshot(fork);
        };
        finish(other, seed + 1);
        expect(snapshot(kernel)).toEqual(before);
        const ofCopy = finish(copy, seed + 2);
        expect(snapshot(kernel)).toEqual(before);
        expect(finish(kernel, seed + 2)).toEqual(ofCopy);
      }),
      { numRuns: 30 },
    );
  });
});

function chargesOf(kernel: ReadaheadKernel) {
  const metrics = kernel.metrics();
  const charges = Object.fromEntries(FAULT_CHARGES.map((name) => [name, metrics[`${name}_us`]]));
  return { metrics, charges };
}

/** Returns the time that the program computes, us. */
function computeOf({ scenario }: ReadaheadKernel): number {
  let ns = 0;
  for (const { computeNs } of scenario.workload.threads) for (const part of computeNs) ns += part;
  return ns / 1000;
}
