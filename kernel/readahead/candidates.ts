import {
  BOOKS,
  createDecision,
  DEPTH_ENDS,
  FIRST_ACCURACY,
  type ReadaheadDecision,
  SOURCES,
  type Source,
} from "./decision.ts";
import { FEATURE, FEATURES } from "./features.ts";
import { GhostSets } from "./ghost_sets.ts";
import {
  clusterBlock,
  majorityStride,
  nothing,
  replayPages,
  stridePages,
  swappedRange,
  vmaWindow,
} from "./page_sets.ts";
import { GHOST, GHOSTS, Predictors } from "./predictors.ts";
import { type ReadaheadView, SWAPPED } from "./view.ts";
import { VmaRule } from "./vma_rule.ts";

export { FEATURE, FEATURES, type Feature } from "./features.ts";

/** Decision points that the quiet candidate skips. Source: choice. */
export const QUIET_POINTS = 64;

/** A stride must hold for the majority of this many accesses of a thread. Source: Leap, the whole history of 32. */
const STRIDE_WINDOW = 32;

/**
 * At a marker, a candidate looks this many steps ahead for a page that is still on the device. If all of these pages
 * are in memory already, it reads nothing. Source: choice.
 */
const MARKER_REACH = 16;

/**
 * Largest window of the stock rule, the rule of an unmodified Linux kernel. Source: mm/swap.c, vm.page-cluster is 3.
 */
const STOCK_PAGES = 8;

/** A page set that a policy can choose. */
export interface Candidate {
  readonly name: string;
  readonly source: Source;
  /** Most pages in the set. For VMA windows and clusters this includes the faulting page. */
  readonly size: number;
}

/** Every page set, with `none` first. */
export const CANDIDATES: readonly Candidate[] = [
  { name: "none", source: "none", size: 0 },
  { name: `none, and for ${QUIET_POINTS} decision points`, source: "none", size: 0 },
  { name: "stock VMA window", source: "stock", size: STOCK_PAGES },
  ...sizes("vma", [2, 4, 8, 16, 32]),
  ...sizes("cluster", [8, 16]),
  ...sizes("stride", [4, 8, 16]),
  ...sizes("pc-stride", [4, 8, 16]),
  ...sizes("replay", [4, 8, 16, 32]),
  ...sizes("pc-replay", [8, 16]),
];

function sizes(source: Source, list: readonly number[]): Candidate[] {
  return list.map((size) => ({ name: `${source} ${size}`, source, size }));
}

/** The largest candidate of each source. It names all pages that the smaller candidates name. */
const LARGEST = SOURCES.map((source) =>
  CANDIDATES.findLastIndex((one) => one.source === source && one.size > 0),
).filter((index) => index >= 0);

/** Index of the candidate that reads nothing for `QUIET_POINTS` decision points. */
export const QUIET = 1;

const COLUMNS = FEATURES.length;

/** Weight of one swap access in the moving share of hits. Source: choice. */
const HIT_WEIGHT = 1 / 64;

const GHOST_OF: Partial<Record<Source, number>> = {
  stride: GHOST.stride,
  "pc-stride": GHOST["pc-stride"],
  replay: GHOST.replay,
  "pc-replay": GHOST["pc-replay"],
};

/** Column that marks the kind of a candidate. For VMA windows the direction of the fault selects the column. */
const KIND_OF: Partial<Record<Source, number>> = {
  none: FEATURE.readsNothing,
  stock: FEATURE.stockWindow,
  cluster: FEATURE.slotCluster,
  stride: FEATURE.threadStride,
  "pc-stride": FEATURE.pcStride,
  replay: FEATURE.pageReplay,
  "pc-replay": FEATURE.pcReplay,
};
const STOCK = SOURCES.indexOf("stock");
const STOCK_WINDOW = CANDIDATES.findIndex(({ source }) => source === "stock");
/**
 * The rule of a global history buffer: it replays `depth` pages if it foretold at least the share `threshold` of recent
 * successors. Source: the tuned constants of the baseline `ghb`; `depth` is the candidate size nearest to its depth. A
 * test compares them.
 */
