import { cluster } from "../../baselines/readahead/cluster.ts";
import { fixed } from "../../baselines/readahead/fixed.ts";
import { leap } from "../../baselines/readahead/leap.ts";
import { none } from "../../baselines/readahead/none.ts";
import type { ReadaheadHeuristic } from "../../baselines/readahead/types.ts";
import { vma, vmaTuned } from "../../baselines/readahead/vma.ts";
import { DEVICE_PROFILES, type DeviceProfile } from "../../kernel/readahead/device.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import type { Target } from "../problems/target.ts";
import {
  nextPages,
  reverse,
  runReadahead,
  scenarioOf,
  sequential,
  sharedSwap,
  strided,
  swappedOutFirst,
  uniform,
} from "../scenarios/readahead.ts";

const PAGES = 4096;
/** A repeated pattern. It has so few rounds that slots are still handed out in order. */
const REPEATED = { pages: PAGES, rounds: 5 };
/** Like `REPEATED`, with PageFlex's 10 us of thinking before each access. */
const THINKING = { ...REPEATED, computeUs: 10 };

const byVma = () => vma.create({});
const nothing = () => none.create({});
const bySlot = () => cluster.create({});
const byStride = (window = 8) => leap.create({ split: 4, window });
/** Linux's windows by VMA, limited to one page beside the faulting page, as in PageFlex's experiment. */
const onePage = () => vmaTuned.create({ pageCluster: 1 });
const ahead = (window: number) => fixed.create({ window, behind: 0 });

/** Published figures and closed forms, each beside the result of the swap-in path on asynchronous devices. */
export function readaheadTargets(): Target[] {
  return [...vmaPatch(), ...pageFlexDrive(), ...leapMisses(), ...steadyStates(), ...foresight()];
}

/** Published figures, each beside the result of the swap-in path on synchronous devices. */
export function readaheadSyncTargets(): Target[] {
  return [...pageFlexZswap(), ...zramBatches()];
}

/**
 * The experiment of commit ec560175c0b6, scaled down: on a machine of 32 GB, 4 processes write 50 GB in order and 8
 * write 30 GB at random. The time outside of swapping follows from the published figures of the kernel before the
 * patch: 12 processes that together write 345,413 KB a second take 139 us a page each, of which 97.14 us are the
 * latency.
 */
const SHARED_SWAP = {
  sequential: { count: 4, pages: 3200 },
  random: { count: 8, pages: 960 },
  burst: 4,
  computeUs: (12 * 4) / 345_413e-6 - 97.14,
  accesses: 300_000,
};
const SHARED_SWAP_FRAMES = 8192;

/**
 * Compares readahead by VMA with readahead by slots. The patch names the mechanism: programs that share a swap device
 * leave their pages side by side among the slots. How finely the pages are mixed is not published. Bursts of 4
 * accesses, the middle of 2 to 8, are a choice, the same for all four figures. Longer bursts leave more pages of one
 * program together, so with bursts of 8 readahead by slots has more hits than published.
 */
function vmaPatch(): Target[] {
  const scenario = scenarioOf(sharedSwap(SHARED_SWAP, 1), { frames: SHARED_SWAP_FRAMES });
  const slots = runReadahead(scenario, bySlot());
  const windows = runReadahead(scenario, byVma());
  const latency = ({ elapsed_us, compute_us, accesses }: Record<string, number>) =>
    (elapsed_us - compute_us) / accesses;
  const cells = [
    ["cluster-hits", "pages read ahead by slots that are used, percent", 52.69, 100 * slots.accuracy, 7.5],
    ["vma-hits", "pages read ahead by VMA that are used, percent", 99.98, 100 * windows.accuracy, 0.98],
    [
      "latency",
      "mean latency of an access by VMA against by slots, percent",
      -37.1,
      100 * (latency(windows) / latency(slots) - 1),
      12.5,
    ],
    [
      "throughput",
      "accesses a second by VMA against by slots, percent",
      19.9,
      100 * (slots.elapsed_us / windows.elapsed_us - 1),
      10,
    ],
  ] as const;
  return cells.map(([id, quantity, expected, simulated, tolerance]) => ({
    id: `readahead/vma-patch-${id}`,
    source: "Linux commit ec560175c0b6 (4.14), vm-scalability on NVMe",
    quantity,
    expected,
    simulated,
    tolerance,
  }));
}

const PAGE_FLEX = "PageFlex (Google)";

