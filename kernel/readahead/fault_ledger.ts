import { InvariantError } from "../subsystem.ts";

/**
 * What threads' time is charged to:
 *
 * - `compute`: the program's own computing
 * - `zero_fill`: first touches of pages
 * - `fault`: the fixed cost of major faults
 * - `device`: waiting for the faulting page
 * - `hit`: mapping pages of the swap cache
 * - `late`: waiting for pages read ahead that are still under way
 * - `reclaim`: making room, wherever that happens
 * - `readahead`: the thread's own work on pages read ahead; on synchronous devices, reading them
 * - `deciding`: the decisions themselves
 */
export const FAULT_CHARGES = [
  "compute",
  "zero_fill",
  "fault",
  "device",
  "hit",
  "late",
  "reclaim",
  "readahead",
  "deciding",
] as const;

/** Name of a charge. */
export type FaultCharge = (typeof FAULT_CHARGES)[number];

/** Index of each charge. */
export const CHARGE = Object.fromEntries(FAULT_CHARGES.map((name, i) => [name, i])) as Record<FaultCharge, number>;

/** Largest relative error of the sum of charges. Source: choice, allows for rounding in long sums. */
const TOLERANCE = 1e-9;

/** Threads' time by charge, us. The charges add up to the sum of all threads' clocks. */
export class FaultLedger {
  /** `[FAULT_CHARGES]` us. */
  readonly charged = new Float64Array(FAULT_CHARGES.length);

  /** Time stalled by swapping, us: all charges except the program's own computing and first touches. */
  get stalled(): number {
    let sum = 0;
    for (let i = CHARGE.fault; i < this.charged.length; i++) sum += this.charged[i];
    return sum;
  }

  /** Sum of all charges, us. */
  get total(): number {
    return this.stalled + this.charged[CHARGE.compute] + this.charged[CHARGE.zero_fill];
  }

  /** Throws an InvariantError unless the charges add up to `clocks`, us. */
  checkInvariants(clocks: number): void {
    if (Math.abs(this.total - clocks) > TOLERANCE * Math.max(1, clocks)) {
      throw new InvariantError(`charges add up to ${this.total} us, the threads' clocks to ${clocks} us`);
    }
  }
}
