import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import { type AccessStream, assertWorkload, type ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { readaheadWorkloads } from "../../../workloads/readahead/catalog.ts";
import { AccessBuilder } from "../../../workloads/readahead/generators/access_builder.ts";
import { hotCold } from "../../../workloads/readahead/generators/hot_cold.ts";
import { interpreter } from "../../../workloads/readahead/generators/interpreter.ts";
import { logReplay } from "../../../workloads/readahead/generators/log_replay.ts";
import { matmul } from "../../../workloads/readahead/generators/matmul.ts";
import { mixed } from "../../../workloads/readahead/generators/mixed.ts";
import { pointerChase } from "../../../workloads/readahead/generators/pointer_chase.ts";
import { randomAccess } from "../../../workloads/readahead/generators/random_access.ts";
import { relaunch } from "../../../workloads/readahead/generators/relaunch.ts";
import { seq } from "../../../workloads/readahead/generators/seq.ts";
import { server } from "../../../workloads/readahead/generators/server.ts";
import { stride } from "../../../workloads/readahead/generators/stride.ts";
import { STACK_DEPTH, ThreadBuilder } from "../../../workloads/readahead/generators/thread_builder.ts";
import { zipfRank } from "../../../workloads/readahead/generators/zipf_rank.ts";
import { PageFilter } from "../../../workloads/recorder/page_filter.ts";
import { refetches } from "./refetches.ts";

const generators = readaheadWorkloads
  .filter(({ source }) => source === "generator")
  .map((entry) => [entry.name, entry] as const);
const seeds = [0, 1, 2, 3, 4, 5];

function lengthOf({ threads }: ReadaheadWorkload): number {
  return threads.reduce((sum, { page }) => sum + page.length, 0);
}

/** A hash of a whole workload. */
function digest({ threads, ...rest }: ReadaheadWorkload): string {
  const hash = createHash("sha256").update(JSON.stringify(rest));
  for (const { page, write, pc, computeNs } of threads) hash.update(page).update(write).update(pc).update(computeNs);
  return hash.digest("hex");
}

describe.each(generators)("%s", (name, { open }) => {
  const workloads = seeds.map((seed) => open(seed));

  test("is a workload of about 100,000 accesses to 1,500 to 6,000 pages", () => {
    for (const workload of workloads) {
      assertWorkload(workload);
      expect(workload.name).toBe(name);
      expect(lengthOf(workload)).toBeLessThanOrEqual(100_000);
      expect(lengthOf(workload)).toBeGreaterThan(100_000 - workload.threads.length);
      expect(workload.footprint).toBeGreaterThan(1400);
      expect(workload.footprint).toBeLessThan(6300);
      expect(workload.pages).toBeLessThan(1.06 * workload.footprint + 64);
    }
  });

  test("counts its footprint", () => {
    for (const { threads, footprint } of workloads) {
      const used = new Set<number>();
      for (const { page } of threads) for (const each of page) used.add(each);
      expect(footprint).toBe(used.size);
    }
  });

  test("maps its VMAs by rising address, apart from each other", () => {
    for (const { vmas } of workloads) {
      for (let i = 1; i < vmas.length; i++) {
        const { start, end, address } = vmas[i - 1]!;
        expect(vmas[i]!.address).toBeGreaterThan(address + end - start);
      }
    }
  });

  test("computes for 0.2 to 20 us before an access, and both reads and writes", () => {
    for (const { threads } of workloads) {
      let time = 0;
      let writes = 0;
      let count = 0;
      for (const { computeNs, write } of threads) {
        count += write.length;
        for (let i = 0; i < write.length; i++) {
          time += computeNs[i]!;
          writes += write[i]!;
        }
      }
      expect(time / count).toBeGreaterThan(200);
      expect(time / count).toBeLessThan(20_000);
      expect(writes / count).toBeGreaterThan(0.005);
      expect(writes / count).toBeLessThan(0.95);
    }
  });

  test("swaps with frames for 10 % and 25 % of the footprint", () => {
    for (const workload of workloads) {
      for (const share of [0.1, 0.25]) expect(refetches(workload, share)).toBeGreaterThan(500);
    }
  });

  test("is the same for the same seed and differs between seeds", () => {
    expect(digest(open(0))).toBe(digest(workloads[0]!));
    expect(new Set(workloads.map(digest)).size).toBe(seeds.length);
  });

  test("takes numbers of accesses and refuses impossible ones", () => {
    const short = open(3, { accesses: 5000 });
    assertWorkload(short);
    expect(lengthOf(short)).toBeLessThanOrEqual(5000);
    expect(lengthOf(short)).toBeGreaterThan(5000 - short.threads.length);
    expect(() => open(0, { accesses: 0 })).toThrow(`accesses of ${name} must be a whole number of at least 1, got 0`);
    expect(() => open(-1)).toThrow("seed must be a whole number");
  });
});

test("generators make 100,000 accesses in less than 60 ms, on average over the families", () => {
  let time = 0;
  for (const [, { open }] of generators) {
    let best = Number.POSITIVE_INFINITY;
    for (const seed of [1, 1, 1]) {
      const start = performance.now();
      open(seed);
      best = Math.min(best, performance.now() - start);
    }
    time += best;
  }
  expect(time / generators.length).toBeLessThan(60);
});

test("generators take a number of pages", () => {
  for (const pages of [1024, 3000]) {
    const { footprint } = seq(1, { pages });
    expect(footprint).toBeGreaterThan(0.9 * pages);
    expect(footprint).toBeLessThan(1.05 * pages);
  }
  expect(() => seq(1, { pages: 100 })).toThrow("pages of seq must be a whole number of at least 1024, got 100");
});

/** Share of accesses whose page has the same predecessor as at its previous access. */
function repeated({ page }: AccessStream): number {
  const next = new Map<number, number>();
  let same = 0;
  for (let i = 1; i < page.length; i++) {
    if (next.get(page[i - 1]!) === page[i]) same++;
    next.set(page[i - 1]!, page[i]!);
  }
  return same / page.length;
}

/** Share of the most frequent page difference between consecutive accesses of one instruction. */
function commonDelta({ page, pc }: AccessStream, site: number): number {
  const counts = new Map<number, number>();
  let last = -1;
  let total = 0;
  for (let i = 0; i < page.length; i++) {
    if (pc[i] !== site) continue;
    if (last >= 0) {
      counts.set(page[i]! - last, (counts.get(page[i]! - last) ?? 0) + 1);
      total++;
    }
    last = page[i]!;
  }
  return Math.max(...counts.values()) / total;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const over = (generate: (seed: number) => ReadaheadWorkload): number =>
  mean(seeds.map((seed) => repeated(generate(seed).threads[0]!)));

describe("purposes of the generators", () => {
  test("what followed a page last time predicts chases and in part replays, not lookups", () => {
    expect(over(pointerChase)).toBeGreaterThan(0.6);
    expect(over(logReplay)).toBeGreaterThan(0.3);
    expect(over(randomAccess)).toBeLessThan(0.02);
    expect(over(hotCold)).toBeLessThan(0.02);
    // Functions touch the same objects again, but the next call and the next lookup are unpredictable.
    expect(over(interpreter)).toBeLessThan(0.4);
  });

  test("instructions tell loops apart: the last of a scan and of a stride goes on by one step", () => {
    for (const generate of [seq, stride]) {
      for (const seed of seeds) {
        const { threads, programCounters } = generate(seed);
        expect(commonDelta(threads[0]!, programCounters - 1)).toBeGreaterThan(0.8);
      }
    }
  });

  test("mixed programs have one thread or two to eight, servers two to six, phones a second one", () => {
    const counts = Array.from({ length: 20 }, (_, seed) => mixed(seed, { accesses: 4000 }).threads.length);
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBeGreaterThan(4);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
    for (const seed of seeds) {
      expect(server(seed).threads.length).toBeGreaterThanOrEqual(2);
      expect(server(seed).threads.length).toBeLessThanOrEqual(6);
      expect(relaunch(seed).threads.length).toBe(2);
    }
  });

  test("the hot set of hotcold about fits: most accesses hit with frames for 40 % of the footprint", () => {
    for (const seed of seeds) expect(refetches(hotCold(seed), 0.4)).toBeLessThan(12_000);
  });

  test("matrix products come in three orders", () => {
    const deltas = Array.from({ length: 12 }, (_, seed) => {
      const { threads, programCounters } = matmul(seed);
      return commonDelta(threads[0]!, programCounters - 2);
    });
    expect(new Set(deltas.map((share) => share.toFixed(2))).size).toBeGreaterThan(2);
  });
});

const raw = fc.array(fc.record({ page: fc.nat(40), site: fc.nat(5), write: fc.boolean(), ns: fc.nat(1000) }), {
  maxLength: 400,
});

describe("ThreadBuilder", () => {
  /** A stream whose numbers do not scatter. */
  const steady = { ...randomStream(0, "test"), next: () => 0.5 };

  test("keeps accesses to pages not among the last 16, and first writes to pages that are", () => {
    fc.assert(
      fc.property(raw, (accesses) => {
        const thread = new ThreadBuilder(accesses.length, steady);
        const stack: number[] = [];
        let written = new Set<number>();
        const kept = accesses.filter(({ page, site, write, ns }) => {
          thread.touch(page, site, write, ns);
          const recent = stack.slice(0, STACK_DEPTH).includes(page);
          written = new Set([...written].filter((each) => stack.slice(0, STACK_DEPTH).includes(each)));
          const first = write && !written.has(page);
          if (write) written.add(page);
          stack.splice(0, stack.length, page, ...stack.filter((each) => each !== page));
          return !recent || first;
        });
        const { page, write, pc } = thread.build();
        expect([...page]).toEqual(kept.map((each) => each.page));
        expect([...pc]).toEqual(kept.map((each) => each.site));
        expect([...write]).toEqual(kept.map((each) => Number(each.write)));
      }),
    );
  });

  test("keeps what the recorder keeps of the same accesses", () => {
    fc.assert(
      fc.property(raw, (accesses) => {
        const thread = new ThreadBuilder(accesses.length, steady);
        const pages: number[] = [];
        const filter = new PageFilter({ add: (_thread, page) => pages.push(page) }, 1, STACK_DEPTH);
        for (const { page, site, write, ns } of accesses) {
          thread.touch(page, site, write, ns);
          filter.access(page, 1, write, site);
        }
        expect([...thread.build().page]).toEqual(pages);
      }),
    );
  });

  test("gives the computing time of what it drops to the next access it keeps", () => {
    const thread = new ThreadBuilder(10, steady);
    thread.touch(1, 0, false, 100);
    thread.touch(1, 0, false, 30);
    thread.touch(1, 1, false, 20);
    thread.touch(2, 0, false, 5);
    thread.touch(1, 0, true, 7);
    expect([...thread.build().computeNs]).toEqual([100, 55, 7]);
  });

  test("keeps no more than its share", () => {
    const thread = new ThreadBuilder(2, steady);
    for (let page = 0; page < 5; page++) thread.touch(page, 0, false, 1);
    expect(thread.full).toBe(true);
    expect([...thread.build().page]).toEqual([0, 1]);
  });
});

describe("AccessBuilder", () => {
  test("maps regions one after another, some in several VMAs, some at whole page tables, with gaps between", () => {
    let split = 0;
    let aligned = 0;
    for (let seed = 0; seed < 40; seed++) {
      const builder = new AccessBuilder("sample", seed, { pages: 2000 });
      const first = builder.region(1000);
      const second = builder.region(30);
      builder.thread(1).touch(second, builder.site(), false, 1);
      const workload = builder.build();
      assertWorkload(workload);
      expect([first, workload.footprint]).toEqual([0, 1]);
      expect(second).toBeGreaterThanOrEqual(1000);
      expect(second).toBeLessThanOrEqual(1030);
      const at = workload.vmas.findIndex(({ start }) => start === second);
      if (at > 1) split++;
      const { address } = workload.vmas[0]!;
      if (address % 512 === 0) aligned++;
      const before = workload.vmas[at - 1]!;
      expect(workload.vmas[at]!.address - before.address - (before.end - before.start)).toBeGreaterThanOrEqual(65);
    }
    expect(split).toBeGreaterThan(2);
    expect(split).toBeLessThan(20);
    expect(aligned).toBeGreaterThan(5);
    expect(aligned).toBeLessThan(30);
  });

  test("gives instructions and threads", () => {
    const builder = new AccessBuilder("sample", 1, { accesses: 10 });
    builder.region(100);
    expect([builder.site(), builder.sites(3), builder.site()]).toEqual([0, 1, 4]);
    const threads = [builder.thread(0.5), builder.thread(0.5)];
    for (const thread of threads) for (let page = 0; page < 20; page++) thread.touch(page, 0, false, 100);
    const workload = builder.build();
    expect(workload.programCounters).toBe(5);
    expect(workload.threads.map(({ page }) => page.length)).toEqual([5, 5]);
    // Every thread has its own computing times.
    expect(workload.threads[0]!.computeNs).not.toEqual(workload.threads[1]!.computeNs);
  });
});

test("zipfRank draws ranks in proportion to a power of them", () => {
  for (const exponent of [0.3, 1, 1.5]) {
    const counts = new Float64Array(50);
    for (let i = 0; i < 100_000; i++) counts[zipfRank((i + 0.5) / 100_000, 50, exponent)]!++;
    for (let rank = 1; rank < 50; rank++) expect(counts[rank]!).toBeLessThanOrEqual(counts[rank - 1]! + 1);
    // Between ranks of about 10 and 40, the density falls with the given power.
    expect(counts[39]! / counts[9]!).toBeCloseTo((40.5 / 10.5) ** -exponent, 1);
  }
  expect(zipfRank(0, 7, 1)).toBe(0);
  expect(zipfRank(1 - 2 ** -33, 7, 1)).toBe(6);
});
