import type { RandomStream } from "../../../kernel/random.ts";
import type { AccessStream } from "../../../kernel/readahead/workload.ts";

/** Accesses to this many last distinct pages of a thread are left out. Source: Smith 1977, stack deletion. */
export const STACK_DEPTH = 16;

/**
 * The accesses of one thread, made by `AccessBuilder.thread`.
 *
 * Accesses to the thread's 16 last distinct pages are dropped; their computing time is added to the next kept access.
 * One exception: the first write to a page since it joined these 16 is kept, because the page would seem clean without
 * it.
 */
export class ThreadBuilder {
  readonly #random: RandomStream;
  readonly #page: Uint32Array;
  readonly #write: Uint8Array;
  readonly #pc: Uint16Array;
  readonly #computeNs: Uint32Array;
  /** Last distinct pages, newest first: page * 2, plus 1 if the page was written since it joined. */
  readonly #stack = new Int32Array(STACK_DEPTH).fill(-2);
  #pending = 0;
  #length = 0;

  /**
   * @param accesses most accesses to keep
   * @param random stream for the scatter of computing times
   */
  constructor(accesses: number, random: RandomStream) {
    this.#random = random;
    this.#page = new Uint32Array(accesses);
    this.#write = new Uint8Array(accesses);
    this.#pc = new Uint16Array(accesses);
    this.#computeNs = new Uint32Array(accesses);
  }

  /** Accesses kept so far. */
  get length(): number {
    return this.#length;
  }

  /** Whether the thread keeps no more accesses. */
  get full(): boolean {
    return this.#length === this.#page.length;
  }

  /**
   * Makes an access; ignored when the thread is full.
   *
   * @param site index of the instruction, from `AccessBuilder.site`
   * @param ns mean time that the thread computes before the access; the kept time scatters by half of it to either side
   */
  touch(page: number, site: number, write: boolean, ns: number): void {
    this.#pending += ns;
    const stack = this.#stack;
    let at = 0;
    while (at < STACK_DEPTH && stack[at] >> 1 !== page) at++;
    const recent = at < STACK_DEPTH;
    const clean = !recent || (stack[at] & 1) === 0;
    const dirty = write || !clean ? 1 : 0;
    for (let i = recent ? at : STACK_DEPTH - 1; i > 0; i--) stack[i] = stack[i - 1];
    stack[0] = page * 2 + dirty;
    if ((recent && !(write && clean)) || this.full) return;
    const i = this.#length++;
    this.#page[i] = page;
    this.#write[i] = write ? 1 : 0;
    this.#pc[i] = site;
    this.#computeNs[i] = Math.round(this.#pending * (0.5 + this.#random.next()));
    this.#pending = 0;
  }

  /** The accesses kept so far. */
  build(): AccessStream {
    const length = this.#length;
    return {
      page: this.#page.slice(0, length),
      write: this.#write.slice(0, length),
      pc: this.#pc.slice(0, length),
      computeNs: this.#computeNs.slice(0, length),
    };
  }
}
