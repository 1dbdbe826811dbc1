import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed } from "../../../baselines/readahead/fixed.ts";
import { leap } from "../../../baselines/readahead/leap.ts";
import { none } from "../../../baselines/readahead/none.ts";
import { vma } from "../../../baselines/readahead/vma.ts";
import { DEVICE_PROFILES, HIT_US } from "../../../kernel/readahead/device.ts";
import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { anyScenario, randomPolicy, run, scenarioOf, snapshot, workloadOf } from "./fixtures.ts";

const nothing = () => none.create({});

/** Reads 1,000 pages in order, several times over. */
const scan = workloadOf([Array.from({ length: 6000 }, (_, i) => i % 1000)]);

/**
 * Returns what the second half of `scan` adds to a metric. By then every page has been written once and is clean. The
 * second half begins at a major fault that is counted but not yet charged; `faults` includes it.
 */
function secondHalf(scenario: Parameters<typeof run>[0], policy: Parameters<typeof run>[1]) {
  let before: Record<string, number> | null = null;
  const after = run(scenario, policy, (kernel) => {
    if (before === null && kernel.position >= 3000) before = kernel.metrics();
  }).metrics();
  const of = (name: string) => after[name] - before![name];
  return Object.assign(of, { faults: of("major_faults") + 1 });
}

describe("a lone fault", () => {
  it.each(Object.values(DEVICE_PROFILES).map((device) => [device.name, device] as const))(
    "takes latency, transfer and the fixed cost on %s",
    (_, device) => {
      const of = secondHalf(scenarioOf(scan, { device }), nothing());
      expect(of.faults).toBe(3000);
      expect(of("device_us") / 3000).toBeCloseTo(device.latencyUs + device.pageUs, 6);
      expect(of("fault_us") / 3000).toBeCloseTo(device.faultUs, 6);
      expect(of("late_us") + of("hit_us") + of("readahead_us") + of("deciding_us")).toBe(0);
    },
  );

  it("pays for the pages of a window on a synchronous device before it continues", () => {
    const device = DEVICE_PROFILES["zram-zstd"];
    const of = secondHalf(scenarioOf(scan, { device }), fixed.create({ window: 8, behind: 0 }));
    expect(of("readahead_us")).toBeCloseTo(of("ra_issued") * device.pageUs, 4);
    expect(of("late_us")).toBe(0);
    expect(of("hit_us")).toBeCloseTo(of("ra_hit") * HIT_US, 4);
  });

  it("waits for the pages submitted before it, unless it is read first", () => {
    const device = DEVICE_PROFILES.nvme;
    const behind = fixed.create({ window: 8, behind: 1 });
    const backwards = workloadOf([Array.from({ length: 6000 }, (_, i) => 999 - (i % 1000))]);
    const window = secondHalf(scenarioOf(backwards, { device }), behind);
    expect(window("device_us") / window.faults).toBeCloseTo(device.latencyUs + 8 * device.pageUs, 6);
    const first = secondHalf(scenarioOf(backwards, { device, demandFirst: true }), behind);
    expect(first("device_us") / first.faults).toBeCloseTo(device.latencyUs + device.pageUs, 6);
  });
});

