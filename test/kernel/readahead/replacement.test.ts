import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterTuned } from "../../../baselines/readahead/cluster.ts";
import { minLoads } from "../../../baselines/readahead/min_loads.ts";
import { none } from "../../../baselines/readahead/none.ts";
import type { ReadaheadHeuristic } from "../../../baselines/readahead/types.ts";
import { vmaTuned } from "../../../baselines/readahead/vma.ts";
import type { ReadaheadScenario } from "../../../kernel/readahead/scenario.ts";
import { MAPPED } from "../../../kernel/readahead/view.ts";
import { anyScenario, randomPolicy, run, scenarioOf, snapshot, workloadOf } from "./fixtures.ts";
import { PlainLru } from "./plain_lru.ts";

const RUNS = { numRuns: 100 };
const anySeed = fc.nat(2 ** 30);

const nothing = () => none.create({});

/** A scenario with one thread, so that the order of all accesses is that of the workload. */
const oneThread = anyScenario.map((scenario) => ({
  ...scenario,
  workload: { ...scenario.workload, threads: scenario.workload.threads.slice(0, 1) },
}));

const singleList = oneThread.map((scenario) => ({ ...scenario, singleList: true }));

const pagesOf = ({ workload }: ReadaheadScenario) => workload.threads[0].page;

/** Random decisions without quiet periods, so that the policy sees every major fault. */
function outspoken(seed: number): ReadaheadHeuristic {
  const policy = randomPolicy(seed);
  return { ...policy, decide: (view) => Object.assign(policy.decide(view), { quiet: 0 }) };
}

describe("without readahead", () => {
  it("nothing is read ahead, hit or wasted", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const { ra_issued, ra_hit, ra_waste, markers } = run(scenario, nothing()).view.counters;
        expect([ra_issued, ra_hit, ra_waste, markers]).toEqual([0, 0, 0, 0]);
      }),
      RUNS,
    );
  });

  it("a page cluster of 0 makes Linux's two algorithms the same", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        // Heuristics are charged for deciding, so the third policy is one that reads nothing for other reasons.
        const [byVma, bySlot] = [vmaTuned, clusterTuned].map((entry) => entry.create({ pageCluster: 0 }));
        const first = run(scenario, byVma);
        expect(first.view.counters.ra_issued).toBe(0);
        expect(snapshot(run(scenario, bySlot))).toEqual(snapshot(first));
      }),
      { numRuns: 40 },
    );
  });

  it("one list holds exactly the pages that plain LRU holds, at every fault", () => {
    fc.assert(
      fc.property(singleList, (scenario) => {
        const lru = new PlainLru(scenario.frames);
        const page = pagesOf(scenario);
        let done = 0;
        run(scenario, nothing(), ({ view, position }) => {
          for (; done < position; done++) lru.access(page[done]);
          view.state.forEach((state, p) => {
            if ((state === MAPPED) !== lru.has(p)) throw new Error(`page ${p} is in state ${state} at ${position}`);
          });
        });
      }),
      RUNS,
    );
  });

  it("one list never faults more often with more frames", () => {
    fc.assert(
      fc.property(singleList, fc.integer({ min: 1, max: 100 }), (scenario, more) => {
        const few = run(scenario, nothing()).view.counters.major_faults;
        const many = run({ ...scenario, frames: scenario.frames + more }, nothing()).view.counters.major_faults;
        expect(many).toBeLessThanOrEqual(few);
      }),
      RUNS,
    );
  });
});

describe("loads", () => {
  it("are never fewer than those of Belady's MIN, whatever is read ahead", () => {
    fc.assert(
      fc.property(oneThread, anySeed, (scenario, seed) => {
        const { loads } = minLoads(pagesOf(scenario), scenario.workload.pages, scenario.frames);
        for (const policy of [nothing(), randomPolicy(seed)]) {
          const { major_faults, ra_issued } = run(scenario, policy).view.counters;
          expect(major_faults + ra_issued).toBeGreaterThanOrEqual(loads);
        }
      }),
      RUNS,
    );
  });
});

describe("pollution", () => {
  it("is zero if nothing is read ahead and memory is plain LRU itself", () => {
    fc.assert(
      fc.property(singleList, (scenario) => {
        expect(run({ ...scenario, countPollution: true }, nothing()).metrics().pollution_majors).toBe(0);
      }),
      RUNS,
    );
  });

  it("counts major faults on pages that plain LRU with as many frames would hold", () => {
    fc.assert(
      fc.property(oneThread, anySeed, (scenario, seed) => {
        const lru = new PlainLru(scenario.frames);
        const page = pagesOf(scenario);
        let done = 0;
        let pollution = 0;
        const kernel = run(
          { ...scenario, countPollution: true },
          outspoken(seed),
          ({ view, position, done: ended }) => {
            for (; done < position; done++) lru.access(page[done]);
            if (!ended && view.kind === "fault" && lru.has(view.page)) pollution++;
          },
        );
        expect(kernel.metrics().pollution_majors).toBe(pollution);
      }),
      RUNS,
    );
  });

  it("appears when useless pages push out pages in use", () => {
    const hot = Array.from({ length: 60 }, (_, i) => i);
    const cold = Array.from({ length: 600 }, (_, i) => 60 + i);
    const rounds = Array.from({ length: 40 }, (_, i) => [...hot, 60 + ((7 * i) % 600)]).flat();
    const workload = workloadOf([[...hot, ...cold, ...rounds]]);
    const scenario = scenarioOf(workload, { frames: 80, countPollution: true });
    const useless: ReadaheadHeuristic = { ...vmaTuned.create({ pageCluster: 5 }), ...everything() };
    const polluted = run(scenario, useless).metrics();
    expect(polluted.pollution_majors).toBeGreaterThan(run(scenario, nothing()).metrics().pollution_majors);
    expect(polluted.major_faults).toBeGreaterThan(run(scenario, nothing()).metrics().major_faults);
  });
});

/** Reads 32 pages far from the fault. */
function everything(): ReadaheadHeuristic {
  const decision = {
    ...none.create({}).decide({} as never),
    pages: new Int32Array(64),
  };
  return {
    name: "everything",
    reset() {},
    decide({ page, pages }) {
      decision.count = 32;
      for (let i = 0; i < 32; i++) decision.pages[i] = (page + 200 + i) % pages;
      return decision;
    },
  };
}
