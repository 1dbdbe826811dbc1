/** Keeps the `size` largest of the added numbers, and their sum. */
export class Largest {
  sum: number;
  /** A heap whose first element is the least of them. */
  readonly #heap: Float64Array;
  readonly #floor: number;

  /**
   * @param size how many numbers to keep
   * @param floor stands for numbers that were not added yet; smaller numbers are ignored
   */
  constructor(size: number, floor: number) {
    this.#heap = new Float64Array(size);
    this.#floor = floor;
    this.sum = 0;
    this.clear();
  }

  /** How many numbers it keeps. */
  get size(): number {
    return this.#heap.length;
  }

  clear(): void {
    this.#heap.fill(this.#floor);
    this.sum = this.#floor * this.#heap.length;
  }

  add(value: number): void {
    const heap = this.#heap;
    if (heap.length === 0 || value <= heap[0]) return;
    this.sum += value - heap[0];
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= value) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = value;
  }

  /** Returns an exact copy. */
  fork(): Largest {
    const copy = new Largest(this.#heap.length, this.#floor);
    copy.#heap.set(this.#heap);
    copy.sum = this.sum;
    return copy;
  }
}
