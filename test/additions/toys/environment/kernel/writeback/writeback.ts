import { randomStream } from "../random.ts";
import { InvariantError, type Subsystem } from "../subsystem.ts";

/** Pages that a program dirties in each period. */
export interface WritebackWorkload {
  readonly name: string;
  readonly periods: number;
  /** Mean pages a period. */
  readonly mean: number;
}

/** What a kernel sees at the end of a period. */
export interface WritebackView {
  /** Periods that have passed. */
  period: number;
  /** Pages that are dirty now. */
  dirty: number;
}

/** Whether to write all dirty pages back now. */
export interface WritebackDecision {
  flush: boolean;
}

/** Cost of a period, and of all of them. */
export interface WritebackOutcome {
  cost: number;
}

/** Cost of writing back, whatever the number of pages, and of keeping a page dirty for a period. */
export const FLUSH_COST = 1;
export const DIRTY_COST = 0.01;

/** A page cache that must be written back now and then. */
export class WritebackKernel
  implements Subsystem<WritebackWorkload, WritebackView, WritebackDecision, WritebackOutcome>
{
  readonly view: WritebackView = { period: 0, dirty: 0 };
  readonly outcome: WritebackOutcome = { cost: 0 };
  /** Pages dirtied in each period, drawn ahead. */
  arrivals = new Float64Array(0);
  cost = 0;

  reset({ periods, mean }: WritebackWorkload, seed: number): void {
    const random = randomStream(seed, "writeback/arrivals");
    this.arrivals = Float64Array.from({ length: periods }, () => mean * random.exponential());
    this.view.period = 0;
    this.view.dirty = this.arrivals[0];
    this.cost = 0;
  }

  decide({ flush }: WritebackDecision): WritebackOutcome {
    if (this.done) throw new Error("the run is over; call reset first");
    this.outcome.cost = flush ? FLUSH_COST : DIRTY_COST * this.view.dirty;
    this.cost += this.outcome.cost;
    this.view.period++;
    this.view.dirty = (flush ? 0 : this.view.dirty) + (this.done ? 0 : this.arrivals[this.view.period]);
    return this.outcome;
  }

  get done(): boolean {
    return this.view.period >= this.arrivals.length;
  }

  fork(): WritebackKernel {
    const copy = new WritebackKernel();
    Object.assign(copy.view, this.view);
    copy.arrivals = this.arrivals;
    copy.cost = this.cost;
    return copy;
  }

  checkInvariants(): void {
    if (this.view.dirty < 0) throw new InvariantError(`${this.view.dirty} pages are dirty`);
  }
}
