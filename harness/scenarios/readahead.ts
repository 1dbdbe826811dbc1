import type { ReadaheadHeuristic } from "../../baselines/readahead/types.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { createDecision, type ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { nothing } from "../../kernel/readahead/page_sets.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import { SWAPPED } from "../../kernel/readahead/view.ts";
import type { ReadaheadWorkload, Vma } from "../../kernel/readahead/workload.ts";

/** Pages of a page-table page. VMAs begin at its borders, so that windows are cut at the same places in each VMA. */
const BLOCK = 512;

/** Options of an access pattern. */
export interface PatternOptions {
  /** Pages of each VMA, in order. Default: one VMA that covers all pages of the pattern. */
  vmas?: readonly number[];
  /** Tells which accesses write. Default: none. */
  writes?: (access: number) => boolean;
  /** Computing time before each access, us. Default 0.5. */
  computeUs?: number;
}

/** One thread that accesses `pages` in order, with one instruction. */
function pattern(
  name: string,
  pages: ArrayLike<number>,
  { vmas, writes = () => false, computeUs = 0.5 }: PatternOptions = {},
): ReadaheadWorkload {
  const page = Uint32Array.from(pages);
  const sizes = vmas ?? [page.reduce((most, p) => Math.max(most, p), 0) + 1];
  return {
    name,
    pages: sizes.reduce((sum, size) => sum + size, 0),
    vmas: layOut(sizes),
    footprint: new Set(page).size,
    programCounters: 1,
    threads: [
      {
        page,
        write: Uint8Array.from(page, (_, i) => (writes(i) ? 1 : 0)),
        pc: new Uint16Array(page.length),
        computeNs: new Uint32Array(page.length).fill(1000 * computeUs),
      },
    ],
  };
}

/** VMAs of these sizes: consecutive by page number, far apart by address. */
function layOut(sizes: readonly number[]): Vma[] {
  let start = 0;
  let address = BLOCK;
  return sizes.map((size) => {
    const vma = { start, end: start + size, address };
    start += size;
    address += (Math.ceil(size / BLOCK) + 1) * BLOCK;
    return vma;
  });
}

/** Pages of a pattern, the number of its rounds, and the computing time before each access, us. */
export interface RoundsOptions {
  pages: number;
  rounds: number;
  computeUs?: number;
}

/** Every page in rising order, round after round. The first round writes, the others read. */
export function sequential(options: RoundsOptions): ReadaheadWorkload {
  return permutation("sequential", options, (i) => i);
}

/** Every page in falling order, round after round. The first round writes, the others read. */
export function reverse(options: RoundsOptions): ReadaheadWorkload {
  return permutation("reverse", options, (i) => options.pages - 1 - i);
}

/**
 * Every `stride`-th page, then every `stride`-th page from the next offset on, until all pages have been visited; then
 * again. The first round writes, the others read. `stride` divides `pages`.
 */
export function strided(stride: number, options: RoundsOptions): ReadaheadWorkload {
  const lap = options.pages / stride;
  return permutation("strided", options, (i) => stride * (i % lap) + Math.floor(i / lap));
}

function permutation(
  name: string,
  { pages, rounds, computeUs }: RoundsOptions,
  pageAt: (i: number) => number,
): ReadaheadWorkload {
  const page = Uint32Array.from({ length: pages * rounds }, (_, i) => pageAt(i % pages));
  return pattern(name, page, { writes: (i) => i < pages, computeUs });
}

/** Uniformly random pages, after a first round that writes all pages in order. */
export function uniform({ pages, rounds, computeUs }: RoundsOptions, seed: number): ReadaheadWorkload {
  const random = randomStream(seed, "readahead/uniform");
  const page = Uint32Array.from({ length: pages * rounds }, (_, i) => (i < pages ? i : random.integer(pages)));
  return pattern("uniform", page, { writes: (i) => i < pages, computeUs });
}

/** Programs that share a swap device: some write their pages in order, round after round, others write random pages. */
export interface SharedSwapOptions {
  sequential: { count: number; pages: number };
  random: { count: number; pages: number };
  /** Accesses of one program before the next program is drawn. */
  burst: number;
  /** Computing time before each access, us. */
  computeUs: number;
  /** Accesses of all programs together. */
  accesses: number;
}

