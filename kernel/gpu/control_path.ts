import { hashUniform } from "../random.ts";
import { normalDraw } from "./normal_draw.ts";

/** Kinds of control operations, see `GpuDecision`. */
export const SET_SLICE = 0;
export const SET_INTERLEAVE = 1;
export const SET_MODE = 2;
/** `groups`: the groups to enable, as bits. */
export const ENABLE = 3;
/**
 * `groups`: the groups to disable, as bits. `value`: those of them that may run on to the end of their timeslice, as
 * bits.
 */
export const DISABLE = 4;
/** Preempts the group. */
export const PREEMPT = 5;
/** Kills the running kernel of the group. */
export const RESET = 6;

/**
 * Logarithmic spread of an operation's latency, and its limits relative to the median. Source: choice; user calls are
 * estimated at 13 to 125 us.
 */
const SPREAD = 0.35;
const LEAST = 0.2;
const MOST = 2.1;

/**
 * The path from the host to the GPU's scheduler. Operations take effect one after another. The latency of each counts
 * from its submission or from the effect of the operation before it, whichever is later. Latencies are drawn by the
 * number of the operation.
 */
export class ControlPath {
  readonly #medianNs: number;
  readonly #key: number;
  // A queue: the operations from index #head on are waiting.
  readonly #kind: number[] = [];
  readonly #groups: number[] = [];
  readonly #value: number[] = [];
  readonly #due: number[] = [];
  #head = 0;
  #lastDue = 0;
  /** Number of operations submitted so far. */
  submitted = 0;

  constructor(medianNs: number, key: number) {
    this.#medianNs = medianNs;
    this.#key = key;
  }

  /** Number of operations that have not taken effect. */
  get waiting(): number {
    return this.#kind.length - this.#head;
  }

  /** Time at which the first waiting operation takes effect, ns; Infinity when none waits. */
  get due(): number {
    return this.#head < this.#due.length ? this.#due[this.#head] : Number.POSITIVE_INFINITY;
  }

  get kind(): number {
    return this.#kind[this.#head];
  }

  /** Target of the first waiting operation: the index of a group, or several groups as bits. */
  get groups(): number {
    return this.#groups[this.#head];
  }

  get value(): number {
    return this.#value[this.#head];
  }

  /** Sends an operation at `now`. */
  submit(kind: number, groups: number, value: number, now: number): void {
    this.#lastDue = Math.max(now, this.#lastDue) + this.latency(this.submitted++);
    this.#kind.push(kind);
    this.#groups.push(groups);
    this.#value.push(value);
    this.#due.push(this.#lastDue);
  }

  /** Removes the first operation, which has taken effect. */
  shift(): void {
    this.#head++;
    if (this.#head < 64 || 2 * this.#head < this.#kind.length) return;
    for (const list of [this.#kind, this.#groups, this.#value, this.#due]) list.splice(0, this.#head);
    this.#head = 0;
  }

  /** Latency of operation number `index`, ns, whole. */
  latency(index: number): number {
    const normal = normalDraw(hashUniform(this.#key, index, 0), hashUniform(this.#key, index, 1));
    return Math.round(this.#medianNs * Math.min(MOST, Math.max(LEAST, Math.exp(SPREAD * normal))));
  }

  /** Returns an exact copy. */
  fork(): ControlPath {
    const copy = new ControlPath(this.#medianNs, this.#key);
    copy.#kind.push(...this.#kind);
    copy.#groups.push(...this.#groups);
    copy.#value.push(...this.#value);
    copy.#due.push(...this.#due);
    copy.#head = this.#head;
    copy.#lastDue = this.#lastDue;
    copy.submitted = this.submitted;
    return copy;
  }
}
