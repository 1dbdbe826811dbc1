/**
 * A mapped range of one address space (virtual memory area). Pages are numbered through all VMAs, one VMA after
 * another, without holes between them.
 */
export interface Vma {
  /** Number of the first page. */
  readonly start: number;
  /** Number of the first page after the range. */
  readonly end: number;
  /**
   * Virtual address of the first page, in pages. It decides where windows end: at the borders of aligned blocks of 512
   * virtual pages (one page-table page).
   */
  readonly address: number;
}

/**
 * What one thread does: accesses to pages in program order. Accesses to recently used pages are left out, because they
 * would only say that the page is in use. The arrays have the same length and never change.
 */
export interface AccessStream {
  /** `[accesses]` number of the page. */
  readonly page: Uint32Array;
  /** `[accesses]` 1 where the access writes the page, else 0. */
  readonly write: Uint8Array;
  /** `[accesses]` index of the accessing instruction, below `ReadaheadWorkload.programCounters`. */
  readonly pc: Uint16Array;
  /** `[accesses]` time for which the thread computes before the access, ns. */
  readonly computeNs: Uint32Array;
}

/** Most threads of a workload. Source: choice. */
export const MAX_THREADS = 16;

/**
 * A program as the swap-in path sees it: immutable, and indexed by accesses done, never by time. Threads keep their own
 * order; the simulator determines how their accesses interleave.
 */
export interface ReadaheadWorkload {
  readonly name: string;
  /** Pages of all VMAs together. */
  readonly pages: number;
  /** VMAs by rising page number; together they cover all pages. */
  readonly vmas: readonly Vma[];
  /** Number of pages that are accessed at all. */
  readonly footprint: number;
  /** Distinct instructions, at most 65,536. */
  readonly programCounters: number;
  /** 1 to `MAX_THREADS`. */
  readonly threads: readonly AccessStream[];
}

/** Throws a RangeError that names the first invalid field of a workload. */
export function assertWorkload({ name, pages, vmas, programCounters, threads }: ReadaheadWorkload): void {
  let next = 0;
  for (const { start, end, address } of vmas) {
    if (start !== next || !(end > start) || !Number.isSafeInteger(address) || address < 0) {
      throw new RangeError(`${name}: expected a VMA from page ${next} on, got [${start}, ${end}) at ${address}`);
    }
    next = end;
  }
  if (next !== pages) throw new RangeError(`${name}: expected VMAs of ${pages} pages in total, got ${next}`);
  if (threads.length < 1 || threads.length > MAX_THREADS) {
    throw new RangeError(`${name}: expected 1 to ${MAX_THREADS} threads, got ${threads.length}`);
  }
  for (const { page, write, pc, computeNs } of threads) {
    if (page.length !== write.length || page.length !== pc.length || page.length !== computeNs.length) {
      const lengths = [page, write, pc, computeNs].map(({ length }) => length).join(", ");
      throw new RangeError(`${name}: a thread's arrays must have the same length, got ${lengths}`);
    }
    for (let i = 0; i < page.length; i++) {
      if (page[i] >= pages) throw new RangeError(`${name}: expected a page below ${pages}, got ${page[i]}`);
      if (pc[i] >= programCounters) {
        throw new RangeError(`${name}: expected a program counter below ${programCounters}, got ${pc[i]}`);
      }
    }
  }
}
