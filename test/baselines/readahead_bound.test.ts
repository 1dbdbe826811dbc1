import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readaheadBound } from "../../baselines/readahead/bound.ts";
import { ClairvoyantReference } from "../../baselines/readahead/clairvoyant_reference.ts";
import { minLoads } from "../../baselines/readahead/min_loads.ts";
import { none } from "../../baselines/readahead/none.ts";
import type { ReadaheadHeuristic } from "../../baselines/readahead/types.ts";
import { vma } from "../../baselines/readahead/vma.ts";
import { randomStream } from "../../kernel/random.ts";
import { createDecision, MAX_READAHEAD } from "../../kernel/readahead/decision.ts";
import { DEVICE_PROFILES, HIT_US } from "../../kernel/readahead/device.ts";
import { clusterBlock, nothing, replayPages, stridePages, swappedRange } from "../../kernel/readahead/page_sets.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { AccessStream, ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import { hashJoin } from "../../workloads/readahead/generators/hash_join.ts";
import { phase } from "../../workloads/readahead/generators/phase.ts";
import { pointerChase } from "../../workloads/readahead/generators/pointer_chase.ts";

const SCENARIO = { backgroundLoad: 0, fragmentation: 0, demandFirst: false, singleList: false, countPollution: false };

/** A device whose channels, not its bus, are what limits it. */
const NARROW = { ...DEVICE_PROFILES.nvme, name: "narrow", queueDepth: 4 };

function run(scenario: ReadaheadScenario, heuristic: ReadaheadHeuristic): ReadaheadKernel {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, 1);
  heuristic.reset();
  while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
  return kernel;
}

function runClairvoyant(scenario: ReadaheadScenario): ReadaheadKernel {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, 1);
  const reference = new ClairvoyantReference(kernel);
  while (!kernel.done) kernel.decide(reference.decide());
  return kernel;
}

/** One rule for each page set, and one that reads whatever it likes. All decide in no time. */
function policies(seed: number): ReadaheadHeuristic[] {
  const decision = createDecision();
  const random = randomStream(seed, "test/readahead-bound");
  const rule = (name: string, decide: ReadaheadHeuristic["decide"]) => ({ name, reset() {}, decide });
  return [
    none.create({}),
    vma.create({}),
    rule("window", (view) => swappedRange(view, view.page - 3, view.page + 13, decision)),
    rule("cluster", (view) => clusterBlock(view, 16, decision)),
    rule("stride", (view) => stridePages(view, 1, 32, 3, decision)),
    rule("replay", (view) => replayPages(view, view.previousOfPage, 32, 5, decision)),
    rule("random", (view) => {
      nothing(decision);
      decision.count = random.next() < 0.3 ? 0 : random.integer(MAX_READAHEAD + 1);
      for (let k = 0; k < decision.count; k++) decision.pages[k] = random.integer(view.pages);
      decision.before = random.integer(decision.count + 1);
      decision.marker = decision.count > 0 && random.next() < 0.7 ? random.integer(decision.count) : -1;
      decision.quiet = random.next() < 0.1 ? random.integer(5) : 0;
      return decision;
    }),
  ];
}

/** Loops, scans back and random accesses to a few hundred pages, by threads that share a part of them. */
function randomWorkload(seed: number, threads: number, pages: number, computeNs: number): ReadaheadWorkload {
  const random = randomStream(seed, "test/readahead-streams");
  const streams = Array.from({ length: threads }, (): AccessStream => {
    const sequence: number[] = [];
    while (sequence.length < 2400 / threads) {
      const span = 1 + random.integer(pages);
      const start = random.integer(pages - span + 1);
      const kind = random.integer(3);
      for (let i = 0; i < span; i++) {
        sequence.push(start + (kind === 0 ? i : kind === 1 ? span - 1 - i : random.integer(span)));
      }
    }
    return {
      page: Uint32Array.from(sequence),
      write: Uint8Array.from(sequence, () => random.integer(2)),
      pc: new Uint16Array(sequence.length),
      computeNs: Uint32Array.from(sequence, () => random.integer(2 * computeNs + 1)),
    };
  });
  return {
    name: "streams",
    pages,
    vmas: [{ start: 0, end: pages, address: 0 }],
    footprint: new Set(streams.flatMap(({ page }) => [...page])).size,
    programCounters: 1,
    threads: streams,
  };
}

/** Fewest loads by trying every page to throw out. */
function bruteForce(stream: readonly number[], frames: number): number {
  const search = (at: number, inFrames: readonly number[], seen: ReadonlySet<number>): number => {
    if (at === stream.length) return 0;
    const page = stream[at];
    if (inFrames.includes(page)) return search(at + 1, inFrames, seen);
    const load = seen.has(page) ? 1 : 0;
    const nowSeen = new Set(seen).add(page);
    if (inFrames.length < frames) return load + search(at + 1, [...inFrames, page], nowSeen);
    return (
      load + Math.min(...inFrames.map((out) => search(at + 1, [...inFrames.filter((p) => p !== out), page], nowSeen)))
    );
  };
  return search(0, [], new Set());
}

