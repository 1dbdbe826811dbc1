import { InvariantError } from "../../subsystem.ts";
import { copyState } from "../copy_state.ts";

const NOBODY = -1;

/** Send work requests of every link at either end, shared by its connections; who finds none free waits in line. */
export class SendSlots {
  /** Slots of each. */
  readonly size: number;
  /** `[link ends]` free ones. */
  readonly free: Int32Array;
  /** `[ends of connections]` 1 while it has one that it has not used yet. */
  readonly held: Uint8Array;
  /** `[ends of connections]` 1 while it waits. */
  readonly waiting: Uint8Array;
  /** `[link ends]` ends of the line, and who stands behind each. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly behind: Int32Array;

  constructor(linkEnds: number, ends: number, size: number) {
    this.size = size;
    this.free = new Int32Array(linkEnds).fill(size);
    this.held = new Uint8Array(ends);
    this.waiting = new Uint8Array(ends);
    this.first = new Int32Array(linkEnds).fill(NOBODY);
    this.last = new Int32Array(linkEnds).fill(NOBODY);
    this.behind = new Int32Array(ends).fill(NOBODY);
  }

  /** Whether an end of a connection has a slot now; if not, it waits in line. */
  take(linkEnd: number, end: number): boolean {
    if (this.held[end] === 1) return true;
    if (this.waiting[end] === 1) return false;
    if (this.free[linkEnd] > 0) {
      this.free[linkEnd]--;
      this.held[end] = 1;
      return true;
    }
    this.waiting[end] = 1;
    if (this.first[linkEnd] === NOBODY) this.first[linkEnd] = end;
    else this.behind[this.last[linkEnd]] = end;
    this.last[linkEnd] = end;
    return false;
  }

  /** A message with the slot of this end was posted; the slot comes back by `release`. */
  use(end: number): void {
    this.held[end] = 0;
  }

  /** A message was completed. Returns who has its slot now, -1 for nobody. */
  release(linkEnd: number): number {
    const next = this.first[linkEnd];
    if (next === NOBODY) {
      this.free[linkEnd]++;
      return NOBODY;
    }
    this.first[linkEnd] = this.behind[next];
    if (this.first[linkEnd] === NOBODY) this.last[linkEnd] = NOBODY;
    this.behind[next] = NOBODY;
    this.waiting[next] = 0;
    this.held[next] = 1;
    return next;
  }

  fork(): SendSlots {
    const copy = new SendSlots(this.free.length, this.held.length, this.size);
    copyState(this, copy);
    return copy;
  }

  /** @param open messages of each link end that were posted and not completed, with slots that are held */
  checkInvariants(open: Int32Array): void {
    for (let l = 0; l < this.free.length; l++) {
      if (this.free[l] < 0 || this.free[l] + open[l] !== this.size) {
        throw new InvariantError(`link end ${l}: ${this.free[l]} free and ${open[l]} used slots, of ${this.size}`);
      }
      if (this.free[l] > 0 && this.first[l] !== NOBODY) {
        throw new InvariantError(`link end ${l}: end ${this.first[l]} waits with ${this.free[l]} free slots`);
      }
    }
  }
}
