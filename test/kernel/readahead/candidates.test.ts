import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEURISTIC_US } from "../../../baselines/readahead/heuristic_decision.ts";
import tuned from "../../../baselines/readahead/tuned.json" with { type: "json" };
import type { ReadaheadHeuristic } from "../../../baselines/readahead/types.ts";
import { vma } from "../../../baselines/readahead/vma.ts";
import { randomStream } from "../../../kernel/random.ts";
import {
  CANDIDATES,
  Candidates,
  FEATURE,
  FEATURES,
  HISTORY_RULE,
  QUIET,
} from "../../../kernel/readahead/candidates.ts";
import { assertDecision } from "../../../kernel/readahead/decision.ts";
import { GHOST, GHOSTS, Predictors } from "../../../kernel/readahead/predictors.ts";
import { ReadaheadKernel } from "../../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../../kernel/readahead/scenario.ts";
import { SwapLog } from "../../../kernel/readahead/swap_log.ts";
import { SWAPPED } from "../../../kernel/readahead/view.ts";
import { anyScenario, run } from "./fixtures.ts";

const RUNS = { numRuns: 60 };
const anySeed = fc.nat(2 ** 30);

/** Chooses among the allowed candidates at random. Calls `check` at each decision point. */
function chooser(candidates: Candidates, seed: number, check: () => void = () => {}): ReadaheadHeuristic {
  const random = randomStream(seed, "test/candidates");
  return {
    name: "chooser",
    reset() {},
    decide(view) {
      candidates.update(view);
      check();
      let choice = random.integer(CANDIDATES.length);
      while (candidates.mask[choice] === 0) choice = (choice + 1) % CANDIDATES.length;
      return candidates.decision(choice);
    },
  };
}

/**
 * Plays a whole scenario at random. At each decision point it calls the check that `checkOf` makes for the candidates.
 */
function playAtRandom(
  scenario: ReadaheadScenario,
  seed: number,
  checkOf: (candidates: Candidates, kernel: ReadaheadKernel) => () => void,
) {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, seed);
  const candidates = new Candidates(kernel.view);
  const policy = chooser(candidates, seed, checkOf(candidates, kernel));
  while (!kernel.done) kernel.decide(policy.decide(kernel.view));
  kernel.checkInvariants();
}