/** Loads of least recently used. */
function lruLoads(stream: Uint32Array, frames: number): number {
  const order = new Set<number>();
  const seen = new Set<number>();
  let loads = 0;
  for (const page of stream) {
    if (!order.delete(page)) {
      if (seen.has(page)) loads++;
      if (order.size === frames) order.delete(order.values().next().value as number);
    }
    seen.add(page);
    order.add(page);
  }
  return loads;
}

describe("minLoads", () => {
  it("finds what trying everything finds", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 14 }), fc.integer({ min: 1, max: 4 }), (stream, frames) => {
        const { loads, distinct } = minLoads(Uint32Array.from(stream), 6, frames);
        expect(loads).toBe(bruteForce(stream, frames));
        expect(distinct).toBe(new Set(stream).size);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("loads no more than least recently used does, and in every prefix no more than MIN of the prefix", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 30 }),
        (list, frames) => {
          const stream = Uint32Array.from(list);
          const loaded = new Uint8Array(stream.length);
          expect(minLoads(stream, 41, frames, loaded).loads).toBeLessThanOrEqual(lruLoads(stream, frames));
          const half = stream.length >> 1;
          const inHalf = loaded.subarray(0, half).reduce((sum, load) => sum + load, 0);
          expect(inHalf).toBe(minLoads(stream.subarray(0, half), 41, frames).loads);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it("throws out what is used last: a loop over one page too many misses once in frames - 1 accesses", () => {
    const stream = Uint32Array.from({ length: 11 * 101 }, (_, i) => i % 11);
    const { loads } = minLoads(stream, 11, 10);
    expect(Math.abs(loads - 1100 / 10)).toBeLessThanOrEqual(2);
  });
});

describe("readaheadBound", () => {
  it("is at or below the cost of every policy, whatever the threads, the device and the load", () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 64, max: 110 }),
        fc.integer({ min: 100, max: 420 }),
        fc.constantFrom(0, 300, 3000, 30_000),
        fc.constantFrom(...Object.values(DEVICE_PROFILES), NARROW),
        fc.constantFrom(0, 0.5),
        fc.boolean(),
        fc.boolean(),
        (seed, threads, frames, pages, computeNs, device, backgroundLoad, demandFirst, singleList) => {
          const workload = randomWorkload(seed, threads, pages, computeNs);
          const scenario = { ...SCENARIO, workload, frames, device, backgroundLoad, demandFirst, singleList };
          const bound = readaheadBound(scenario);
          for (const policy of policies(seed)) {
            expect(run(scenario, policy).cost, policy.name).toBeGreaterThanOrEqual(bound);
          }
          expect(runClairvoyant(scenario).cost).toBeGreaterThanOrEqual(bound);
        },
      ),
      { seed: 1, numRuns: 250 },
    );
  });

  it("is 0 where everything fits", () => {
    const workload = randomWorkload(1, 2, 60, 500);
    expect(readaheadBound({ ...SCENARIO, workload, frames: 64, device: DEVICE_PROFILES.nvme })).toBe(0);
  });

  it("knows that zswap gains nothing by readahead: a fault costs less than a hit", () => {
    const workload = randomWorkload(2, 1, 400, 500);
    const scenario = { ...SCENARIO, workload, frames: 64, device: DEVICE_PROFILES.zswap };
    const { loads } = minLoads(workload.threads[0].page, 400, 64);
    expect(readaheadBound(scenario)).toBeGreaterThan(loads * 3.49);
  });

  it("takes the bus into account: where a program only waits for it, no policy does better than its transfers", () => {
    const workload = randomWorkload(3, 1, 400, 0);
    const scenario = { ...SCENARIO, workload, frames: 64, device: NARROW };
    const { loads } = minLoads(workload.threads[0].page, 400, 64);
    expect(readaheadBound(scenario)).toBeGreaterThan(10 * loads * HIT_US);
  });

  it("takes less than 60 ms for 150,000 accesses", () => {
    const workload = pointerChase(1, { accesses: 150_000, pages: 6000 });
    const scenario = { ...SCENARIO, workload, frames: 1500, device: DEVICE_PROFILES.nvme };
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      readaheadBound(scenario);
      best = Math.min(best, performance.now() - start);
    }
    expect(best).toBeLessThan(60);
  });
});

describe("ClairvoyantReference", () => {
  const cost = (make: typeof phase, device: string, share: number) => {
    const workload = make(1, { accesses: 30_000, pages: 2000 });
    const frames = Math.floor(workload.footprint * share);
    const scenario = { ...SCENARIO, workload, frames, device: DEVICE_PROFILES[device] };
    const reference = runClairvoyant(scenario);
    reference.checkInvariants();
    const entry = scenario.device.synchronous ? none : vma;
    return reference.cost / run(scenario, entry.create({})).cost;
  };

  it("takes less than a quarter of the default's cost on fast storage", () => {
    for (const make of [phase, pointerChase, hashJoin]) {
      for (const share of [0.1, 0.25]) expect(cost(make, "nvme", share)).toBeLessThan(0.25);
    }
  });

  it("gains what batches gain on zram, and does nothing on zswap", () => {
    for (const make of [phase, pointerChase, hashJoin]) {
      expect(cost(make, "zram-lz4", 0.25)).toBeLessThan(0.97);
      expect(cost(make, "zswap", 0.25)).toBeCloseTo(1, 4);
    }
  });
});
