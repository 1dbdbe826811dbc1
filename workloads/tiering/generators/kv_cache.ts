import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload, WindowHistogram } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { scaleToSum, zipfWeights } from "../../weights.ts";
import { assertWindow } from "../assert_window.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";

const WEIGHT_PAGES = 0.2;
const EMBEDDING_PAGES = 0.1;
const EMBEDDING_ACCESS = 0.08;

export interface KvCacheOptions extends TieringGeneratorOptions {
  /** Share of the cache pages that belong to running sequences. Default: drawn from 0.2 to 0.4. */
  running?: number;
  /** Share of accesses that read the model's weights. Default: drawn from 0.25 to 0.45. */
  weightAccess?: number;
}

/**
 * A language model that serves many conversations from one key-value cache.
 *
 * Pages, in order of loading: weights (20 %, all read for every token), embeddings (10 %, Zipf 0.9 over scattered
 * pages), then the cache. A running sequence reads all its pages for every token; it appends pages, which are written.
 * A finished sequence keeps its pages, untouched, until it resumes or its pages are needed (those of the least recently
 * run sequence go first). Free pages are handed out in scattered order. Source of lengths, rates and proportions:
 * choice.
 */
export function kvCache(pages: number, seed: number, options: KvCacheOptions = {}): TieringWorkload {
  return new KvCacheWorkload(pages, seed, options);
}

class KvCacheWorkload implements TieringWorkload {
  readonly name = "kv-cache";
  readonly pages: number;
  readonly windows: number;
  /** `[pages]` accesses to weights and embeddings, which are the same in every window. */
  readonly #resident: Float64Array;
  readonly #cacheAccess: number;
  /** Per window: pages of running sequences. Pages appended in this window come first. */
  readonly #running: Uint32Array[] = [];
  /** `[windows]` number of those pages that were appended. */
  readonly #appended: Uint32Array;

  constructor(pages: number, seed: number, options: KvCacheOptions) {
    this.windows = checkedWindows(this.name, pages, options);
    this.pages = pages;
    const random = randomStream(seed, "workload/kv-cache");
    const { running = random.uniform(0.2, 0.4), weightAccess = random.uniform(0.25, 0.45) } = options;
    this.#cacheAccess = 1 - weightAccess - EMBEDDING_ACCESS;
    this.#appended = new Uint32Array(this.windows);
    const weights = Math.round(WEIGHT_PAGES * pages);
    const embeddings = Math.round(EMBEDDING_PAGES * pages);
    this.#resident = new Float64Array(pages);
    this.#resident.fill(weightAccess / weights, 0, weights);
    const popularity = scaleToSum(zipfWeights(embeddings, 0.9), EMBEDDING_ACCESS);
    const order = shuffled(embeddings, random);
    for (let rank = 0; rank < embeddings; rank++) this.#resident[weights + order[rank]!] = popularity[rank]!;
    const cache = new Cache(weights + embeddings, pages, running, random);
    for (let window = 0; window < this.windows; window++) {
      this.#appended[window] = cache.advance();
      this.#running.push(cache.runningPages());
    }
  }

  fill(index: number, out: WindowHistogram): void {
    assertWindow(this, index);
    const { access, write } = out;
    const running = this.#running[index]!;
    const appended = this.#appended[index]!;
    access.set(this.#resident);
    write.fill(0);
    const each = this.#cacheAccess / running.length;
    for (let i = 0; i < running.length; i++) access[running[i]!] = each;
    for (let i = 0; i < appended; i++) write[running[i]!] = 0.5;
  }
}

interface Sequence {
  pages: number[];
  /** Windows that the sequence still runs. */
  left: number;
}

/** The sequences of the cache and the pages that they own. */
class Cache {
  readonly #random: RandomStream;
  readonly #free: number[];
  readonly #size: number;
  readonly #target: number;
  #running: Sequence[] = [];
  /** Finished sequences, the least recently run first. */
  readonly #idle: Sequence[] = [];
  #appended: number[] = [];
  /** `[to]` 1 for appended pages. Used only inside `runningPages`. */
  readonly #fresh: Uint8Array;

  constructor(from: number, to: number, running: number, random: RandomStream) {
    this.#random = random;
    this.#size = to - from;
    this.#fresh = new Uint8Array(to);
    this.#target = running * this.#size;
    this.#free = Array.from(shuffled(this.#size, random), (i) => from + i);
  }

  /** Simulates one window: sequences finish, grow, start and resume. Returns the number of appended pages. */
  advance(): number {
    this.#appended = [];
    this.#idle.push(...this.#running.filter((sequence) => sequence.left <= 0));
    this.#running = this.#running.filter((sequence) => sequence.left > 0);
    for (const sequence of this.#running) {
      this.#grow(sequence, this.#random.uniform(0.0002, 0.001));
      sequence.left--;
    }
    while (this.#runningCount() < this.#target) {
      const resumed = this.#idle.length > 0 && this.#random.next() < 0.5;
      const sequence = resumed
        ? this.#idle.splice(this.#random.integer(this.#idle.length), 1)[0]!
        : { pages: [], left: 0 };
      sequence.left = 4 + this.#random.integer(24);
      this.#running.push(sequence);
      this.#grow(sequence, resumed ? this.#random.uniform(0.0002, 0.001) : this.#random.uniform(0.004, 0.03));
    }
    return this.#appended.length;
  }

  /** Pages of running sequences. Pages appended in the last window come first. */
  runningPages(): Uint32Array {
    for (const page of this.#appended) this.#fresh[page] = 1;
    const pages = new Uint32Array(this.#runningCount());
    pages.set(this.#appended);
    let count = this.#appended.length;
    for (const sequence of this.#running) {
      for (const page of sequence.pages) if (this.#fresh[page] === 0) pages[count++] = page;
    }
    for (const page of this.#appended) this.#fresh[page] = 0;
    return pages;
  }

  #runningCount(): number {
    return this.#running.reduce((sum, sequence) => sum + sequence.pages.length, 0);
  }

  #grow(sequence: Sequence, share: number): void {
    const count = Math.max(1, Math.round(share * this.#size));
    for (let i = 0; i < count; i++) {
      while (this.#free.length === 0 && this.#idle.length > 0) this.#free.push(...this.#idle.shift()!.pages);
      const page = this.#free.pop();
      if (page === undefined) return;
      sequence.pages.push(page);
      this.#appended.push(page);
    }
  }
}
