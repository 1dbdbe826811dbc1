/**
 * The last swap accesses (major faults and hits in the swap cache) in order, with the last position of each page and
 * each instruction among them. A position is the number of accesses since the start that came before. The log forgets
 * the oldest accesses.
 */
export class SwapLog {
  /** Entries kept, a power of two. */
  readonly capacity: number;
  readonly #mask: number;
  readonly #page: Int32Array;
  readonly #pc: Uint16Array;
  readonly #thread: Uint8Array;
  readonly #previousOfPage: Int32Array;
  readonly #previousOfPc: Int32Array;
  readonly #lastOfPage: Int32Array;
  readonly #lastOfPc: Int32Array;
  #length = 0;

  /** @param capacity a power of two */
  constructor(pages: number, programCounters: number, capacity: number) {
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.#page = new Int32Array(capacity);
    this.#pc = new Uint16Array(capacity);
    this.#thread = new Uint8Array(capacity);
    this.#previousOfPage = new Int32Array(capacity);
    this.#previousOfPc = new Int32Array(capacity);
    this.#lastOfPage = new Int32Array(pages).fill(-1);
    this.#lastOfPc = new Int32Array(programCounters).fill(-1);
  }

  /** Accesses since the start. Positions are below it. */
  get length(): number {
    return this.#length;
  }

  /** Position of the oldest access that the log remembers. */
  get oldest(): number {
    return Math.max(0, this.#length - this.capacity);
  }

  /** Page of the access at a position from `oldest` to `length - 1`. */
  pageAt(position: number): number {
    return this.#page[position & this.#mask];
  }

  /** Instruction of the access at a position. */
  pcAt(position: number): number {
    return this.#pc[position & this.#mask];
  }

  /** Thread of the access at a position. */
  threadAt(position: number): number {
    return this.#thread[position & this.#mask];
  }

  /**
   * Position of the access to the same page before the access at `position`; -1 if there is none or the log forgot it.
   */
  previousOfPageAt(position: number): number {
    return this.#remembered(this.#previousOfPage[position & this.#mask]);
  }

  /**
   * Position of the access by the same instruction before the access at `position`; -1 if there is none or the log
   * forgot it.
   */
  previousOfPcAt(position: number): number {
    return this.#remembered(this.#previousOfPc[position & this.#mask]);
  }

  #remembered(position: number): number {
    return position < this.#length - this.capacity ? -1 : position;
  }

  /** Position of the last access to `page`; -1 if there is none or the log forgot it. */
  lastOfPage(page: number): number {
    return this.#remembered(this.#lastOfPage[page]);
  }

  /** Position of the last access by instruction `pc`; -1 if there is none or the log forgot it. */
  lastOfPc(pc: number): number {
    return this.#remembered(this.#lastOfPc[pc]);
  }

  /** Appends an access. */
  push(page: number, pc: number, thread: number): void {
    const position = this.#length++;
    const at = position & this.#mask;
    this.#page[at] = page;
    this.#pc[at] = pc;
    this.#thread[at] = thread;
    this.#previousOfPage[at] = this.#lastOfPage[page];
    this.#previousOfPc[at] = this.#lastOfPc[pc];
    this.#lastOfPage[page] = position;
    this.#lastOfPc[pc] = position;
  }

  /** An exact copy with its own state. */
  fork(): SwapLog {
    const copy = new SwapLog(this.#lastOfPage.length, this.#lastOfPc.length, this.capacity);
    copy.#page.set(this.#page);
    copy.#pc.set(this.#pc);
    copy.#thread.set(this.#thread);
    copy.#previousOfPage.set(this.#previousOfPage);
    copy.#previousOfPc.set(this.#previousOfPc);
    copy.#lastOfPage.set(this.#lastOfPage);
    copy.#lastOfPc.set(this.#lastOfPc);
    copy.#length = this.#length;
    return copy;
  }
}
