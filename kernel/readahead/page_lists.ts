import { InvariantError } from "../subsystem.ts";

const OFF = 0;
/** The list from which pages are reclaimed. */
export const INACTIVE = 1;
/** The list of pages that were used again. */
export const ACTIVE = 2;

/** Linux's two lists of anonymous pages, most recently added first. A page is on one of the lists or on none. */
export class PageLists {
  readonly #pages: number;
  /** Neighbours of each page. The heads of the lists follow after the pages, one for each list. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #list: Uint8Array;
  readonly #length = new Int32Array(3);

  constructor(pages: number) {
    this.#pages = pages;
    this.#next = new Int32Array(pages + 3);
    this.#previous = new Int32Array(pages + 3);
    this.#list = new Uint8Array(pages);
    for (let head = pages; head < pages + 3; head++) {
      this.#next[head] = head;
      this.#previous[head] = head;
    }
  }

  /** Number of pages on a list. */
  length(list: number): number {
    return this.#length[list];
  }

  /** The page added longest ago, -1 for an empty list. */
  tail(list: number): number {
    const page = this.#previous[this.#pages + list];
    return page < this.#pages ? page : -1;
  }

  /** Puts a page at the head of a list. Takes it off its present list first. */
  addHead(list: number, page: number): void {
    if (this.#list[page] !== OFF) this.remove(page);
    const head = this.#pages + list;
    const first = this.#next[head];
    this.#next[head] = page;
    this.#previous[page] = head;
    this.#next[page] = first;
    this.#previous[first] = page;
    this.#list[page] = list;
    this.#length[list]++;
  }

  /** Takes a page off its list. */
  remove(page: number): void {
    const next = this.#next[page];
    const previous = this.#previous[page];
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#length[this.#list[page]]--;
    this.#list[page] = OFF;
  }

  /** Throws an InvariantError unless exactly the pages for which `inFrame` holds are on a list. */
  checkInvariants(inFrame: (page: number) => boolean): void {
    for (let page = 0; page < this.#pages; page++) {
      if ((this.#list[page] !== OFF) !== inFrame(page)) {
        throw new InvariantError(`page ${page} is on list ${this.#list[page]}, but in a frame: ${inFrame(page)}`);
      }
    }
    for (const list of [INACTIVE, ACTIVE]) {
      let count = 0;
      for (let page = this.#next[this.#pages + list]; page < this.#pages; page = this.#next[page]) count++;
      if (count !== this.#length[list]) {
        throw new InvariantError(`list ${list} holds ${count} pages, its length says ${this.#length[list]}`);
      }
    }
  }

  /** Copies the state of `other`, which has as many pages, into this object. */
  copyFrom(other: PageLists): void {
    this.#next.set(other.#next);
    this.#previous.set(other.#previous);
    this.#list.set(other.#list);
    this.#length.set(other.#length);
  }
}
