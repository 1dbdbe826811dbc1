import fc from "fast-check";
import type { ReadaheadHeuristic } from "../../../baselines/readahead/types.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import { createDecision, MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "../../../kernel/readahead/decision.ts";
import { DEVICE_PROFILES } from "../../../kernel/readahead/device.ts";
import { ReadaheadKernel } from "../../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../../kernel/readahead/scenario.ts";
import { type ReadaheadView, SWAPPED } from "../../../kernel/readahead/view.ts";
import {
  type AccessStream,
  assertWorkload,
  type ReadaheadWorkload,
  type Vma,
} from "../../../kernel/readahead/workload.ts";

const PROGRAM_COUNTERS = 8;

/** Parameters of a random workload. */
export interface RandomWorkload {
  seed: number;
  threads: number;
  pages: number;
  accesses: number;
}

/** Creates a workload of runs, strides, hot pages and random pages through VMAs of random sizes, by 1 to 3 threads. */
export function randomWorkload({ seed, threads, pages, accesses }: RandomWorkload): ReadaheadWorkload {
  const random = randomStream(seed, "test/workload");
  const vmas: Vma[] = [];
  let address = 512 * (1 + random.integer(100)) + random.integer(512);
  for (let start = 0; start < pages; ) {
    const end = Math.min(pages, start + 1 + random.integer(pages));
    vmas.push({ start, end, address });
    address += end - start + random.integer(1000);
    start = end;
  }
  const streams = Array.from({ length: threads }, () => randomStreamOf(random, pages, accesses));
  const workload: ReadaheadWorkload = {
    name: "random",
    pages,
    vmas,
    footprint: new Set(streams.flatMap(({ page }) => [...page])).size,
    programCounters: PROGRAM_COUNTERS,
    threads: streams,
  };
  assertWorkload(workload);
  return workload;
}

function randomStreamOf(random: RandomStream, pages: number, accesses: number): AccessStream {
  const page = new Uint32Array(accesses);
  const pc = new Uint16Array(accesses);
  for (let i = 0; i < accesses; ) {
    const length = Math.min(accesses - i, 1 + random.integer(80));
    const start = random.integer(pages);
    const step = [1, 1, -1, 3, 0][random.integer(5)];
    const by = random.integer(PROGRAM_COUNTERS);
    for (let k = 0; k < length; k++, i++) {
      const reached = start + k * step;
      page[i] = step === 0 || reached < 0 || reached >= pages ? random.integer(pages) : reached;
      pc[i] = by;
    }
  }
  return {
    page,
    pc,
    write: Uint8Array.from(page, () => (random.next() < 0.3 ? 1 : 0)),
    computeNs: Uint32Array.from(page, () => random.integer(5000)),
  };
}

/** Random scenarios: every device, 1 to 3 threads, 64 frames or more, with and without every optional part. */
export const anyScenario: fc.Arbitrary<ReadaheadScenario> = fc
  .record({
    seed: fc.nat(2 ** 30),
    threads: fc.integer({ min: 1, max: 3 }),
    pages: fc.integer({ min: 100, max: 700 }),
    accesses: fc.integer({ min: 1, max: 1500 }),
    frames: fc.integer({ min: 64, max: 200 }),
    device: fc.constantFrom(...Object.keys(DEVICE_PROFILES)),
    backgroundLoad: fc.constantFrom(0, 0.3, 0.8),
    fragmentation: fc.constantFrom(0, 0.2, 0.6),
    demandFirst: fc.boolean(),
    singleList: fc.boolean(),
    countPollution: fc.boolean(),
  })
  .map(({ seed, threads, pages, accesses, device, ...scenario }) => ({
    workload: randomWorkload({ seed, threads, pages, accesses }),
    device: DEVICE_PROFILES[device],
    ...scenario,
  }));

/** Creates a scenario of `workload` on an idle NVMe drive. `overrides` replaces parts of it. */
export function scenarioOf(workload: ReadaheadWorkload, overrides: Partial<ReadaheadScenario> = {}): ReadaheadScenario {
  return {
    workload,
    frames: 64,
    device: DEVICE_PROFILES.nvme,
    backgroundLoad: 0,
    fragmentation: 0,
    demandFirst: false,
    singleList: false,
    countPollution: false,
    ...overrides,
  };
}

