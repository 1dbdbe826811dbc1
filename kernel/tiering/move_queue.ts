/** Planned moves of pages between tiers, in order. */
export class MoveQueue {
  /** Page of each move. */
  readonly pages: Int32Array;
  /** Tier each page is to go to. */
  readonly targets: Uint8Array;
  /** Number of planned moves. */
  length = 0;
  /** Index of the next move to carry out. */
  next = 0;

  /** @param capacity most moves the queue can hold */
  constructor(capacity: number) {
    this.pages = new Int32Array(capacity);
    this.targets = new Uint8Array(capacity);
  }

  /** Forgets all moves. */
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

  /** Takes over the state of `other`, with the same capacity. */
  copyFrom(other: MoveQueue): void {
    this.pages.set(other.pages.subarray(0, other.length));
    this.targets.set(other.targets.subarray(0, other.length));
    this.length = other.length;
    this.next = other.next;
  }
}