export const HISTORY_RULE = { depth: 4, threshold: 0.19 };
const REPLAYED = CANDIDATES.findIndex(({ source, size }) => source === "replay" && size === HISTORY_RULE.depth);
/**
 * For every candidate, looked up once: the index of its source, its ghost (-1: the ghost in the direction of the
 * fault), and the column of its kind (-1: the direction selects it).
 */
const SOURCE = CANDIDATES.map(({ source }) => SOURCES.indexOf(source));
const GHOST_OF_CANDIDATE = CANDIDATES.map(({ source }) => GHOST_OF[source] ?? -1);
const KIND_OF_CANDIDATE = CANDIDATES.map(({ source }) => KIND_OF[source] ?? -1);
const SIZE = CANDIDATES.map(({ size }) => (size > 0 ? Math.log2(size) / 5 : 0));
/** First of the columns that mark the kind of a candidate, and the first column after them. */
const KINDS = FEATURE.readsNothing;
const KINDS_END = FEATURE.logSize;
/** First of the columns that are the same for all candidates. They are the last columns. */
const STATE = FEATURE.atMarker;

/**
 * The page sets that a policy chooses from, and what is known about each of them. `update` computes them at every
 * decision point from the view and from the part of the log that this object has followed. The learned policies and the
 * hand rule see the same features.
 */
export class Candidates {
  /** `[CANDIDATES * FEATURES]` row-major, after `update`. */
  readonly features = new Float32Array(CANDIDATES.length * COLUMNS);
  /** `[CANDIDATES]` 1 where a candidate would read a page, and for `none`; else 0. */
  readonly mask = new Uint8Array(CANDIDATES.length);
  readonly #decisions: readonly ReadaheadDecision[] = CANDIDATES.map(createDecision);
  readonly #predictors: Predictors;
  readonly #ghosts: GhostSets;
  readonly #stock = new VmaRule(Math.log2(STOCK_PAGES));
  /** Major faults and hits counted so far, and the moving share of hits. */
  #majors = 0;
  #hits = 0;
  #hitShare = 0;
  /** Results of `#density`: shares of neighbours used lately, near and far. */
  #near = 0;
  #far = 0;

  constructor(program: Pick<ReadaheadView, "vmas" | "pages" | "programCounters" | "frames">) {
    this.#predictors = new Predictors(program);
    this.#ghosts = new GhostSets(program, SOURCES.length);
  }

  /** Returns the decision that a candidate stands for. Valid after `update`. */
  decision(candidate: number): ReadaheadDecision {
    return this.#decisions[candidate];
  }

  /** Computes features, mask and decisions from the view. */
  update(view: ReadaheadView): void {
    const from = this.#predictors.follow(view);
    for (let at = from; at < view.log.length; at++) this.#ghosts.access(view.log, at);
    this.#followHits(view);
    const marker = view.kind === "marker";
    const stride = majorityStride(view.log, view.thread, STRIDE_WINDOW);
    const pcStride = this.#predictors.strideOf(view.thread, view.pc);
    const direction = directionOf(view);
    const step = direction < 0 ? -1 : 1;
    const skip = marker ? firstSwapped(view, step) : 0;
    const strideSkip = marker ? firstSwapped(view, stride) : 0;
    const pcStrideSkip = marker ? firstSwapped(view, pcStride) : 0;
    for (let i = 0; i < CANDIDATES.length; i++) {
      const { source, size } = CANDIDATES[i];
      const decision = this.#decisions[i];
      if (source === "none") nothing(decision).quiet = i === QUIET ? QUIET_POINTS : 0;
      else if (source === "stock") this.#stockWindow(view, decision);
      else if (source === "vma") window(view, direction, skip, size, decision);
      else if (source === "cluster") clusterBlock(view, size, decision);
      else if (source === "stride") stridePages(view, stride, size, SOURCE[i], decision, strideSkip);
      else if (source === "pc-stride") {
        stridePages(view, pcStride, size, SOURCE[i], decision, pcStrideSkip);
      } else {
        const position = source === "replay" ? view.previousOfPage : view.previousOfPc;
        replayPages(view, position, size, SOURCE[i], decision);
      }
      this.mask[i] = source === "none" || decision.count > 0 ? 1 : 0;
    }
    for (const i of LARGEST) this.#ghosts.offer(view, this.#decisions[i]);
    this.#describe(view, direction, stride, pcStride);
    this.#describeState(view, skip);
  }

