/** Plain LRU in its simplest form, for comparison. */
export class PlainLru {
  readonly #frames: number;
  /** Least recently used first. */
  readonly #pages = new Set<number>();

  constructor(frames: number) {
    this.#frames = frames;
  }

  has(page: number): boolean {
    return this.#pages.has(page);
  }

  /** Accesses a page. Returns whether it was in memory. */
  access(page: number): boolean {
    const present = this.#pages.delete(page);
    if (!present && this.#pages.size === this.#frames) {
      for (const oldest of this.#pages) {
        this.#pages.delete(oldest);
        break;
      }
    }
    this.#pages.add(page);
    return present;
  }
}
