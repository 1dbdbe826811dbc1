import { QueuePairTable } from "../queue_pair_table.ts";
import type { Marking, RateControl } from "../rate_control.ts";

/**
 * Least rate or window as a share of the line rate or of the bandwidth-delay product. It applies to programs with tuned
 * constants and to decisions from outside. Source: choice.
 */
export const LEAST_SHARE = 0.001;

/** Fields of a queue pair's state that every program keeps. A program's own fields follow. */
const ROUND_END = 0;
const ROUNDS = 1;

/** Position of a program's first own field. */
export const OWN = 2;

/** Least length of the state array, queue pairs. Source: choice. */
const LEAST_LENGTH = 16;

/**
 * A congestion control program. The state of all queue pairs is in one array, `width` numbers per queue pair. The array
 * grows with the table, and a fork copies it.
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
  /** State of queue pair q: the `width` numbers from `width` x q on. */
  protected state = new Float64Array(0);
  protected readonly width: number;

  /** @param own number of own fields per queue pair, at `OWN` and after */
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

  /** Does nothing by default: the packet simulators' programs do not change a rate at a loss, they only send again. */
  lose(_queuePair: number, _timeout: boolean): void {}

  beforeSend(_queuePair: number): void {}

  fork(table: QueuePairTable): RateControl {
    const Same = this.constructor as new (name: string, constants: Constants) => this;
    const copy = new Same(this.name, this.constants);
    copy.table = table;
    copy.state = this.state.slice();
    return copy;
  }

  /** Sets rate and window of a queue pair that begins. Its state, from `at` in `state` on, is all 0. */
  protected abstract start(queuePair: number, at: number): void;

  /** Handles an acknowledgement. The queue pair's state starts at `at` in `state`. */
  protected abstract hear(queuePair: number, at: number): void;

  /**
   * Whether the acknowledged packet was sent after the last round trip ended. If so, the current round trip ends and
   * the next one begins. True for the first acknowledgement.
   */
  protected roundTripEnds(queuePair: number, at: number): boolean {
    const { state, table } = this;
    if (table.ack.sequence <= state[at + ROUND_END]) return false;
    state[at + ROUND_END] = table.sent[queuePair];
    state[at + ROUNDS]++;
    return true;
  }

  /** Number of completed round trips; 1 after the first acknowledgement. */
  protected rounds(at: number): number {
    return this.state[at + ROUNDS];
  }
}