/**
 * A drive on which a fault takes 58 us in total, as on PageFlex's emulated drive; 50 us of them are the media's
 * latency.
 */
const PAGE_FLEX_SSD: DeviceProfile = {
  ...DEVICE_PROFILES.nvme,
  name: "pageflex-ssd",
  faultUs: 58 - 50 - DEVICE_PROFILES.nvme.pageUs,
  latencyUs: 50,
};

/**
 * PageFlex's experiment on a drive: each fault reads one page more than the faulting page. Compares ratios of rates,
 * not operations a second: a fault of 58 us and 10 us of thinking give 14,700 operations a second, but the paper has
 * 16,364.
 */
function pageFlexDrive(): Target[] {
  const speed = (workload: ReadaheadWorkload, policy: ReadaheadHeuristic) => {
    const scenario = scenarioOf(workload, { device: PAGE_FLEX_SSD });
    return 1 / runReadahead(scenario, policy, { from: PAGES }).elapsed_us;
  };
  const inOrder = sequential(THINKING);
  const gain = speed(inOrder, onePage()) / speed(inOrder, nothing());
  const steps = strided(4, THINKING);
  const base = speed(steps, nothing());
  const cells = [
    ["sequential-linux", "sequential rate with Linux's readahead of one page over without", 1.82, gain],
    ["sequential-pageflex", "sequential rate with PageFlex's readahead of one page over without", 1.76, gain],
    [
      "strided-linux",
      "strided rate with Linux's readahead of one page over without",
      0.992,
      speed(steps, onePage()) / base,
    ],
    ["strided-leap", "strided rate with Leap of one page over without", 1.754, speed(steps, byStride(1)) / base],
  ] as const;
  return cells.map(([id, quantity, expected, simulated]) => ({
    id: `readahead/pageflex-${id}`,
    source: PAGE_FLEX,
    quantity,
    expected,
    simulated,
    tolerance: 0.1 * expected,
  }));
}

/**
 * Misses of Leap with a history of 32 differences, a first look at 8 of them, 8 pages at most, and unlimited memory.
 */
function leapMisses(): Target[] {
  const rising = Array.from({ length: 100 }, (_, i) => i + 1);
  return (
    [
      ["sequential", "1 to 100", rising],
      ["reverse", "100 to 1", rising.toReversed()],
    ] as const
  ).map(([id, pages, accesses]) => {
    const scenario = scenarioOf(swappedOutFirst(id, accesses, LEAP_FRAMES), { frames: LEAP_FRAMES });
    return {
      id: `readahead/leap-misses-${id}`,
      source: "graft, oracle tests of its Leap prefetcher",
      quantity: `major faults of pages ${pages}`,
      expected: 15,
      simulated: runReadahead(scenario, byStride()).major_faults,
      tolerance: 0,
    };
  });
}

const LEAP_FRAMES = 512;

/** Results that follow from the algorithms' own arithmetic on endless patterns. */
function steadyStates(): Target[] {
  const source = "arithmetic of the algorithm: one fault in 8 pages";
  const run = (workload: ReadaheadWorkload, policy: ReadaheadHeuristic) =>
    runReadahead(scenarioOf(workload), policy, { from: workload.pages });
  const coverage = (
    id: string,
    what: string,
    expected: number,
    tolerance: number,
    metrics: Record<string, number>,
  ) => ({
    id: `readahead/${id}`,
    source,
    quantity: `${what}, swap faults that are hits, percent`,
    expected,
    simulated: (100 * metrics.ra_hit) / (metrics.ra_hit + metrics.major_faults),
    tolerance,
  });
  const inOrder = run(sequential(REPEATED), byVma());
  const backwards = run(reverse(REPEATED), byVma());
  const steps = strided(4, REPEATED);
  const any = uniform({ pages: 4 * PAGES, rounds: 3 }, 1);
  return [
    coverage("vma-sequential-coverage", "windows by VMA, sequential", 87.5, 1, inOrder),
    coverage("vma-reverse-coverage", "windows by VMA, reverse", 87.5, 1, backwards),
    ...(
      [
        ["sequential", inOrder],
        ["reverse", backwards],
      ] as const
    ).map(([name, { ra_hit, ra_waste }]) => ({
      id: `readahead/vma-${name}-accuracy`,
      source,
      quantity: `windows by VMA, ${name}, pages read ahead that are used, percent`,
      expected: 100,
      simulated: (100 * ra_hit) / (ra_hit + ra_waste),
      tolerance: 1,
    })),
    coverage("vma-strided-coverage", "windows by VMA, every fourth page", 0, 1, run(steps, byVma())),
    coverage("cluster-strided-coverage", "windows by slot, every fourth page", 87.5, 2.5, run(steps, bySlot())),
    coverage("leap-strided-coverage", "Leap, every fourth page", 87.5, 2.5, run(steps, byStride())),
    ...(
      [
        ["vma", byVma()],
        ["cluster", bySlot()],
        ["leap", byStride()],
      ] as const
    ).map(([name, policy]) => {
      const { ra_issued, major_faults } = run(any, policy);
      return {
        id: `readahead/${name}-random-issued`,
        source: "arithmetic of the algorithm: nothing follows from random pages",
        quantity: `${name}, uniformly random pages, pages read ahead over major faults, percent`,
        expected: 0,
        simulated: (100 * ra_issued) / major_faults,
        tolerance: 0.1,
      };
    }),
  ];
}

