import { QueuePairTable } from "../queue_pair_table.ts";
import type { Marking, RateControl } from "../rate_control.ts";

/** Least rate or window, as a share of what the line gives: of programs whose constants are tuned, and of decisions from outside. Source: choice. */
export const LEAST_SHARE = 0.001;

/** Numbers that every program keeps of a queue pair, in this order; those of its own come after. */
const ROUND_END = 0;
const ROUNDS = 1;

/** Where a program's own numbers of a queue pair begin. */
export const OWN = 2;

/** Shortest state that is kept, queue pairs. Source: choice. */
const LEAST_LENGTH = 16;

/**
 * A congestion control program: what it keeps of each queue pair stands in one array, `width` numbers a queue pair, which
 * grows with the table and is copied by a fork.
 *
 * @typeParam Constants what the program was made with; immutable
 */
export abstract class Program<Constants> implements RateControl {
  readonly telemetry: boolean = false;
  readonly marking: Marking | null = null;
  readonly rearms: boolean = true;
  readonly name: string;
  protected readonly constants: Constants;
  protected table = new QueuePairTable();
  /** Numbers kept of queue pair q: from `width` x q on. */
  protected state = new Float64Array(0);
  protected readonly width: number;

  /** @param own numbers it keeps of a queue pair, at `OWN` and after */
  constructor(name: string, constants: Constants, own: number) {
    this.name = name;
    this.constants = constants;
    this.width = OWN + own;
  }

  reset(table: QueuePairTable): void {
    this.table = table;
    this.state.fill(0);
  }

  begin(queuePair: number): void {
    const { table, width } = this;
    const end = (queuePair + 1) * width;
    if (this.state.length < end) {
      const longer = new Float64Array(Math.max(end, 2 * this.state.length, LEAST_LENGTH * width));
      longer.set(this.state);
      this.state = longer;
    }
    const at = queuePair * width;
    this.state.fill(0, at, end);
    this.state[at + ROUND_END] = table.sent[queuePair];
    this.start(queuePair, at);
  }

  acknowledge(queuePair: number): void {
    this.hear(queuePair, queuePair * this.width);
  }

  /** The packet simulators' programs do not change a rate when something is lost: it is only sent again. */
  lose(_queuePair: number, _timeout: boolean): void {}

  beforeSend(_queuePair: number): void {}

  fork(table: QueuePairTable): RateControl {
    const Same = this.constructor as new (name: string, constants: Constants) => this;
    const copy = new Same(this.name, this.constants);
    copy.table = table;
    copy.state = this.state.slice();
    return copy;
  }

  /** A queue pair begins; its numbers, from `at` in `state` on, are 0: sets rate and window. */
  protected abstract start(queuePair: number, at: number): void;

  /** An acknowledgement has arrived; the queue pair's numbers are from `at` in `state` on. */
  protected abstract hear(queuePair: number, at: number): void;

  /**
   * Whether the acknowledged packet was sent after the last round trip ended: then this one ends with it, and the next
   * begins. True for the first acknowledgement.
   */
  protected roundTripEnds(queuePair: number, at: number): boolean {
    const { state, table } = this;
    if (table.ack.sequence <= state[at + ROUND_END]) return false;
    state[at + ROUND_END] = table.sent[queuePair];
    state[at + ROUNDS]++;
    return true;
  }

  /** Round trips that ended; 1 with the first acknowledgement. */
  protected rounds(at: number): number {
    return this.state[at + ROUNDS];
  }
}
