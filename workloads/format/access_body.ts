import {
  type AccessTrace,
  type AccessTraceHeader,
  MAX_PROGRAM_COUNTERS,
  MAX_TRACE_THREADS,
  type MappedRange,
} from "./access_trace.ts";
import { count, type HeaderFields, powerOfTwo, text, whole } from "./header_fields.ts";
import { MOST_ACCESSES, MOST_PAGES, MOST_RANGES } from "./limits.ts";
import { TraceFormatError } from "./trace_format_error.ts";
import { VarintReader, VarintWriter } from "./varint.ts";

// The body of a recording of page accesses is a list of varints. docs/trace-format.md describes it for other
// implementations. In order: the mapped ranges, the page numbers, the runs of threads, then one column after another
// (values of one kind compress well side by side). Each column goes thread by thread:
//
// - program counters together with the write flag
// - pages, as differences from the page that the same instruction of the same thread accessed before
// - work

/** The fields of the header of a packed recording of page accesses. */
export const accessHeader: HeaderFields<AccessTraceHeader> = {
  name: text,
  program: text,
  command: text,
  method: text,
  pageBytes: powerOfTwo,
  stackDepth: count,
  skipped: whole(0),
  threads: whole(1, MAX_TRACE_THREADS),
  accesses: whole(1, MOST_ACCESSES),
  pages: whole(1, MOST_PAGES),
  programCounters: whole(1, MAX_PROGRAM_COUNTERS),
  vmas: whole(1, MOST_RANGES),
};

/**
 * Writes the unpacked body of a recording of page accesses.
 *
 * @throws TraceFormatError if an array does not have the length that the header states
 */
export function writeAccesses(trace: AccessTrace): Uint8Array {
  const { header, vmas, pageNumbers, thread, page, write, pc, work } = trace;
  const lengths = { vmas, pageNumbers, thread, page, write, pc, work };
  for (const [name, { length }] of Object.entries(lengths)) {
    const expected = name === "vmas" ? header.vmas : name === "pageNumbers" ? header.pages : header.accesses;
    if (length !== expected) throw new TraceFormatError({}, `expected ${expected} entries of ${name}, found ${length}`);
  }
  const writer = new VarintWriter();
  let end = 0;
  for (const { start, pages } of vmas) {
    writer.signed(start - end);
    writer.unsigned(pages);
    end = start + pages;
  }
  let previous = 0;
  for (const number of pageNumbers) {
    writer.signed(number - previous);
    previous = number;
  }
  for (let start = 0; start < thread.length; ) {
    let next = start + 1;
    while (next < thread.length && thread[next] === thread[start]) next++;
    writer.unsigned(thread[start]!);
    writer.unsigned(next - start);
    start = next;
  }
  const order = byThread(thread);
  for (const i of order) {
    if (write[i]! > 1)
      throw new TraceFormatError({}, `expected 0 or 1 as write flag of access ${i}, found ${write[i]}`);
    writer.unsigned(2 * pc[i]! + write[i]!);
  }
  const last = new LastPages(header.programCounters);
  for (const i of order) writer.signed(page[i]! - last.replace(thread[i]!, pc[i]!, page[i]!));
  for (const i of order) writer.unsigned(work[i]!);
  return writer.bytes();
}

/**
 * Reads the page accesses from an unpacked body.
 *
 * @throws TraceFormatError with the file, the byte of the body and what was expected, if the body is damaged or does
 *   not match its header
 */
export function readAccesses(body: Uint8Array, header: AccessTraceHeader, file: string | undefined): AccessTrace {
  const reader = new VarintReader(body, file);
  const { accesses, pages, programCounters } = header;
  // Every number takes at least one byte. This check keeps a header from asking for more memory than its body
  // justifies.
  const fewest = 2 * header.vmas + pages + 3 * accesses;
  if (body.length < fewest) reader.refuse(`expected at least ${fewest} bytes, found ${body.length}`);
  const vmas = readVmas(reader, header.vmas);
  const pageNumbers = readPageNumbers(reader, pages, vmas);
  const thread = readThreads(reader, header);
  const order = byThread(thread);

  const write = new Uint8Array(accesses);
  const pc = new Uint16Array(accesses);
  const pcSeen = new Uint8Array(programCounters);
  for (const i of order) {
    const at = reader.position;
    const value = reader.count("the program counter of access", i);
    const number = value >>> 1;
    if (number >= programCounters) {
      reader.refuse(`expected a program counter below ${programCounters} in access ${i}, found ${number}`, at);
    }
    write[i] = value & 1;
    pc[i] = number;
    pcSeen[number] = 1;
  }
  assertAllSeen(reader, pcSeen, "program counter");

  const page = new Uint32Array(accesses);
  const pageSeen = new Uint8Array(pages);
  const last = new LastPages(programCounters);
  for (const i of order) {
    const at = reader.position;
    const number = last.get(thread[i]!, pc[i]!) + reader.signed("the page of access", i);
    if (number < 0 || number >= pages) {
      reader.refuse(`expected a page below ${pages} in access ${i}, found ${number}`, at);
    }
    last.replace(thread[i]!, pc[i]!, number);
    page[i] = number;
    pageSeen[number] = 1;
  }
  assertAllSeen(reader, pageSeen, "page");

  const work = new Uint32Array(accesses);
  for (const i of order) work[i] = reader.count("the work before access", i);
  reader.assertEnd();
  return { kind: "accesses", header, vmas, pageNumbers, thread, page, write, pc, work };
}