/** Creates a workload in which each thread reads one of the sequences of pages; by default in one VMA of `pages`. */
export function workloadOf(
  sequences: readonly (readonly number[])[],
  { pages = 1 + Math.max(...sequences.flat()), write = false, computeNs = 500, vmas = [] as readonly Vma[] } = {},
): ReadaheadWorkload {
  return {
    name: "test",
    pages,
    vmas: vmas.length > 0 ? vmas : [{ start: 0, end: pages, address: 512 }],
    footprint: new Set(sequences.flat()).size,
    programCounters: 1,
    threads: sequences.map((sequence) => ({
      page: Uint32Array.from(sequence),
      write: new Uint8Array(sequence.length).fill(write ? 1 : 0),
      pc: new Uint16Array(sequence.length),
      computeNs: new Uint32Array(sequence.length).fill(computeNs),
    })),
  };
}

/**
 * A policy that decides at random: pages of any state, marks, quiet periods and decision times. The same seed gives the
 * same decisions.
 */
export function randomPolicy(seed: number): ReadaheadHeuristic {
  const decision = createDecision();
  let random = randomStream(seed, "test/decisions");
  return {
    name: "random",
    reset() {
      random = randomStream(seed, "test/decisions");
    },
    decide: (view) => decideAtRandom(view, random, decision),
  };
}

function decideAtRandom(view: ReadaheadView, random: RandomStream, decision: ReadaheadDecision): ReadaheadDecision {
  const { page, pages, state } = view;
  const count = random.next() < 0.2 ? 0 : random.integer(random.next() < 0.2 ? MAX_READAHEAD + 1 : 9);
  const near = random.next() < 0.7;
  decision.count = count;
  for (let i = 0; i < count; i++) {
    decision.pages[i] = near ? (page + i + pages - 2) % pages : random.integer(pages);
    // Sometimes the same page again, or a page that cannot be read.
    if (random.next() < 0.1 && i > 0) decision.pages[i] = decision.pages[i - 1];
    if (random.next() < 0.5) decision.pages[i] = nextSwapped(state, decision.pages[i]);
  }
  decision.before = random.integer(count + 1);
  decision.marker = random.next() < 0.5 ? -1 : random.integer(count + 1) - 1;
  decision.source = random.integer(SOURCES.length);
  decision.microseconds = random.next() < 0.5 ? 0 : random.next();
  decision.quiet = random.next() < 0.05 ? random.integer(20) : 0;
  return decision;
}

function nextSwapped(state: Uint8Array, page: number): number {
  for (let i = 0; i < state.length; i++) {
    const candidate = (page + i) % state.length;
    if (state[candidate] === SWAPPED) return candidate;
  }
  return page;
}

/**
 * Runs to the end.
 *
 * @param onDecision called after every decision, and once before the first
 */
export function run(
  scenario: ReadaheadScenario,
  policy: ReadaheadHeuristic,
  onDecision: (kernel: ReadaheadKernel) => void = () => {},
  seed = 1,
): ReadaheadKernel {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, seed);
  policy.reset();
  onDecision(kernel);
  while (!kernel.done) {
    kernel.decide(policy.decide(kernel.view));
    onDecision(kernel);
  }
  return kernel;
}

/** Returns everything that a policy and a measurement can see of a kernel, as plain data to compare. */
export function snapshot(kernel: ReadaheadKernel): Record<string, unknown> {
  const { log, vmas, device, ...view } = kernel.view;
  const entries = Array.from({ length: log.length - log.oldest }, (_, i) => {
    const at = log.oldest + i;
    return [log.pageAt(at), log.pcAt(at), log.threadAt(at), log.previousOfPageAt(at), log.previousOfPcAt(at)];
  });
  return structuredClone({ ...view, entries, metrics: kernel.metrics(), done: kernel.done, position: kernel.position });
}
