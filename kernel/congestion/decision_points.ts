import { copyState, grown } from "./copy_state.ts";
import type { EventWheel } from "./event_wheel.ts";
import { DECIDE, KINDS } from "./events.ts";

/**
 * The queue pairs that wait for a decision from outside. A queue pair that begins is due at once; others are due after
 * the time that a decision takes. One decision covers all queue pairs that are due at the same time.
 */
export class DecisionPoints {
  /** Waiting queue pairs in the order in which they asked, and the time from which each can get its answer. */
  waiting = new Int32Array(64);
  due = new Float64Array(64);
  count = 0;
  /** The queue pairs of the current decision point: the first `askedCount`. */
  asked = new Int32Array(64);
  askedCount = 0;
  /** Time of the valid event. Events at other times are stale. */
  eventAt = Number.POSITIVE_INFINITY;
  readonly #wheel: EventWheel;

  constructor(wheel: EventWheel) {
    this.#wheel = wheel;
  }

  /** Adds a queue pair that needs a decision from `due` on. */
  ask(queuePair: number, due: number): void {
    if (this.count === this.waiting.length) {
      this.waiting = grown(this.waiting, 2 * this.count);
      this.due = grown(this.due, 2 * this.count);
    }
    this.waiting[this.count] = queuePair;
    this.due[this.count++] = due;
    this.#expect(due);
  }

  #expect(due: number): void {
    if (due >= this.eventAt) return;
    this.eventAt = due;
    this.#wheel.push(due, KINDS * 0 + DECIDE);
  }

  /** Removes a queue pair that ends. */
  forget(queuePair: number): void {
    this.#keep((i) => this.waiting[i] !== queuePair);
  }

  /** Removes all queue pairs. */
  clear(): void {
    this.count = 0;
    this.askedCount = 0;
    this.eventAt = Number.POSITIVE_INFINITY;
  }

  /** Handles the event: moves the due queue pairs to `asked`. Returns whether there are any. */
  collect(): boolean {
    const { now } = this.#wheel;
    if (now !== this.eventAt) return false;
    this.eventAt = Number.POSITIVE_INFINITY;
    if (this.asked.length < this.count) this.asked = new Int32Array(2 * this.count);
    this.askedCount = 0;
    this.#keep((i) => {
      if (this.due[i] > now) return true;
      this.asked[this.askedCount++] = this.waiting[i];
      return false;
    });
    for (let i = 0; i < this.count; i++) this.#expect(this.due[i]);
    return this.askedCount > 0;
  }

  #keep(wanted: (i: number) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (!wanted(i)) continue;
      this.waiting[kept] = this.waiting[i];
      this.due[kept++] = this.due[i];
    }
    this.count = kept;
  }

  fork(wheel: EventWheel): DecisionPoints {
    const copy = new DecisionPoints(wheel);
    copyState(this, copy);
    return copy;
  }
}