/** A policy that knows the next 8 pages has one fault in 9 accesses. */
function foresight(): Target[] {
  return [sequential(REPEATED), strided(4, REPEATED), uniform(REPEATED, 1)].map((workload) => {
    const metrics = runReadahead(scenarioOf(workload), (kernel) => nextPages(kernel, 8), { from: workload.pages });
    return {
      id: `readahead/next-8-${workload.name}`,
      source: "arithmetic: 8 of 9",
      quantity: `the next 8 pages known, ${workload.name}, swap faults that are hits, percent`,
      expected: 100 * (8 / 9),
      simulated: (100 * metrics.ra_hit) / (metrics.ra_hit + metrics.major_faults),
      tolerance: 1,
    };
  });
}

/** PageFlex's experiment on zswap: one page more than the faulting page doubles the work of the waiting thread. */
function pageFlexZswap(): Target[] {
  const scenario = scenarioOf(sequential(THINKING), { device: DEVICE_PROFILES.zswap });
  const meanFault = (metrics: Record<string, number>) =>
    (metrics.stall_us - metrics.reclaim_us) / (metrics.major_faults + metrics.ra_hit);
  const alone = runReadahead(scenario, nothing(), { from: PAGES });
  const both = runReadahead(scenario, ahead(2), { from: PAGES });
  const cells = [
    ["fault-alone", "fault that reads one page, us", 3.5, meanFault(alone)],
    [
      "fault-of-two",
      "fault that reads two pages, us",
      6.2,
      (both.stall_us - both.reclaim_us - both.hit_us) / both.major_faults,
    ],
    [
      "gain",
      "mean fault with readahead of one page over without, sequential",
      3.64 / 3.5,
      meanFault(both) / meanFault(alone),
    ],
  ] as const;
  return cells.map(([id, quantity, expected, simulated]) => ({
    id: `readahead-sync/zswap-${id}`,
    source: PAGE_FLEX,
    quantity,
    expected,
    simulated,
    tolerance: 0.1 * expected,
  }));
}

/** Reading eight pages at once on zram costs less for each page but more for each fault. */
function zramBatches(): Target[] {
  return (
    [
      ["lz4", 1.71, 10.67],
      ["zstd", 5.71, 41.36],
    ] as const
  ).flatMap(([algorithm, one, eight]) => {
    const scenario = scenarioOf(sequential(REPEATED), { device: DEVICE_PROFILES[`zram-${algorithm}`] });
    const run = (policy: ReadaheadHeuristic) => {
      const metrics = runReadahead(scenario, policy, { from: PAGES });
      const time = metrics.device_us + metrics.readahead_us;
      const reads = metrics.major_faults + metrics.ra_issued;
      return { page: time / reads, fault: time / metrics.major_faults };
    };
    const single = run(nothing());
    const batch = run(ahead(8));
    const cells = [
      ["page-alone", "read of a page alone, us", one, single.page],
      ["page-of-8", "read of a page of 8, us", eight / 8, batch.page],
      ["latency", "read of 8 pages over a read of one", eight / one, batch.fault / single.fault],
    ] as const;
    return cells.map(([id, quantity, expected, simulated]) => ({
      id: `readahead-sync/zram-${algorithm}-${id}`,
      source: "notes.xeome.dev, measurements of zram by vm.page-cluster",
      quantity: `${algorithm}: ${quantity}`,
      expected,
      simulated,
      tolerance: 0.05 * expected,
    }));
  });
}
