import type { AccessTraceBuilder } from "./access_trace_builder.ts";
import type { AccessSink } from "./lackey_reader.ts";

/** Greatest depth of a `PageFilter`. */
export const MAX_DEPTH = 64;
/** A copy counts as one memory access per this many bytes, rounded up. Source: choice, a cache line. */
const WORK_BYTES = 64;

/**
 * Selects the page accesses of one thread that are worth recording (stack deletion, Smith 1977). An access to one of
 * the last `depth` distinct pages is only counted as work. One exception: the first write to a page that was only read
 * since it was recorded is recorded, because most dirty pages would look clean otherwise.
 *
 * record_accesses.h follows the same rule; a test compares the two.
 */
export class PageFilter implements AccessSink {
  readonly #builder: Pick<AccessTraceBuilder, "add">;
  readonly #pageBytes: number;
  readonly #thread: number;
  /** `[depth]` page numbers, most recently used first; -1 is empty. */
  readonly #stack: Float64Array;
  /** `[depth]` 1 if the page was written since it was recorded. */
  readonly #written: Uint8Array;
  #work = 0;

  /** @throws RangeError if `depth` or `pageBytes` is not possible */
  constructor(builder: Pick<AccessTraceBuilder, "add">, pageBytes: number, depth: number, thread = 0) {
    if (!Number.isInteger(depth) || depth < 1 || depth > MAX_DEPTH) {
      throw new RangeError(`stackDepth must be a whole number from 1 to ${MAX_DEPTH}, got ${depth}`);
    }
    if (!Number.isInteger(Math.log2(pageBytes)) || pageBytes < 1 || pageBytes > 2 ** 30) {
      throw new RangeError(`pageBytes must be a power of two from 1 to 2^30, got ${pageBytes}`);
    }
    this.#builder = builder;
    this.#pageBytes = pageBytes;
    this.#thread = thread;
    this.#stack = new Float64Array(depth).fill(-1);
    this.#written = new Uint8Array(depth);
  }

  access(address: number, bytes: number, write: boolean, pc: number): void {
    const end = address + bytes;
    for (let at = address; at < end; ) {
      const page = Math.floor(at / this.#pageBytes);
      const next = Math.min(end, (page + 1) * this.#pageBytes);
      this.#accessPage(page, write, pc, Math.ceil((next - at) / WORK_BYTES));
      at = next;
    }
  }

  #accessPage(page: number, write: boolean, pc: number, work: number): void {
    const stack = this.#stack;
    const written = this.#written;
    let i = 0;
    while (i < stack.length && stack[i] !== page) i++;
    const wasWritten = i < stack.length && written[i] === 1;
    const record = i === stack.length || (write && !wasWritten);
    if (i === stack.length) i--;
    for (; i > 0; i--) {
      stack[i] = stack[i - 1]!;
      written[i] = written[i - 1]!;
    }
    stack[0] = page;
    written[0] = write || wasWritten ? 1 : 0;
    if (record) {
      this.#builder.add(this.#thread, page, write, pc, this.#work);
      this.#work = work - 1;
    } else {
      this.#work += work;
    }
  }
}
