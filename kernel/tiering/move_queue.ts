/** Planned moves of pages between tiers, in order. */
export class MoveQueue {
  /** Page of each move. */
  readonly pages: Int32Array;
  /** Target tier of each move. */
  readonly targets: Uint8Array;
  /** Number of planned moves. */
  length = 0;
  /** Index of the next move to execute. */
  next = 0;

  /**
   * @param capacity most moves that the queue can hold
   */
  constructor(capacity: number) {
    this.pages = new Int32Array(capacity);
    this.targets = new Uint8Array(capacity);
  }

  /** Removes all moves. */
  clear(): void {
    this.length = 0;
    this.next = 0;
  }

  /** Adds a move, if there is room. */
  push(page: number, target: number): void {
    if (this.length === this.pages.length) return;
    this.pages[this.length] = page;
    this.targets[this.length] = target;
    this.length++;
  }

  /** Copies the state of `other`, which has the same capacity, into this object. */
  copyFrom(other: MoveQueue): void {
    this.pages.set(other.pages.subarray(0, other.length));
    this.targets.set(other.targets.subarray(0, other.length));
    this.length = other.length;
    this.next = other.next;
  }
}
