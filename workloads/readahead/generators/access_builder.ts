import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { ReadaheadWorkload, Vma } from "../../../kernel/readahead/workload.ts";
import { MIN_READAHEAD_PAGES, type ReadaheadGeneratorOptions } from "./generator.ts";
import { ThreadBuilder } from "./thread_builder.ts";

/** Pages of one page-table page; a readahead window ends at its border. Source: x86-64. */
const TABLE_PAGES = 512;
/**
 * Fewest pages of address space between two regions. Source: choice, the gap at which the trace importer splits VMAs.
 */
const MIN_GAP = 65;

/**
 * Builds a workload from regions of memory, instructions that access them, and threads that run these instructions.
 *
 * A region is usually one VMA. One region in five (drawn) is split into 2 to 4 VMAs by holes, as protection changes do.
 * A third of the regions begin at a multiple of 512 pages. Up to 3 % of a region's pages are unused slack at its end.
 */
export class AccessBuilder {
  readonly name: string;
  /** Approximate number of pages of all regions together. */
  readonly pages: number;
  /** Accesses of all threads together. */
  readonly accesses: number;
  /** Random stream for everything that the generator draws. */
  readonly random: RandomStream;
  readonly #seed: number;
  readonly #layout: RandomStream;
  readonly #vmas: Vma[] = [];
  readonly #threads: ThreadBuilder[] = [];
  #sites = 0;
  #nextPage = 0;
  #nextAddress: number;

  /** @throws RangeError if there are too few pages or accesses */
  constructor(name: string, seed: number, options: ReadaheadGeneratorOptions = {}) {
    this.name = name;
    this.random = randomStream(seed, `workload/readahead/${name}`);
    const { accesses = 100_000, pages = Math.round(1500 * 4 ** this.random.next()) } = options;
    if (!Number.isInteger(pages) || pages < MIN_READAHEAD_PAGES) {
      throw new RangeError(`pages of ${name} must be a whole number of at least ${MIN_READAHEAD_PAGES}, got ${pages}`);
    }
    if (!Number.isInteger(accesses) || accesses < 1) {
      throw new RangeError(`accesses of ${name} must be a whole number of at least 1, got ${accesses}`);
    }
    this.pages = pages;
    this.accesses = accesses;
    this.#seed = seed;
    this.#layout = randomStream(seed, `workload/readahead/${name}/layout`);
    this.#nextAddress = 0x400 + this.#layout.integer(0x10000);
  }

  /** Maps a region of `pages` pages (a whole number above 0). Returns the number of its first page. */
  region(pages: number): number {
    const random = this.#layout;
    this.#nextAddress += MIN_GAP + random.integer(3000);
    if (random.next() < 1 / 3) this.#nextAddress = Math.ceil(this.#nextAddress / TABLE_PAGES) * TABLE_PAGES;
    const first = this.#nextPage;
    const mapped = pages + random.integer(Math.floor(0.03 * pages) + 1);
    const holes = pages >= 256 && random.next() < 0.2 ? 1 + random.integer(3) : 0;
    const ends = new Set([mapped]);
    for (let i = 0; i < holes; i++) ends.add(1 + random.integer(mapped - 1));
    for (const end of [...ends].sort((a, b) => a - b)) {
      const size = first + end - this.#nextPage;
      this.#vmas.push({ start: this.#nextPage, end: first + end, address: this.#nextAddress });
      this.#nextPage += size;
      this.#nextAddress += size + 1 + random.integer(16);
    }
    return first;
  }

  /** Returns the index of a new instruction. */
  site(): number {
    return this.#sites++;
  }

  /** Returns the index of the first of `count` new instructions with consecutive indices. */
  sites(count: number): number {
    const first = this.#sites;
    this.#sites += count;
    return first;
  }

  /** Adds a thread that keeps `share` of all accesses. */
  thread(share = 1): ThreadBuilder {
    const scatter = randomStream(this.#seed, `workload/readahead/${this.name}/compute`, this.#threads.length);
    const thread = new ThreadBuilder(Math.max(1, Math.floor(share * this.accesses)), scatter);
    this.#threads.push(thread);
    return thread;
  }

  /** Builds the workload from all regions, instructions and threads so far. */
  build(): ReadaheadWorkload {
    const threads = this.#threads.map((thread) => thread.build());
    const used = new Uint8Array(this.#nextPage);
    let footprint = 0;
    for (const { page } of threads) {
      for (let i = 0; i < page.length; i++) {
        footprint += 1 - used[page[i]];
        used[page[i]] = 1;
      }
    }
    return {
      name: this.name,
      pages: this.#nextPage,
      vmas: this.#vmas,
      footprint,
      programCounters: this.#sites,
      threads,
    };
  }
}
