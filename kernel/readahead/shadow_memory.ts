/**
 * A shadow of the real memory: the same number of frames under plain LRU and without readahead. If a major fault hits a
 * page that is still in the shadow, pollution by readahead caused that fault.
 */
export class ShadowMemory {
  readonly #frames: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #head: number;
  #used = 0;

  constructor(pages: number, frames: number) {
    this.#frames = frames;
    this.#head = pages;
    this.#next = new Int32Array(pages + 1).fill(-1);
    this.#previous = new Int32Array(pages + 1).fill(-1);
    this.#next[pages] = pages;
    this.#previous[pages] = pages;
  }

  /** Accesses a page. Returns whether it was in the shadow. */
  access(page: number): boolean {
    const present = this.#next[page] >= 0;
    if (present) this.#remove(page);
    else if (this.#used === this.#frames) this.#remove(this.#previous[this.#head]);
    else this.#used++;
    const first = this.#next[this.#head];
    this.#next[this.#head] = page;
    this.#previous[page] = this.#head;
    this.#next[page] = first;
    this.#previous[first] = page;
    return present;
  }

  #remove(page: number): void {
    const next = this.#next[page];
    const previous = this.#previous[page];
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#next[page] = -1;
  }

  /** An exact copy with its own state. */
  fork(): ShadowMemory {
    const copy = new ShadowMemory(this.#head, this.#frames);
    copy.#next.set(this.#next);
    copy.#previous.set(this.#previous);
    copy.#used = this.#used;
    return copy;
  }
}
