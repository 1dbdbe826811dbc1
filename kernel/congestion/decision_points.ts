import { copyState, grown } from "./copy_state.ts";
import type { EventWheel } from "./event_wheel.ts";
import { DECIDE, KINDS } from "./events.ts";

/**
 * Which queue pairs wait for a decision from outside: those that begin at once, the others after the time a decision takes;
 * those whose time has come in the meantime are decided together.
 */
export class DecisionPoints {
  /** Queue pairs that wait, in the order in which they asked, and from when on they can have an answer. */
  waiting = new Int32Array(64);
  due = new Float64Array(64);
  count = 0;
  /** Queue pairs that are asked now: the first `askedCount`. */
  asked = new Int32Array(64);
  askedCount = 0;
  /** Time of the event that counts; others are stale. */
  eventAt = Number.POSITIVE_INFINITY;
  readonly #wheel: EventWheel;

  constructor(wheel: EventWheel) {
    this.#wheel = wheel;
  }

  /** A queue pair wants a decision from `due` on. */
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

  /** A queue pair ends: it wants no decision any more. */
  forget(queuePair: number): void {
    this.#keep((i) => this.waiting[i] !== queuePair);
  }

  /** Nobody wants anything. */
  clear(): void {
    this.count = 0;
    this.askedCount = 0;
    this.eventAt = Number.POSITIVE_INFINITY;
  }

  /** The event: whether somebody's time has come; those are `asked` then. */
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