/** The last page that each instruction of one thread accessed, 0 at first. Pages are packed as differences from it. */
class LastPages {
  readonly #page: Uint32Array;
  #thread = 0;

  constructor(programCounters: number) {
    this.#page = new Uint32Array(programCounters);
  }

  /**
   * Returns the last page. A change of thread resets all pages to 0, so each thread's accesses must come in one piece.
   */
  get(thread: number, pc: number): number {
    if (thread !== this.#thread) {
      this.#page.fill(0);
      this.#thread = thread;
    }
    return this.#page[pc]!;
  }

  /** Returns the same as `get`, then stores `page` as the new last page. */
  replace(thread: number, pc: number, page: number): number {
    const before = this.get(thread, pc);
    this.#page[pc] = page;
    return before;
  }
}

/** Indices of the accesses, sorted by thread; accesses of one thread keep their order. */
function byThread(thread: Uint8Array): Uint32Array {
  const next = new Uint32Array(257);
  for (const number of thread) next[number + 1]!++;
  for (let i = 1; i < next.length; i++) next[i]! += next[i - 1]!;
  const order = new Uint32Array(thread.length);
  for (let i = 0; i < thread.length; i++) order[next[thread[i]!]!++] = i;
  return order;
}

function readVmas(reader: VarintReader, count: number): MappedRange[] {
  const vmas: MappedRange[] = [];
  let end = 0;
  for (let i = 0; i < count; i++) {
    const at = reader.position;
    const start = end + reader.signed("the start of mapped range", i);
    if (start < end) reader.refuse(`expected mapped range ${i} at page ${end} or behind it, found it at ${start}`, at);
    const length = reader.position;
    const pages = reader.unsigned("the length of mapped range", i);
    end = start + pages;
    if (pages < 1 || end > 2 ** 52) {
      reader.refuse(
        `expected a length of at least 1 page below page 2^52 of mapped range ${i}, found ${pages}`,
        length,
      );
    }
    vmas.push({ start, pages });
  }
  return vmas;
}

function readPageNumbers(reader: VarintReader, pages: number, vmas: readonly MappedRange[]): Float64Array {
  const pageNumbers = new Float64Array(pages);
  let number = -1;
  let vma = -1;
  let end = 0;
  for (let i = 0; i < pages; i++) {
    const at = reader.position;
    const next = (i === 0 ? 0 : number) + reader.signed("the page number of page", i);
    if (next <= number) reader.refuse(`expected page numbers to rise, found ${next} after ${number}`, at);
    number = next;
    while (number >= end) {
      vma++;
      // A range without pages is refused at the first page beyond it.
      const range = vmas[vma];
      if (range === undefined || number < range.start || number >= range.start + range.pages) {
        reader.refuse(`expected a page of every mapped range and none outside them, found page ${number}`, at);
      }
      end = range.start + range.pages;
    }
    pageNumbers[i] = number;
  }
  if (vma !== vmas.length - 1) {
    reader.refuse(
      `expected a page of every mapped range, found none of range ${vma + 1} at page ${vmas[vma + 1]!.start}`,
    );
  }
  return pageNumbers;
}

function readThreads(reader: VarintReader, { accesses, threads }: AccessTraceHeader): Uint8Array {
  const thread = new Uint8Array(accesses);
  let seen = 0;
  let previous = -1;
  for (let done = 0; done < accesses; ) {
    const at = reader.position;
    const number = reader.unsigned("the thread of access", done);
    if (number >= threads) reader.refuse(`expected a thread below ${threads} at access ${done}, found ${number}`, at);
    if (number > seen) reader.refuse(`expected threads numbered by first access: thread ${number} before ${seen}`, at);
    if (number === previous) reader.refuse(`expected another thread than ${number} at access ${done}`, at);
    if (number === seen) seen++;
    previous = number;
    const length = reader.position;
    const run = reader.unsigned("the number of accesses in a row from access", done);
    if (run < 1 || run > accesses - done) {
      reader.refuse(`expected 1 to ${accesses - done} accesses in a row from access ${done}, found ${run}`, length);
    }
    // Runs are short, and a call of `fill` takes longer than a few stores.
    for (const end = done + run; done < end; done++) thread[done] = number;
  }
  if (seen !== threads) reader.refuse(`expected ${threads} threads, found ${seen}`);
  return thread;
}

function assertAllSeen(reader: VarintReader, seen: Uint8Array, what: string): void {
  const missing = seen.indexOf(0);
  if (missing !== -1) reader.refuse(`expected every ${what} to occur, found none of ${what} ${missing}`);
}
