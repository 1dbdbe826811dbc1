import { InvariantError } from "../subsystem.ts";
import { THREADS } from "./machine.ts";

/** What threads' time can be charged to. `access` is the time of the program's own loads and stores. */
export const CHARGES = ["access", "sampling", "damon", "hint_faults", "migration", "swap_faults", "deciding"] as const;

/** Name of a charge. */
export type Charge = (typeof CHARGES)[number];

/**
 * Most of the threads' time that overheads take at once, as a share; the program pays the rest later. Source: choice.
 */
const MOST_OVERHEAD = 0.9;

const ACCESS = CHARGES.indexOf("access");
const MIGRATION = CHARGES.indexOf("migration");
const SWAP_FAULTS = CHARGES.indexOf("swap_faults");

/**
 * Accounts for the threads' time: how much each overhead is still owed, and how much clock time each has been paid. All
 * threads pay overheads evenly. The charges always add up to the clock.
 */
export class TimeLedger {
  /** Thread time owed to each charge, thread-s. */
  readonly #owed = new Float64Array(CHARGES.length);
  /** Clock time paid for each charge, s. */
  readonly #charged = new Float64Array(CHARGES.length);

  /** Adds `threadSeconds` of one thread's time to what a charge is owed. */
  owe(charge: Charge, threadSeconds: number): void {
    this.#owed[CHARGES.indexOf(charge)] += threadSeconds;
  }

  /** Returns the time charged so far, s. */
  charged(charge: Charge): number {
    return this.#charged[CHARGES.indexOf(charge)];
  }

  /** Returns the share of the threads' time that overheads would take over the next `seconds`. */
  overhead(seconds: number): number {
    return Math.min(MOST_OVERHEAD, this.#total() / (seconds * THREADS));
  }

  /**
   * Charges a stretch of `elapsed` seconds in which overheads took the share `overhead`.
   *
   * @returns the part of its clock time in which threads were stalled for lack of memory, s
   */
  pass(elapsed: number, overhead: number): number {
    this.#charged[ACCESS] += elapsed * (1 - overhead);
    const total = this.#total();
    if (total === 0) return 0;
    const paid = elapsed * overhead;
    const owed = this.#owed;
    let stalled = 0;
    for (let i = 0; i < owed.length; i++) {
      if (owed[i] === 0) continue;
      const part = (paid * owed[i]) / total;
      this.#charged[i] += part;
      if (i === MIGRATION || i === SWAP_FAULTS) stalled += part;
      owed[i] -= part * THREADS;
      if (owed[i] < 1e-12) owed[i] = 0;
    }
    return stalled;
  }

  /** Pays all owed time at once. Returns the clock time that this takes, s. */
  settle(): number {
    let seconds = 0;
    for (let i = 0; i < this.#owed.length; i++) {
      const part = this.#owed[i] / THREADS;
      this.#charged[i] += part;
      seconds += part;
      this.#owed[i] = 0;
    }
    return seconds;
  }

  /** Throws an InvariantError unless the charges add up to `clock` seconds. */
  checkInvariants(clock: number): void {
    let charged = 0;
    for (const part of this.#charged) charged += part;
    if (Math.abs(charged - clock) > 1e-9 * Math.max(1, clock)) {
      throw new InvariantError(`charges add up to ${charged} s, the clock says ${clock} s`);
    }
  }

  /** Copies the state of `other` into this object. */
  copyFrom(other: TimeLedger): void {
    this.#owed.set(other.#owed);
    this.#charged.set(other.#charged);
  }

  #total(): number {
    let total = 0;
    for (let i = 0; i < this.#owed.length; i++) total += this.#owed[i];
    return total;
  }
}
