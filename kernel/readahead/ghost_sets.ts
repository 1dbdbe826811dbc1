import { BOOKS, bookOf, depthOf, type ReadaheadDecision } from "./decision.ts";
import type { SwapLog } from "./swap_log.ts";
import type { ReadaheadView } from "./view.ts";

/**
 * A page that is read ahead counts as thrown out after this many swap accesses, as a share of the frames. Source:
 * choice.
 */
const LIFETIME = 1 / 2;

/**
 * Old counts are halved after this many named pages: over all pages, and for one VMA or instruction. Source: choice.
 */
const GLOBAL_MEMORY = 1024;
const LOCAL_MEMORY = 64;

/**
 * Weight, in pages, of the overall share when it is combined with the counts of one VMA or instruction. Source: choice.
 */
const PRIOR_PAGES = 8;

/** Share of pages that is assumed to be used before anything is known. Source: choice. */
const FIRST_SHARE = 0.25;

/**
 * Estimates what page sets would have been worth that were not read. Every offered set is remembered for as long as its
 * pages would have stayed in memory. A page of it that is accessed meanwhile counts as used. Only pages on the device
 * are offered, so no use of them can go unseen. Unlike the share of pages that were really read and used, this estimate
 * also covers sets that a policy never chooses.
 */
export class GhostSets {
  readonly #pages: number;
  readonly #vmaOf: Int32Array;
  readonly #lifetime: number;
  /** `[sources * pages]` log position at which the page was named (-1: not named now); its book; the instruction. */
  readonly #named: Int32Array;
  readonly #book: Uint8Array;
  readonly #pc: Uint16Array;
  /** `[BOOKS]`, `[vmas * BOOKS]` and `[programCounters * BOOKS]` counts of pages named and pages used. */
  readonly #all = new Counts(1, GLOBAL_MEMORY);
  readonly #byVma: Counts;
  readonly #byPc: Counts;
  readonly #sources: number;

  /**
   * @param sources number of sources, each with its own sets
   */
  constructor(
    { vmas, pages, programCounters, frames }: Pick<ReadaheadView, "vmas" | "pages" | "programCounters" | "frames">,
    sources: number,
  ) {
    this.#pages = pages;
    this.#sources = sources;
    this.#lifetime = Math.max(1, Math.floor(LIFETIME * frames));
    this.#vmaOf = new Int32Array(pages);
    for (const [i, { start, end }] of vmas.entries()) this.#vmaOf.fill(i, start, end);
    this.#named = new Int32Array(sources * pages).fill(-1);
    this.#book = new Uint8Array(sources * pages);
    this.#pc = new Uint16Array(sources * pages);
    this.#byVma = new Counts(vmas.length, LOCAL_MEMORY);
    this.#byPc = new Counts(programCounters, LOCAL_MEMORY);
  }

  /** Counts the access at a position of the log as a use of the sets that named its page. */
  access(log: SwapLog, position: number): void {
    const page = log.pageAt(position);
    for (let source = 0; source < this.#sources; source++) {
      const at = source * this.#pages + page;
      const named = this.#named[at];
      if (named < 0) continue;
      this.#named[at] = -1;
      if (position - named > this.#lifetime) continue;
      const book = this.#book[at];
      this.#all.used(0, book);
      this.#byVma.used(this.#vmaOf[page], book);
      this.#byPc.used(this.#pc[at], book);
    }
  }

  /** Remembers a set that is offered at a decision point. */
  offer({ log, pc }: ReadaheadView, { pages, count, before, source }: ReadaheadDecision): void {
    const now = log.length - 1;
    for (let k = 0; k < count; k++) {
      const page = pages[k];
      const at = source * this.#pages + page;
      if (this.#named[at] >= 0 && now - this.#named[at] <= this.#lifetime) continue;
      const book = bookOf(source, depthOf(k, before));
      this.#named[at] = now;
      this.#book[at] = book;
      this.#pc[at] = pc;
      this.#all.named(0, book);
      this.#byVma.named(this.#vmaOf[page], book);
      this.#byPc.named(pc, book);
    }
  }

  /** Share of a book's pages that were used, over all pages. */
  share(book: number): number {
    return this.#all.share(0, book, FIRST_SHARE);
  }

  /** The same for one VMA. Where too little is known about it, the share over all pages fills in. */
  shareInVma(vma: number, book: number): number {
    return this.#byVma.share(vma, book, this.share(book));
  }

  /** The same for one instruction. Where too little is known about it, the share over all pages fills in. */
  shareByPc(pc: number, book: number): number {
    return this.#byPc.share(pc, book, this.share(book));
  }

  /** Copies the state of `other`, which was made for the same program, into this object. */
  copyFrom(other: GhostSets): void {
    this.#named.set(other.#named);
    this.#book.set(other.#book);
    this.#pc.set(other.#pc);
    this.#all.copyFrom(other.#all);
    this.#byVma.copyFrom(other.#byVma);
    this.#byPc.copyFrom(other.#byPc);
  }
}

/** Pages named and pages used, by owner (a VMA or an instruction) and book. Old counts fade. */
class Counts {
  readonly #named: Float32Array;
  readonly #used: Float32Array;
  readonly #memory: number;

  constructor(owners: number, memory: number) {
    this.#named = new Float32Array(owners * BOOKS);
    this.#used = new Float32Array(owners * BOOKS);
    this.#memory = memory;
  }

  named(owner: number, book: number): void {
    const at = owner * BOOKS + book;
    if (++this.#named[at] <= this.#memory) return;
    this.#named[at] /= 2;
    this.#used[at] /= 2;
  }

  used(owner: number, book: number): void {
    this.#used[owner * BOOKS + book]++;
  }

  share(owner: number, book: number, prior: number): number {
    const at = owner * BOOKS + book;
    return Math.min(1, (this.#used[at] + PRIOR_PAGES * prior) / (this.#named[at] + PRIOR_PAGES));
  }

  copyFrom(other: Counts): void {
    this.#named.set(other.#named);
    this.#used.set(other.#used);
  }
}
