import type { CacheFilter } from "../format/histogram_trace.ts";

/** Receives the traffic from the cache model to memory. */
export interface MemoryTraffic {
  /** A cache line of this page is fetched. */
  fill(pageNumber: number): void;
  /** A dirty cache line of this page is written back. */
  writeBack(pageNumber: number): void;
}

/** 256 KiB, 16-way: a last-level cache, scaled down like a 4 KiB page is scaled down from 2 MiB. Source: choice. */
export const DEFAULT_FILTER: CacheFilter = { lineBytes: 64, sets: 256, ways: 16 };

/**
 * A write-back, write-allocate cache: set-associative with LRU replacement. A line's set is its number modulo the
 * number of sets. On a miss, the victim is written back (if dirty) before the new line is filled.
 *
 * recorder.c follows the same rule; a test compares the two.
 */
export class LlcFilter {
  readonly #lineBytes: number;
  readonly #setMask: number;
  readonly #ways: number;
  readonly #linesPerPage: number;
  /**
   * `[sets][ways]` line numbers, most recently used first; -1 is empty. A double holds every line number of a 64-bit
   * address.
   */
  readonly #lines: Float64Array;
  readonly #dirty: Uint8Array;
  readonly #memory: MemoryTraffic;

  constructor(filter: CacheFilter, pageBytes: number, memory: MemoryTraffic) {
    for (const [name, value] of Object.entries({ ...filter, pageBytes })) {
      const fits = name === "ways" || Number.isInteger(Math.log2(value));
      if (!Number.isInteger(value) || value < 1 || value > 2 ** 30 || !fits) {
        const kind = name === "ways" ? "whole number" : "power of two";
        throw new RangeError(`${name} must be a ${kind} from 1 to 2^30, got ${value}`);
      }
    }
    if (pageBytes < filter.lineBytes) {
      throw new RangeError(`pageBytes must not be below lineBytes ${filter.lineBytes}, got ${pageBytes}`);
    }
    this.#lineBytes = filter.lineBytes;
    this.#setMask = filter.sets - 1;
    this.#ways = filter.ways;
    this.#linesPerPage = pageBytes / filter.lineBytes;
    this.#lines = new Float64Array(filter.sets * filter.ways).fill(-1);
    this.#dirty = new Uint8Array(filter.sets * filter.ways);
    this.#memory = memory;
  }

  /**
   * One access of `bytes` bytes (at least 1) at `address`, a whole number below 2^53. It touches every line in its
   * span.
   */
  access(address: number, bytes: number, write: boolean): void {
    const last = Math.floor((address + bytes - 1) / this.#lineBytes);
    for (let line = Math.floor(address / this.#lineBytes); line <= last; line++) this.#accessLine(line, write ? 1 : 0);
  }

  #accessLine(line: number, write: 0 | 1): void {
    const lines = this.#lines;
    const dirty = this.#dirty;
    // A line number may exceed 32 bits; the mask needs only the low ones.
    const start = ((line % 4294967296) & this.#setMask) * this.#ways;
    const end = start + this.#ways;
    let i = start;
    while (i < end && lines[i] !== line) i++;
    const hit = i < end;
    if (!hit) i--;
    const victim = lines[i]!;
    const wasDirty = dirty[i]!;
    for (; i > start; i--) {
      lines[i] = lines[i - 1]!;
      dirty[i] = dirty[i - 1]!;
    }
    lines[start] = line;
    dirty[start] = hit ? wasDirty | write : write;
    if (hit) return;
    if (wasDirty === 1) this.#memory.writeBack(Math.floor(victim / this.#linesPerPage));
    this.#memory.fill(Math.floor(line / this.#linesPerPage));
  }
}
