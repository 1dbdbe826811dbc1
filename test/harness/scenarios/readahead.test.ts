import { describe, expect, it } from "vitest";
import { cluster } from "../../../baselines/readahead/cluster.ts";
import { fixed } from "../../../baselines/readahead/fixed.ts";
import { leap } from "../../../baselines/readahead/leap.ts";
import { none } from "../../../baselines/readahead/none.ts";
import { vma } from "../../../baselines/readahead/vma.ts";
import {
  nextPages,
  reverse,
  runReadahead,
  scenarioOf,
  sequential,
  sharedSwap,
  strided,
  uniform,
} from "../../../harness/scenarios/readahead.ts";
import { assertWorkload } from "../../../kernel/readahead/workload.ts";

const ROUNDS = { pages: 2048, rounds: 4 };
const shared = (burst: number) =>
  sharedSwap(
    {
      sequential: { count: 2, pages: 1200 },
      random: { count: 4, pages: 480 },
      burst,
      computeUs: 10,
      accesses: 40_000,
    },
    1,
  );
const patterns = [sequential(ROUNDS), reverse(ROUNDS), strided(4, ROUNDS), uniform(ROUNDS, 1), shared(4)];

describe("hand-made workloads", () => {
  it.each(patterns.map((workload) => [workload.name, workload] as const))("%s is one", (_, workload) => {
    expect(() => assertWorkload(workload)).not.toThrow();
  });

  it.each(patterns.slice(0, 3).map((workload) => [workload.name, workload] as const))(
    "%s takes each page once in a round",
    (_, { threads, pages }) => {
      for (let round = 0; round < ROUNDS.rounds; round++) {
        const part = threads[0].page.subarray(round * pages, (round + 1) * pages);
        expect(new Set(part).size).toBe(pages);
      }
    },
  );
});

describe("knowing the next 8 pages", () => {
  it.each(patterns.map((workload) => [workload.name, workload] as const))(
    "stalls %s no longer than any policy that reads no more pages and knows nothing",
    (_, workload) => {
      const scenario = scenarioOf(workload);
      const known = runReadahead(scenario, (kernel) => nextPages(kernel, 8)).stall_us;
      const policies = [
        none.create({}),
        fixed.create({ window: 8, behind: 0 }),
        fixed.create({ window: 8, behind: 0.5 }),
        vma.create({}),
        cluster.create({}),
        leap.create({ split: 4, window: 8 }),
      ];
      for (const policy of policies) {
        expect(known, policy.name).toBeLessThanOrEqual(runReadahead(scenario, policy).stall_us);
      }
    },
  );
});

describe("programs that share swap", () => {
  it("serve readahead by slots worse the more finely they are mixed, and by VMA as well as ever", () => {
    const [fine, coarse] = [1, 16].map((burst) => scenarioOf(shared(burst), { frames: 1700 }));
    const accuracy = (scenario: typeof fine, entry: typeof cluster) =>
      runReadahead(scenario, entry.create({})).accuracy;
    expect(accuracy(fine, cluster)).toBeLessThan(accuracy(coarse, cluster) - 0.1);
    for (const scenario of [fine, coarse]) expect(accuracy(scenario, vma)).toBeGreaterThan(0.98);
  });
});
