import { InvariantError } from "../../subsystem.ts";
import { copyState } from "../copy_state.ts";

const NONE = -1;

/**
 * Send slots (work requests) at both ends of every link. The connections of a link share them; an end that finds none
 * free waits in line.
 */
export class SendSlots {
  /** Number of slots of each link end. */
  readonly size: number;
  /** `[link ends]` number of free slots. */
  readonly free: Int32Array;
  /** `[ends of connections]` 1 while the end has a slot that it has not used yet. */
  readonly held: Uint8Array;
  /** `[ends of connections]` 1 while the end waits in line. */
  readonly waiting: Uint8Array;
  /** First and last of each link end's line `[link ends]`, and the next in line behind each waiting end. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly behind: Int32Array;

  constructor(linkEnds: number, ends: number, size: number) {
    this.size = size;
    this.free = new Int32Array(linkEnds).fill(size);
    this.held = new Uint8Array(ends);
    this.waiting = new Uint8Array(ends);
    this.first = new Int32Array(linkEnds).fill(NONE);
    this.last = new Int32Array(linkEnds).fill(NONE);
    this.behind = new Int32Array(ends).fill(NONE);
  }

  /** Takes a slot for an end of a connection, or puts the end in line. Returns whether it has a slot. */
  take(linkEnd: number, end: number): boolean {
    if (this.held[end] === 1) return true;
    if (this.waiting[end] === 1) return false;
    if (this.free[linkEnd] > 0) {
      this.free[linkEnd]--;
      this.held[end] = 1;
      return true;
    }
    this.waiting[end] = 1;
    if (this.first[linkEnd] === NONE) this.first[linkEnd] = end;
    else this.behind[this.last[linkEnd]] = end;
    this.last[linkEnd] = end;
    return false;
  }

  /** Records that the end has posted a message with its slot. `release` returns the slot. */
  use(end: number): void {
    this.held[end] = 0;
  }

  /** Returns a slot after its message is completed. Returns the end that gets the slot now, -1 for none. */
  release(linkEnd: number): number {
    const next = this.first[linkEnd];
    if (next === NONE) {
      this.free[linkEnd]++;
      return NONE;
    }
    this.first[linkEnd] = this.behind[next];
    if (this.first[linkEnd] === NONE) this.last[linkEnd] = NONE;
    this.behind[next] = NONE;
    this.waiting[next] = 0;
    this.held[next] = 1;
    return next;
  }

  fork(): SendSlots {
    const copy = new SendSlots(this.free.length, this.held.length, this.size);
    copyState(this, copy);
    return copy;
  }

  /** @param open for each link end: its messages that were posted and not completed, plus its held slots */
  checkInvariants(open: Int32Array): void {
    for (let l = 0; l < this.free.length; l++) {
      if (this.free[l] < 0 || this.free[l] + open[l] !== this.size) {
        throw new InvariantError(`link end ${l}: ${this.free[l]} free and ${open[l]} used slots, of ${this.size}`);
      }
      if (this.free[l] > 0 && this.first[l] !== NONE) {
        throw new InvariantError(`link end ${l}: end ${this.first[l]} waits with ${this.free[l]} free slots`);
      }
    }
  }
}
