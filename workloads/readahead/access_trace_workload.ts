import type { AccessStream, ReadaheadWorkload, Vma } from "../../kernel/readahead/workload.ts";
import type { AccessTrace } from "../format/access_trace.ts";

/** Which part of a recording to play. */
export interface AccessTraceWorkloadOptions {
  /** First access, counted over all threads in recorded order. Default 0. */
  first?: number;
  /** Most accesses of all threads together. Default: all accesses from `first` on. */
  accesses?: number;
}

/** Time of one memory access to a page in use, ns. Source: choice; between a cache hit and a cache miss. */
const NS_PER_ACCESS = 1;

/**
 * A run of more than this many pages that are never accessed splits its VMA and is left out of the workload. Programs
 * that reserve terabytes of address space stay small this way. Source: choice; no readahead window is wider.
 */
const MAX_UNUSED_RUN = 64;

/** Most pages of all VMAs: 16 GiB of pages of 4 KiB. The simulator keeps tables of them. Source: choice. */
const MOST_MAPPED = 2 ** 22;

/**
 * Turns a recorded program into a workload of the swap-in path.
 *
 * The mapped ranges are its VMAs. They include pages that are never accessed, except long runs of such pages (see
 * `MAX_UNUSED_RUN`). Before each access, the thread computes for `NS_PER_ACCESS` times the memory accesses that it made
 * to pages in use. If only a part of a recording is played, footprint, VMAs and threads are those of the part; program
 * counters keep their numbers.
 *
 * @throws RangeError if `first` or `accesses` is not possible
 */
export function accessTraceWorkload(trace: AccessTrace, options: AccessTraceWorkloadOptions = {}): ReadaheadWorkload {
  const { header } = trace;
  const { first = 0, accesses = header.accesses } = options;
  if (!Number.isInteger(first) || first < 0 || first >= header.accesses) {
    throw new RangeError(`first must be a whole number from 0 to ${header.accesses - 1}, got ${first}`);
  }
  if (!Number.isInteger(accesses) || accesses < 1) {
    throw new RangeError(`accesses must be a whole number of at least 1, got ${accesses}`);
  }
  const end = Math.min(header.accesses, first + accesses);
  const used = new Uint8Array(header.pages);
  for (let i = first; i < end; i++) used[trace.page[i]] = 1;
  const { vmas, idOf, pages, footprint } = layOut(trace, used);
  if (pages > MOST_MAPPED) {
    throw new RangeError(`the VMAs of a workload have at most ${MOST_MAPPED} pages, those of ${header.name} ${pages}`);
  }
  return {
    name: header.name,
    pages,
    vmas,
    footprint,
    programCounters: header.programCounters,
    threads: splitThreads(trace, first, end, idOf),
  };
}

/** Numbers the pages through all VMAs. `used[i]` is 1 if recorded page `i` is accessed. */
function layOut(
  { vmas: ranges, pageNumbers }: AccessTrace,
  used: Uint8Array,
): { vmas: Vma[]; idOf: Uint32Array; pages: number; footprint: number } {
  const vmas: Vma[] = [];
  const idOf = new Uint32Array(used.length);
  let pages = 0;
  let footprint = 0;
  let i = 0;
  for (const range of ranges) {
    const rangeEnd = range.start + range.pages;
    // The current VMA is [address, next), in page numbers. It is empty before the first used page of the range.
    let address = range.start;
    let next = range.start;
    let open = false;
    for (; i < used.length && pageNumbers[i] < rangeEnd; i++) {
      if (used[i] === 0) continue;
      const number = pageNumbers[i];
      if (number - next > MAX_UNUSED_RUN) {
        if (open) {
          vmas.push({ start: pages, end: pages + next - address, address });
          pages += next - address;
        }
        address = number;
      }
      open = true;
      idOf[i] = pages + number - address;
      next = number + 1;
      footprint++;
    }
    if (!open) continue;
    if (rangeEnd - next <= MAX_UNUSED_RUN) next = rangeEnd;
    vmas.push({ start: pages, end: pages + next - address, address });
    pages += next - address;
  }
  return { vmas, idOf, pages, footprint };
}

/** Splits accesses `first` to `end` by thread. Threads without an access in that part are left out. */
function splitThreads(trace: AccessTrace, first: number, end: number, idOf: Uint32Array): AccessStream[] {
  const counts = new Uint32Array(trace.header.threads);
  for (let i = first; i < end; i++) counts[trace.thread[i]]++;
  const streams = Array.from(counts, (count) => ({
    page: new Uint32Array(count),
    write: new Uint8Array(count),
    pc: new Uint16Array(count),
    computeNs: new Uint32Array(count),
  }));
  const filled = new Uint32Array(counts.length);
  for (let i = first; i < end; i++) {
    const thread = trace.thread[i];
    const stream = streams[thread];
    const at = filled[thread]++;
    stream.page[at] = idOf[trace.page[i]];
    stream.write[at] = trace.write[i];
    stream.pc[at] = trace.pc[i];
    stream.computeNs[at] = Math.min(trace.work[i] * NS_PER_ACCESS, 2 ** 32 - 1);
  }
  return streams.filter(({ page }) => page.length > 0);
}
