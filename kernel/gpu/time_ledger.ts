import { InvariantError } from "../subsystem.ts";

/** Where the GPU's time went, ns, whole. All of it adds up to the clock. */
export class TimeLedger {
  /** Time in which kernels ran, of one group or of several at once. */
  busy = 0;
  /** Part of that which limiting launches and polling cost. */
  overhead = 0;
  /** Part of that which was lost and has to be done again, or never will be. */
  wasted = 0;
  /** Part of that in which thread blocks that had ended were not followed by others, because the group was to leave. */
  draining = 0;
  /** Waiting kernels that keep the GPU for a group. */
  spin = 0;
  /** Saving, restoring and the rest of changing groups. */
  switching = 0;
  idle = 0;

  /** Throws an `InvariantError` unless everything adds up to `clock`. */
  check(clock: number): void {
    const sum = this.busy + this.spin + this.switching + this.idle;
    if (sum !== clock) throw new InvariantError(`the GPU's time adds up to ${sum} ns, the clock says ${clock} ns`);
    if (this.wasted > this.busy) throw new InvariantError(`${this.wasted} ns were wasted of ${this.busy} ns of work`);
  }

  /** An exact copy. */
  fork(): TimeLedger {
    const copy = new TimeLedger();
    copy.busy = this.busy;
    copy.overhead = this.overhead;
    copy.wasted = this.wasted;
    copy.draining = this.draining;
    copy.spin = this.spin;
    copy.switching = this.switching;
    copy.idle = this.idle;
    return copy;
  }
}
