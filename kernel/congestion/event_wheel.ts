import { copyState, grown } from "./copy_state.ts";

/** Time that the wheel spans, ns; a power of two and a square of 32 bits x words. Source: choice, longer than most links. */
const SPAN = 1 << 15;
const MASK = SPAN - 1;

/**
 * Events in the order of their times, whole ns, and of their insertion within one ns. Those of the next `SPAN` ns stand in
 * a list for each ns, with a bit for each list that is not empty, so that inserting and taking cost the same however many
 * there are; later ones wait in a heap.
 *
 * An event is a number below 2^31.
 */
export class EventWheel {
  /** Time of the event last taken, ns. */
  now = 0;
  /** Events that are waiting. */
  waiting = 0;
  #state = new WheelState();

  /** Forgets everything; the time is 0. */
  clear(): void {
    const state = this.#state;
    this.now = 0;
    this.waiting = 0;
    state.bits.fill(0);
    state.words.fill(0);
    state.free = -1;
    state.used = 0;
    state.late = 0;
    state.order = 0;
  }

  /** @param time not before `now`; rounded up to a whole ns */
  push(time: number, event: number): void {
    const at = Math.ceil(time);
    this.waiting++;
    if (at - this.now >= SPAN) this.#state.pushLate(at, event);
    else this.#state.pushSoon(at, event);
  }

  /** The next event, or -1 when there is none; `now` becomes its time. */
  take(): number {
    if (this.waiting === 0) return -1;
    const state = this.#state;
    this.waiting--;
    let slot = state.next(this.now & MASK);
    if (slot < 0) {
      this.now = state.lateTimes[0];
      state.admit(this.now + SPAN);
      slot = this.now & MASK;
    } else {
      const passed = (slot - this.now) & MASK;
      if (passed > 0) {
        this.now += passed;
        if (state.late > 0) state.admit(this.now + SPAN);
      }
    }
    return state.takeFrom(slot);
  }

  fork(): EventWheel {
    const copy = new EventWheel();
    copy.now = this.now;
    copy.waiting = this.waiting;
    copyState(this.#state, copy.#state);
    return copy;
  }
}

class WheelState {
  /** First and last event of each ns; read only where its bit is set. */
  head = new Int32Array(SPAN);
  tail = new Int32Array(SPAN);
  /** A bit for each list, and a bit for each word of those. */
  bits = new Int32Array(SPAN >> 5);
  words = new Int32Array(SPAN >> 10);
  event = new Int32Array(256);
  following = new Int32Array(256);
  /** First of the records that are free, -1 for none, and how many were ever used. */
  free = -1;
  used = 0;
  /** Heap of later events, by time and order of insertion. */
  lateTimes = new Float64Array(64);
  lateOrders = new Float64Array(64);
  lateEvents = new Int32Array(64);
  late = 0;
  order = 0;

  pushSoon(at: number, event: number): void {
    let record = this.free;
    if (record >= 0) {
      this.free = this.following[record];
    } else {
      record = this.used++;
      if (record === this.event.length) {
        this.event = grown(this.event, 2 * record);
        this.following = grown(this.following, 2 * record);
      }
    }
    this.event[record] = event;
    const slot = at & MASK;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    if ((this.bits[word] & bit) === 0) {
      this.bits[word] |= bit;
      this.words[word >> 5] |= 1 << (word & 31);
      this.head[slot] = record;
    } else {
      this.following[this.tail[slot]] = record;
    }
    this.tail[slot] = record;
  }

  /** The first list at or after `slot` that is not empty, going round; -1 when all are. */
  next(slot: number): number {
    const word = slot >> 5;
    const here = this.bits[word] & (-1 << (slot & 31));
    if (here !== 0) return (word << 5) + lowest(here);
    const { words } = this;
    const group = word >> 5;
    const after = (word & 31) === 31 ? 0 : words[group] & (-2 << (word & 31));
    if (after !== 0) return this.#firstOf((group << 5) + lowest(after));
    // The last turn comes back to the group begun with: what is left there lies before `slot`, a round later.
    for (let i = 1; i <= words.length; i++) {
      const other = (group + i) % words.length;
      if (words[other] !== 0) return this.#firstOf((other << 5) + lowest(words[other]));
    }
    return -1;
  }

  #firstOf(word: number): number {
    return (word << 5) + lowest(this.bits[word]);
  }

  takeFrom(slot: number): number {
    const record = this.head[slot];
    if (record === this.tail[slot]) {
      const word = slot >> 5;
      this.bits[word] &= ~(1 << (slot & 31));
      if (this.bits[word] === 0) this.words[word >> 5] &= ~(1 << (word & 31));
    } else {
      this.head[slot] = this.following[record];
    }
    this.following[record] = this.free;
    this.free = record;
    return this.event[record];
  }

  pushLate(at: number, event: number): void {
    if (this.late === this.lateTimes.length) {
      this.lateTimes = grown(this.lateTimes, 2 * this.late);
      this.lateOrders = grown(this.lateOrders, 2 * this.late);
      this.lateEvents = grown(this.lateEvents, 2 * this.late);
    }
    let i = this.late++;
    const order = this.order++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.lateTimes[parent] <= at) break;
      this.#move(parent, i);
      i = parent;
    }
    this.lateTimes[i] = at;
    this.lateOrders[i] = order;
    this.lateEvents[i] = event;
  }

  /** Moves later events with times before `end` into the wheel. */
  admit(end: number): void {
    while (this.late > 0 && this.lateTimes[0] < end) {
      this.pushSoon(this.lateTimes[0], this.lateEvents[0]);
      this.#dropFirst();
    }
  }

  #dropFirst(): void {
    const last = --this.late;
    const time = this.lateTimes[last];
    const order = this.lateOrders[last];
    const event = this.lateEvents[last];
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, this.lateTimes[child], this.lateOrders[child])) child++;
      if (!this.#before(child, time, order)) break;
      this.#move(child, i);
      i = child;
    }
    this.lateTimes[i] = time;
    this.lateOrders[i] = order;
    this.lateEvents[i] = event;
  }

  #before(i: number, time: number, order: number): boolean {
    return this.lateTimes[i] < time || (this.lateTimes[i] === time && this.lateOrders[i] < order);
  }

  #move(from: number, to: number): void {
    this.lateTimes[to] = this.lateTimes[from];
    this.lateOrders[to] = this.lateOrders[from];
    this.lateEvents[to] = this.lateEvents[from];
  }
}

/** Index of the lowest set bit. */
function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
