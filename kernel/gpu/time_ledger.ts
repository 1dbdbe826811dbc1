import { InvariantError } from "../subsystem.ts";

/** How the GPU has spent its time, whole ns. `busy`, `spin`, `switching` and `idle` add up to the clock. */
export class TimeLedger {
  /** Time in which kernels ran, of one group or of several at once. */
  busy = 0;
  /** Part of `busy` that limited launches and polling cost. */
  overhead = 0;
  /** Part of `busy` that was lost: the work has to be done again, or is never completed. */
  wasted = 0;
  /** Part of `busy` in which multiprocessors were idle because a leaving group started no new thread blocks. */
  draining = 0;
  /** Time in which a waiting kernel kept the GPU for its group. */
  spin = 0;
  /** Time of saving, restoring and other work of changing groups. */
  switching = 0;
  /** Time in which the GPU did nothing. */
  idle = 0;

  /** Throws an `InvariantError` unless the parts add up to `clock`. */
  check(clock: number): void {
    const sum = this.busy + this.spin + this.switching + this.idle;
    if (sum !== clock) throw new InvariantError(`the GPU's time adds up to ${sum} ns, but the clock is at ${clock} ns`);
    if (this.wasted > this.busy)
      throw new InvariantError(`${this.wasted} ns of wasted work exceed ${this.busy} ns of all work`);
  }

  /** Returns an exact copy. */
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