  /** Fills in what a stock kernel would read. At a marker that is nothing, because a stock kernel has no markers. */
  #stockWindow(view: ReadaheadView, decision: ReadaheadDecision): void {
    if (view.kind === "marker") nothing(decision);
    else this.#stock.decide(view, decision);
    decision.source = STOCK;
  }

  #followHits({ counters }: ReadaheadView): void {
    const majors = counters.major_faults - this.#majors;
    const hits = counters.ra_hit - this.#hits;
    this.#majors = counters.major_faults;
    this.#hits = counters.ra_hit;
    if (majors + hits === 0) return;
    const keep = (1 - HIT_WEIGHT) ** (majors + hits);
    this.#hitShare = keep * this.#hitShare + ((1 - keep) * hits) / (majors + hits);
  }

  #describe(view: ReadaheadView, direction: number, stride: number, pcStride: number): void {
    const { features } = this;
    const { device, frames, vma, pc, log } = view;
    const { byThread, byVma, byPc } = this.#predictors;
    const alone = device.faultUs + device.latencyUs + device.pageUs;
    const near = 64;
    const far = Math.min(log.capacity, 2 * frames);
    const aheadGhost = direction < 0 ? GHOST.behind : GHOST.ahead;
    const ahead = direction < 0 ? -1 : 1;
    const vmaKind = direction > 0 ? FEATURE.vmaAhead : direction < 0 ? FEATURE.vmaBehind : FEATURE.vmaAround;
    for (let i = 0; i < CANDIDATES.length; i++) {
      const { count } = this.#decisions[i];
      const row = i * COLUMNS;
      features[row + FEATURE.pages] = count / 16;
      features[row + FEATURE.readsAny] = count > 0 ? 1 : 0;
      features[row + FEATURE.transferTime] = (count * device.pageUs) / alone;
      features[row + FEATURE.shareOfFrames] = Math.min(4, (8 * count) / frames);
      this.#describeShares(view, row, SOURCE[i], count);
      const ghost = GHOST_OF_CANDIDATE[i] < 0 ? aheadGhost : GHOST_OF_CANDIDATE[i];
      const known = SIZE[i] > 0 ? 1 : 0;
      features[row + FEATURE.namesNextInThread] = known * byThread[view.thread * GHOSTS.length + ghost];
      features[row + FEATURE.namesNextInVma] = known * byVma[vma * GHOSTS.length + ghost];
      features[row + FEATURE.namesNextByPc] = known * byPc[pc * GHOSTS.length + ghost];
      features[row + FEATURE.pagesTimesUsedByPc] =
        features[row + FEATURE.pages] * features[row + FEATURE.namedUsedByPc];
      for (let column = KINDS; column < KINDS_END; column++) features[row + column] = 0;
      features[row + (KIND_OF_CANDIDATE[i] < 0 ? vmaKind : KIND_OF_CANDIDATE[i])] = 1;
      features[row + FEATURE.logSize] = SIZE[i];
    }
    this.#describeNeighbours(view, ahead, stride, pcStride, near, far);
    this.#describeHistory(byThread[view.thread * GHOSTS.length + GHOST.next] >= HISTORY_RULE.threshold);
  }

  /**
   * Writes `ghbChoice`: 1 for one candidate, else 0. If history repeats and knows pages, that candidate is the replay
   * of what came next the last time; otherwise it is the stock window.
   */
  #describeHistory(repeats: boolean): void {
    let choice = repeats && this.mask[REPLAYED] === 1 ? REPLAYED : STOCK_WINDOW;
    if (this.mask[choice] === 0) choice = 0;
    for (let i = 0; i < CANDIDATES.length; i++) this.features[i * COLUMNS + FEATURE.ghbChoice] = i === choice ? 1 : 0;
  }

  /**
   * Writes `namedUsed` to `readUsedByPc`: the share of a set's pages that is expected to be used. The estimate comes
   * from what happened to earlier pages at the same depths: pages that the rule named, and pages that were read.
   */
  #describeShares(view: ReadaheadView, row: number, source: number, count: number): void {
    const { accuracy, pcAccuracy, pcUnknown, vma, pc } = view;
    const ghosts = this.#ghosts;
    let all = 0;
    let inVma = 0;
    let byPc = 0;
    let read = 0;
    let begin = 0;
    for (let depth = 0; depth < DEPTH_ENDS.length; depth++) {
      const pages = Math.min(Math.max(count, 1), DEPTH_ENDS[depth]) - begin;
      if (pages <= 0) break;
      const book = source * DEPTH_ENDS.length + depth;
      all += pages * ghosts.share(book);
      inVma += pages * ghosts.shareInVma(vma, book);
      byPc += pages * ghosts.shareByPc(pc, book);
      // Where too little is known about an instruction, the share over all instructions fills in.
      const unknown = pcUnknown[pc * BOOKS + book] * (accuracy[book] - FIRST_ACCURACY);
      read += pages * (pcAccuracy[pc * BOOKS + book] + unknown);
      begin += pages;
    }
    this.features[row + FEATURE.namedUsed] = all / begin;
    this.features[row + FEATURE.namedUsedInVma] = inVma / begin;
    this.features[row + FEATURE.namedUsedByPc] = byPc / begin;
    this.features[row + FEATURE.readUsedByPc] = read / begin;
  }

  /** Writes the columns that are the same for all candidates. */
  #describeState(view: ReadaheadView, skip: number): void {
    const { features } = this;
    const { device, frames, vma } = view;
    const { ra_issued, ra_hit, ra_waste } = view.counters;
    const alone = device.faultUs + device.latencyUs + device.pageUs;
    features[FEATURE.atMarker] = view.kind === "marker" ? 1 : 0;
    features[FEATURE.writes] = view.write ? 1 : 0;
    features[FEATURE.deviceWait] = Math.min(4, view.queueWait / alone);
    features[FEATURE.readsUnderWay] = view.inFlight / 64;
    features[FEATURE.logLoneFault] = Math.log(alone) / 5;
    features[FEATURE.pageTransfer] = (10 * device.pageUs) / alone;
    features[FEATURE.logFrames] = Math.log2(frames) / 16;
    features[FEATURE.shortRefaults] = view.shortRefaults;
    features[FEATURE.refaultDistance] = Math.min(4, view.refaultDistance);
    features[FEATURE.hitShare] = this.#hitShare;
    features[FEATURE.stockHits] = view.vmaHits[vma] / 8;
    features[FEATURE.pagesUnused] = (ra_issued - ra_hit - ra_waste) / 64;
    features[FEATURE.neighboursPresent] = skip / 16;
    const { byThread, byVma } = this.#predictors;
    features[FEATURE.nextFollowsInThread] = byThread[view.thread * GHOSTS.length + GHOST.next];
    features[FEATURE.nextFollowsInVma] = byVma[vma * GHOSTS.length + GHOST.next];
    features[FEATURE.majorFaultTime] = Math.min(8, (device.faultUs + view.majorUs) / alone);
    for (let i = 1; i < CANDIDATES.length; i++) features.copyWithin(i * COLUMNS + STATE, STATE, COLUMNS);
  }

  /**
   * Writes `neighboursNear` and `neighboursFar`: which pages on the other side of the faulting page were used lately.
   */
  #describeNeighbours(
    view: ReadaheadView,
    ahead: number,
    stride: number,
    pcStride: number,
    near: number,
    far: number,
  ): void {
    for (const source of ["stock", "vma", "cluster", "stride", "pc-stride", "replay", "pc-replay", "none"] as const) {
      let step = 0;
      if (source === "vma" || source === "stock") step = -ahead;
      else if (source === "stride") step = -stride;
      else if (source === "pc-stride") step = -pcStride;
      this.#density(view, step, source === "cluster", near, far);
      for (let i = 0; i < CANDIDATES.length; i++) {
        if (CANDIDATES[i].source !== source) continue;
        this.features[i * COLUMNS + FEATURE.neighboursNear] = this.#near;
        this.features[i * COLUMNS + FEATURE.neighboursFar] = this.#far;
      }
    }
  }

  /**
   * Computes the share of the 16 pages at multiples of `step` (or of the 16 slots around the page) that were used
   * lately.
   */
  #density(view: ReadaheadView, step: number, cluster: boolean, near: number, far: number): void {
    const { page, log, slotOf, ownerOf, vmas, vma } = view;
    const { start, end } = vmas[vma];
    let nearCount = 0;
    let farCount = 0;
    this.#near = 0;
    this.#far = 0;
    if (cluster ? slotOf[page] === 0 : step === 0) return;
    const first = slotOf[page] - (slotOf[page] % 16);
    for (let k = 1; k <= 16; k++) {
      const neighbour = cluster ? ownerOf[first + k - 1] : page + k * step;
      if (cluster ? neighbour < 0 || neighbour === page : neighbour < start || neighbour >= end) continue;
      const last = log.lastOfPage(neighbour);
      if (last < 0) continue;
      const age = log.length - last;
      if (age <= near) nearCount++;
      if (age <= far) farCount++;
    }
    this.#near = nearCount / 16;
    this.#far = farCount / 16;
  }

  /** Copies the state of `other`, which was made for the same program, into this object. */
  copyFrom(other: Candidates): void {
    this.#predictors.copyFrom(other.#predictors);
    this.#ghosts.copyFrom(other.#ghosts);
    this.#stock.copyFrom(other.#stock);
    this.#majors = other.#majors;
    this.#hits = other.#hits;
    this.#hitShare = other.#hitShare;
    this.features.set(other.features);
    this.mask.set(other.mask);
    for (const [i, { pages, ...rest }] of other.#decisions.entries()) {
      this.#decisions[i].pages.set(pages);
      Object.assign(this.#decisions[i], rest);
    }
  }
}