describe("the page sets", () => {
  it("name only pages on the device, mask the sets that read nothing, and have finite features", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        playAtRandom(scenario, seed, (candidates, kernel) => () => {
          const { features, mask } = candidates;
          for (const feature of features) if (!Number.isFinite(feature)) throw new Error(`a feature is ${feature}`);
          for (let i = 0; i < CANDIDATES.length; i++) {
            const decision = candidates.decision(i);
            assertDecision(decision);
            const { source, size } = CANDIDATES[i];
            if (decision.count > Math.max(0, size))
              throw new Error(`${CANDIDATES[i].name} has ${decision.count} pages`);
            if ((mask[i] === 1) !== (source === "none" || decision.count > 0)) throw new Error(`mask of ${i}`);
            const pages = decision.pages.subarray(0, decision.count);
            if (new Set(pages).size !== pages.length) throw new Error(`${CANDIDATES[i].name} has a page twice`);
            for (const page of pages) {
              if (kernel.view.state[page] !== SWAPPED) throw new Error(`${CANDIDATES[i].name} reads page ${page}`);
            }
          }
        });
      }),
      RUNS,
    );
  });

  it("mark one of them as a global history buffer's choice: what followed last time, else the stock window", () => {
    const names = new Set<string>();
    fc.assert(
      fc.property(anyScenario, anySeed, (scenario, seed) => {
        playAtRandom(scenario, seed, (candidates) => () => {
          const chosen = CANDIDATES.flatMap(({ name }, i) =>
            candidates.features[i * FEATURES.length + FEATURE.ghbChoice] === 1
              ? [{ name, legal: candidates.mask[i] }]
              : [],
          );
          if (chosen.length !== 1 || chosen[0].legal !== 1) throw new Error(`chosen: ${JSON.stringify(chosen)}`);
          names.add(chosen[0].name);
        });
      }),
      RUNS,
    );
    expect([...names].sort()).toEqual(["none", "replay 4", "stock VMA window"]);
  });

  it("take the constants of the global history buffer from the tuned baseline", () => {
    const distance = (size: number) => Math.abs(Math.log(size / tuned.ghb.depth));
    const depths = CANDIDATES.filter(({ source }) => source === "replay").map(({ size }) => size);
    expect(HISTORY_RULE.depth).toBe(depths.reduce((best, size) => (distance(size) < distance(best) ? size : best)));
    expect(HISTORY_RULE.threshold).toBeCloseTo(tuned.ghb.threshold, 2);
  });

  it("continue alike after a fork", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, fc.nat(50), (scenario, seed, steps) => {
        const kernel = new ReadaheadKernel();
        kernel.reset(scenario, seed);
        const candidates = new Candidates(kernel.view);
        const policy = chooser(candidates, seed);
        for (let i = 0; i < steps && !kernel.done; i++) kernel.decide(policy.decide(kernel.view));
        const fork = kernel.fork();
        const copy = new Candidates(fork.view);
        copy.copyFrom(candidates);
        const first = chooser(candidates, seed + 1);
        const second = chooser(copy, seed + 1);
        while (!kernel.done) {
          kernel.decide(first.decide(kernel.view));
          fork.decide(second.decide(fork.view));
          if (copy.features.some((feature, i) => feature !== candidates.features[i]))
            throw new Error("features differ");
          if (copy.mask.some((allowed, i) => allowed !== candidates.mask[i])) throw new Error("masks differ");
        }
        expect(fork.metrics()).toEqual(kernel.metrics());
      }),
      RUNS,
    );
  });

  it("include what a stock kernel would read: a policy that always takes it costs what the stock rule costs", () => {
    const stock = CANDIDATES.findIndex(({ source }) => source === "stock");
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const probe = new ReadaheadKernel();
        probe.reset(scenario, 1);
        const candidates = new Candidates(probe.view);
        const taken = run(scenario, {
          name: "stock",
          reset() {},
          decide(view) {
            candidates.update(view);
            return Object.assign(candidates.decision(stock), { microseconds: HEURISTIC_US });
          },
        });
        expect(taken.metrics()).toEqual(run(scenario, vma.create({})).metrics());
      }),
      RUNS,
    );
  });

  it("have none first and the quiet candidate second", () => {
    expect(CANDIDATES[0]).toMatchObject({ name: "none", size: 0 });
    const scenario = fc.sample(anyScenario, { numRuns: 1, seed: 3 })[0];
    const kernel = new ReadaheadKernel();
    kernel.reset({ ...scenario, frames: 64 }, 1);
    const candidates = new Candidates(kernel.view);
    candidates.update(kernel.view);
    expect([candidates.decision(0).quiet, candidates.decision(0).count]).toEqual([0, 0]);
    expect(candidates.decision(QUIET).quiet).toBeGreaterThan(0);
    expect(candidates.features.length).toBe(CANDIDATES.length * FEATURES.length);
    expect(new Set(FEATURES).size).toBe(FEATURES.length);
    expect(new Set(CANDIDATES.map(({ name }) => name)).size).toBe(CANDIDATES.length);
  });
});

describe("the features", () => {
  it("have an identifier for every column, in order", () => {
    expect(Object.values(FEATURE)).toEqual([...FEATURES.keys()]);
  });

  it("keep the columns that saved policies and agents' presets know them by", () => {
    expect([FEATURE.pages, FEATURE.ghbChoice, FEATURE.atMarker, FEATURE.nextFollowsInVma]).toEqual([0, 14, 26, 41]);
    expect(FEATURES[FEATURE.ghbChoice]).toBe("what a global history buffer would choose");
    expect(FEATURES[FEATURE.namesNextByPc]).toBe(
      "how often its rule would have named the next page for this instruction",
    );
  });
});