/**
 * Several programs that swap to one device, as a single stream. The next program is drawn at random and runs for a
 * burst. Each program has its own VMA. A single stream serves the purpose: pages of different programs must lie side by
 * side in the swap slots, and the burst, which decides how far they mix, is then given instead of measured.
 */
export function sharedSwap(options: SharedSwapOptions, seed: number): ReadaheadWorkload {
  const { sequential, random, burst, computeUs, accesses } = options;
  const stream = randomStream(seed, "readahead/shared-swap");
  const sizes = [
    ...new Array<number>(sequential.count).fill(sequential.pages),
    ...new Array<number>(random.count).fill(random.pages),
  ];
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const next = new Uint32Array(sequential.count);
  const page = new Uint32Array(accesses);
  for (let i = 0; i < accesses; ) {
    const actor = stream.integer(sizes.length);
    for (const end = Math.min(accesses, i + burst); i < end; i++) {
      page[i] = starts[actor] + nextOf(actor, sizes[actor], next, stream);
    }
  }
  return pattern("shared swap", page, { vmas: sizes, writes: () => true, computeUs });
}

function nextOf(actor: number, size: number, next: Uint32Array, random: RandomStream): number {
  if (actor >= next.length) return random.integer(size);
  const page = next[actor];
  next[actor] = (page + 1) % size;
  return page;
}

/**
 * `accesses`, after all their pages have been written and pushed out by other pages. All of their pages fit into
 * memory: it has no limit, as seen from the swap device. The run needs `frames` frames.
 */
export function swappedOutFirst(name: string, accesses: readonly number[], frames: number): ReadaheadWorkload {
  const own = accesses.reduce((most, page) => Math.max(most, page), 0) + 1;
  const others = 4 * frames;
  const fill = Array.from({ length: own + others }, (_, i) => i);
  return pattern(name, [...fill, ...accesses], { vmas: [own, others], writes: (i) => i < fill.length });
}

/** A scenario of `workload` on an idle NVMe device, except for `overrides`. */
export function scenarioOf(workload: ReadaheadWorkload, overrides: Partial<ReadaheadScenario> = {}): ReadaheadScenario {
  return {
    workload,
    frames: Math.max(64, workload.footprint >> 2),
    device: DEVICE_PROFILES.nvme,
    backgroundLoad: 0,
    fragmentation: 0,
    demandFirst: false,
    singleList: false,
    countPollution: false,
    ...overrides,
  };
}

/**
 * Runs a policy over a scenario and returns every metric of the kernel. If `from` is set, the values at the first
 * decision after that many accesses are subtracted; then only metrics that are sums are meaningful.
 */
export function runReadahead(
  scenario: ReadaheadScenario,
  policy: ReadaheadHeuristic | ((kernel: ReadaheadKernel) => ReadaheadHeuristic),
  { from = 0, seed = 1 } = {},
): Record<string, number> {
  const kernel = new ReadaheadKernel();
  kernel.reset(scenario, seed);
  const heuristic = typeof policy === "function" ? policy(kernel) : policy;
  heuristic.reset();
  while (!kernel.done && kernel.position < from) kernel.decide(heuristic.decide(kernel.view));
  const before = kernel.metrics();
  while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
  const metrics = kernel.metrics();
  for (const [name, value] of Object.entries(before)) {
    if (from > 0) metrics[name] -= value;
  }
  return metrics;
}

/**
 * At every fault, reads the next `count` pages on the swap device that the only thread will access. It knows the
 * future.
 */
export function nextPages(kernel: ReadaheadKernel, count: number): ReadaheadHeuristic {
  const decision = createDecision();
  return {
    name: `next ${count}`,
    reset() {},
    decide: ({ state, page: faulting, kind }) =>
      readNext(kernel, kind === "fault" ? count : 0, state, faulting, decision),
  };
}

function readNext(
  kernel: ReadaheadKernel,
  wanted: number,
  state: Uint8Array,
  faulting: number,
  decision: ReadaheadDecision,
): ReadaheadDecision {
  nothing(decision);
  const { page } = kernel.scenario.workload.threads[0];
  const chosen = new Set<number>([faulting]);
  for (let i = kernel.threadPosition(0) + 1; i < page.length && decision.count < wanted; i++) {
    if (state[page[i]] !== SWAPPED || chosen.has(page[i])) continue;
    chosen.add(page[i]);
    decision.pages[decision.count++] = page[i];
  }
  return decision;
}