/** Returns 1 when the fault follows the VMA's last fault by one page, -1 when it precedes it by one page, else 0. */
function directionOf({ page, vma, vmaAddress }: ReadaheadView): number {
  const delta = page - vmaAddress[vma];
  return delta === 1 ? 1 : delta === -1 ? -1 : 0;
}

/**
 * Returns the steps from the marked page to the first page that is only on the device, minus 1. Returns `MARKER_REACH`
 * if there is no such page.
 */
function firstSwapped({ page, vma, vmas, state }: ReadaheadView, step: number): number {
  const { start, end } = vmas[vma];
  if (step === 0) return 0;
  for (let k = 1; k <= MARKER_REACH; k++) {
    const candidate = page + k * step;
    if (candidate < start || candidate >= end) break;
    if (state[candidate] === SWAPPED) return k - 1;
  }
  return MARKER_REACH;
}

/** Fills in a VMA window. At a marker the window starts after the pages that are in memory already. */
function window(view: ReadaheadView, direction: number, skip: number, size: number, decision: ReadaheadDecision): void {
  const { page } = view;
  if (view.kind === "marker") {
    const left = direction < 0 ? page - skip - size + 1 : page + skip;
    swappedRange(view, left, left + size, decision);
  } else {
    vmaWindow(view, view.vmaAddress[view.vma], size, decision);
  }
  // Mark the page that is expected next: the nearest page ahead, or the nearest behind if there is none ahead.
  decision.marker = Math.min(decision.before, decision.count - 1);
}