describe("time", () => {
  it("stalls no less on a slower device for the same decisions", () => {
    const alone = anyScenario.filter(({ workload }) => workload.threads.length === 1);
    const factor = fc.double({ min: 1, max: 4, noNaN: true });
    fc.assert(
      fc.property(alone, factor, factor, factor, (scenario, latency, page, fault) => {
        const { device } = scenario;
        const slower = {
          ...device,
          latencyUs: device.latencyUs * latency,
          pageUs: device.pageUs * page,
          faultUs: device.faultUs * fault,
        };
        const quick = run({ ...scenario, backgroundLoad: 0 }, nothing()).metrics();
        const slow = run({ ...scenario, backgroundLoad: 0, device: slower }, nothing()).metrics();
        expect(slow.major_faults).toBe(quick.major_faults);
        expect(slow.stall_us).toBeGreaterThanOrEqual(quick.stall_us - 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("inflicts no delay if there is no other tenant", () => {
    fc.assert(
      fc.property(anyScenario, fc.nat(2 ** 30), (scenario, seed) => {
        const alone = run({ ...scenario, backgroundLoad: 0 }, randomPolicy(seed)).metrics();
        expect(alone.inflicted_us).toBe(0);
        expect(alone.background_requests).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("also passes for other tenants: reading more delays them more", () => {
    const inflicted = (policy: Parameters<typeof run>[1]) =>
      run(scenarioOf(scan, { backgroundLoad: 0.5 }), policy).metrics().inflicted_us;
    const backwards = fixed.create({ window: 32, behind: 1 });
    expect(inflicted(nothing())).toBeGreaterThan(0);
    expect(inflicted(backwards)).toBeGreaterThan(inflicted(nothing()));
  });

  it("runs in all threads at once: four threads take hardly longer than one thread", () => {
    const of = (threads: number) => {
      const sequences = Array.from({ length: threads }, (_, t) =>
        Array.from({ length: 2000 }, (_, i) => t * 500 + (i % 500)),
      );
      const workload = workloadOf(sequences, { pages: 500 * threads });
      return run(scenarioOf(workload, { frames: 100 * threads }), nothing()).metrics();
    };
    expect(of(4).elapsed_us).toBeLessThan(1.2 * of(1).elapsed_us);
    expect(of(4).stall_us).toBeGreaterThan(3.5 * of(1).stall_us);
  });
});

describe("names of pages", () => {
  /** The same program with its VMAs numbered in reverse, and shifted by multiples of 512 pages. */
  function relabelled(workload: ReadaheadWorkload): ReadaheadWorkload {
    const idOf = new Uint32Array(workload.pages);
    let next = 0;
    const vmas = workload.vmas.toReversed().map(({ start, end, address }, i) => {
      const first = next;
      for (let page = start; page < end; page++) idOf[page] = next++;
      return { start: first, end: next, address: address + 512 * (i + 3) };
    });
    const threads = workload.threads.map((stream) => ({ ...stream, page: stream.page.map((page) => idOf[page]) }));
    return { ...workload, vmas, threads };
  }

  const translated = (workload: ReadaheadWorkload): ReadaheadWorkload => ({
    ...workload,
    vmas: workload.vmas.map((area, i) => ({ ...area, address: area.address + 512 * (7 * i + 1) })),
  });

  it("do not matter to windows by VMA", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const metrics = run(scenario, vma.create({})).metrics();
        const other = { ...scenario, workload: relabelled(scenario.workload) };
        expect(run(other, vma.create({})).metrics()).toEqual(metrics);
      }),
      { numRuns: 80 },
    );
  });

  it("may shift by whole page-table pages under Leap and windows by VMA", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        for (const policy of [leap.create({ split: 4, window: 8 }), vma.create({})]) {
          const other = { ...scenario, workload: translated(scenario.workload) };
          expect(snapshot(run(other, policy))).toEqual(snapshot(run(scenario, policy)));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("do not matter to Leap in programs of long runs", () => {
    const runs = Array.from({ length: 60 }, (_, i) => (i % 3) * 400 + ((37 * i) % 200));
    const pages = runs.flatMap((start) => Array.from({ length: 90 }, (_, i) => start + 2 * i));
    const vmas = [0, 1, 2].map((i) => ({ start: 400 * i, end: 400 * (i + 1), address: 5120 * (i + 1) }));
    const workload = workloadOf([pages], { pages: 1200, vmas });
    const metrics = run(scenarioOf(workload), leap.create({ split: 4, window: 8 })).metrics();
    const other = run(scenarioOf(relabelled(workload)), leap.create({ split: 4, window: 8 })).metrics();
    expect(other).toEqual(metrics);
    expect(metrics.coverage).toBeGreaterThan(0.5);
  });
});