describe("the predictors", () => {
  const PAGES = 2000;
  const program = { pages: PAGES, programCounters: 4, vmas: [{ start: 0, end: PAGES, address: 0 }] };
  const followed = (accesses: readonly (readonly [page: number, pc: number])[], chunk = accesses.length) => {
    const log = new SwapLog(PAGES, 4, 4096);
    const predictors = new Predictors(program);
    accesses.forEach(([page, pc], i) => {
      log.push(page, pc, 0);
      if ((i + 1) % chunk === 0) predictors.follow({ log });
    });
    predictors.follow({ log });
    return predictors;
  };

  it("find scans ahead, reverse scans behind, and strides", () => {
    const ahead = followed(Array.from({ length: 500 }, (_, i) => [i, 0]));
    expect(ahead.byThread[GHOST.ahead]).toBeGreaterThan(0.95);
    expect(ahead.byThread[GHOST.behind]).toBe(0);
    const behind = followed(Array.from({ length: 500 }, (_, i) => [999 - i, 0]));
    expect(behind.byThread[GHOST.behind]).toBeGreaterThan(0.95);
    const steps = followed(Array.from({ length: 90 }, (_, i) => [20 * i, 0]));
    expect(steps.byThread[GHOST.ahead]).toBe(0);
    expect(steps.byVma[GHOST.stride]).toBeGreaterThan(0.95);
  });

  it("find the stride of each instruction where the thread as a whole has none", () => {
    const two = followed(
      Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? [3 * (i >> 1), 0] : [1999 - 5 * (i >> 1), 1])),
    );
    expect(two.byThread[GHOST["pc-stride"]]).toBeGreaterThan(0.9);
    expect(two.byThread[GHOST.stride]).toBeLessThan(0.1);
    expect([0, 1].map((pc) => two.strideOf(0, pc))).toEqual([3, -5]);
  });

  it("find that an order repeats", () => {
    const random = randomStream(1, "test/order");
    const order = Array.from({ length: 200 }, () => random.integer(PAGES));
    const again = followed(Array.from({ length: 1000 }, (_, i) => [order[i % 200], 0]));
    expect(again.byThread[GHOST.replay]).toBeGreaterThan(0.9);
    expect(again.byThread[GHOST.stride]).toBeLessThan(0.05);
    const never = followed(Array.from({ length: 1000 }, () => [random.integer(PAGES), 0]));
    expect(never.byThread[GHOST.replay]).toBeLessThan(0.1);
  });

  it("find, within the next few pages, what follows at once but not what follows later", () => {
    const order = Array.from({ length: 40 }, (_, i) => 37 * i);
    const again = followed(Array.from({ length: 400 }, (_, i) => [order[i % 40], 0]));
    expect(again.byThread[GHOST.next]).toBeGreaterThan(0.9);
    // Now every tenth page alone: each of them followed the page before it ten accesses later.
    const tenths = Array.from({ length: 100 }, (_, i) => order[(10 * i) % 40]);
    const sparse = followed(
      [...Array.from({ length: 40 }, (_, i) => order[i]), ...tenths.slice(0, 4)].map((p) => [p, 0]),
    );
    expect(sparse.byThread[GHOST.replay]).toBeGreaterThan(0.05);
    expect(sparse.byThread[GHOST.next]).toBe(0);
  });

  it("keep threads apart", () => {
    const log = new SwapLog(PAGES, 4, 4096);
    const predictors = new Predictors(program);
    for (let i = 0; i < 300; i++) {
      log.push(i, 0, 0);
      log.push(1999 - i, 0, 1);
    }
    predictors.follow({ log });
    const of = (thread: number, ghost: number) => predictors.byThread[thread * GHOSTS.length + ghost];
    expect(of(0, GHOST.ahead)).toBeGreaterThan(0.95);
    expect(of(0, GHOST.behind)).toBe(0);
    expect(of(1, GHOST.behind)).toBeGreaterThan(0.95);
    expect(of(1, GHOST.ahead)).toBe(0);
  });

  it("do not depend on how often they look", () => {
    const random = randomStream(2, "test/look");
    const accesses = Array.from({ length: 500 }, () => [random.integer(60), random.integer(4)] as const);
    const once = followed(accesses);
    const often = followed(accesses, 7);
    expect(often.byThread).toEqual(once.byThread);
    expect(often.byVma).toEqual(once.byVma);
    expect(often.byPc).toEqual(once.byPc);
    expect([0, 1, 2, 3].map((pc) => often.strideOf(0, pc))).toEqual([0, 1, 2, 3].map((pc) => once.strideOf(0, pc)));
  });
});

describe("a run by page sets", () => {
  it("repeats itself", () => {
    const scenario = fc.sample(anyScenario, { numRuns: 1, seed: 11 })[0];
    const metrics = () => {
      const probe = new ReadaheadKernel();
      probe.reset(scenario, 1);
      return run(scenario, chooser(new Candidates(probe.view), 5)).metrics();
    };
    expect(metrics()).toEqual(metrics());
  });
});
