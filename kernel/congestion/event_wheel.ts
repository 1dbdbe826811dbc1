import { copyState, grown } from "./copy_state.ts";

/**
 * Time that the wheel covers, ns: a power of two of at least 32 x 32, so that both levels of bits fill their 32-bit
 * words. Source: choice, longer than most links.
 */
const SPAN = 1 << 15;
const MASK = SPAN - 1;

/**
 * Numbers per list; there is one list for each ns. They are the list's first event and the record of its last (-1 if it
 * has only one event).
 */
const SLOT = 2;
const LAST = 1;

/**
 * A queue of events, ordered by time (whole ns) and, within one ns, by insertion. Events of the next `SPAN` ns are in
 * one list per ns, and every non-empty list has a bit set, so inserting and taking cost the same however many events
 * there are. Later events wait in a heap.
 *
 * An event is a number below 2^31.
 */
export class EventWheel {
  /** Time of the event that was taken last, ns. */
  now = 0;
  /**
   * Lists of events, `SLOT` numbers each; valid only where the list's bit is set. Most lists have one event and need no
   * record.
   */
  slots = new Int32Array(SLOT * SPAN);
  /** One bit for each list, and one bit for each word of those bits. */
  bits = new Int32Array(SPAN >> 5);
  words = new Int32Array(SPAN >> 10);
  /** Records of further events of a list: the event and the next record. The last record refers to the second one. */
  records = new Int32Array(512);
  /** First free record (-1 for none), and number of records that were ever used. */
  free = -1;
  used = 0;
  /** Heap of later events, ordered by time and insertion. */
  lateTimes = new Float64Array(64);
  lateOrders = new Float64Array(64);
  lateEvents = new Int32Array(64);
  late = 0;
  order = 0;

  /** Removes all events and sets the time to 0. */
  clear(): void {
    this.now = 0;
    this.bits.fill(0);
    this.words.fill(0);
    this.free = -1;
    this.used = 0;
    this.late = 0;
    this.order = 0;
  }

  /**
   * Inserts an event.
   *
   * @param at a whole ns, not before `now`
   */
  push(at: number, event: number): void {
    if (at - this.now >= SPAN) this.#pushLate(at, event);
    else this.#pushSoon(at & MASK, event);
  }

  /** Takes the next event and sets `now` to its time. Returns -1 when there is none. */
  take(): number {
    const { now } = this;
    const here = now & MASK;
    // The next event is usually within the same 32 ns.
    const after = this.bits[here >> 5] & (-1 << (here & 31));
    let slot = after !== 0 ? (here & ~31) + lowest(after) : this.#next(here);
    if (slot < 0) {
      if (this.late === 0) return -1;
      this.now = this.lateTimes[0];
      this.#admit(this.now + SPAN);
      slot = this.now & MASK;
    } else if (slot !== here) {
      this.now = now + ((slot - here) & MASK);
      if (this.late > 0) this.#admit(this.now + SPAN);
    }
    return this.#takeFrom(slot);
  }

  #pushSoon(slot: number, event: number): void {
    const { bits, slots } = this;
    const at = SLOT * slot;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const before = bits[word];
    if ((before & bit) !== 0) {
      this.#append(at, event);
      return;
    }
    bits[word] = before | bit;
    if (before === 0) this.words[word >> 5] |= 1 << (word & 31);
    slots[at] = event;
    slots[at + LAST] = -1;
  }

  /** Appends an event to a list that is not empty. */
  #append(at: number, event: number): void {
    const { slots } = this;
    const record = this.#allocate();
    const { records } = this;
    const last = slots[at + LAST];
    records[record] = event;
    if (last < 0) {
      records[record + 1] = record;
    } else {
      records[record + 1] = records[last + 1];
      records[last + 1] = record;
    }
    slots[at + LAST] = record;
  }

  #allocate(): number {
    const record = this.free;
    if (record >= 0) {
      this.free = this.records[record + 1];
      return record;
    }
    if (this.used === this.records.length) this.records = grown(this.records, 2 * this.used);
    this.used += 2;
    return this.used - 2;
  }

  /** The first non-empty list behind the word of `slot`, going round; -1 when all are empty. */
  #next(slot: number): number {
    const { words } = this;
    const word = slot >> 5;
    const group = word >> 5;
    const after = (word & 31) === 31 ? 0 : words[group] & (-2 << (word & 31));
    if (after !== 0) return this.#firstOf((group << 5) + lowest(after));
    // The last turn returns to the first word: its remaining lists are before `slot`, one round later.
    for (let i = 1; i <= words.length; i++) {
      const other = (group + i) % words.length;
      if (words[other] !== 0) return this.#firstOf((other << 5) + lowest(words[other]));
    }
    return -1;
  }

  #firstOf(word: number): number {
    return (word << 5) + lowest(this.bits[word]);
  }

  #takeFrom(slot: number): number {
    const { slots } = this;
    const at = SLOT * slot;
    const event = slots[at];
    const last = slots[at + LAST];
    if (last < 0) {
      const word = slot >> 5;
      const left = this.bits[word] & ~(1 << (slot & 31));
      this.bits[word] = left;
      if (left === 0) this.words[word >> 5] &= ~(1 << (word & 31));
      return event;
    }
    const { records } = this;
    const second = records[last + 1];
    slots[at] = records[second];
    if (second === last) slots[at + LAST] = -1;
    else records[last + 1] = records[second + 1];
    records[second + 1] = this.free;
    this.free = second;
    return event;
  }

  #pushLate(at: number, event: number): void {
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
  #admit(end: number): void {
    while (this.late > 0 && this.lateTimes[0] < end) {
      this.#pushSoon(this.lateTimes[0] & MASK, this.lateEvents[0]);
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

  fork(): EventWheel {
    const copy = new EventWheel();
    copyState(this, copy);
    return copy;
  }
}

/** Index of the lowest set bit. */
function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
