import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { grown } from "../../kernel/congestion/copy_state.ts";
import { idealNs } from "../../kernel/congestion/ideal_time.ts";
import { LEAST_SHARE } from "../../kernel/congestion/programs/program.ts";
import { WIRE } from "../../kernel/congestion/programs/window_program.ts";
import type { QueuePairTable } from "../../kernel/congestion/queue_pair_table.ts";
import type { RateControl } from "../../kernel/congestion/rate_control.ts";
import { MOST_HOPS } from "../../kernel/congestion/topology.ts";
import { MaxMin } from "./max_min.ts";

/**
 * Largest ratio between weights. Source: choice; a new rate holds from the next packet on, which comes late at a low
 * rate.
 */
const WEIGHT_RANGE = 50;

/** A way to play a run. */
export interface Approach {
  /** Share of each link that is given away. */
  readonly share: number;
  /** Weight of a queue pair: 1; the rate at which it keeps `slowdown`; or 1 over what it has left to send. */
  readonly order: "equal" | "deadline" | "smallest";
  /** Slowdown within which a queue pair is to send what it was given. It sets the deadlines. */
  readonly slowdown: number;
  /** Most bytes in flight, relative to rate x base round trip. Infinity for any amount. */
  readonly window: number;
}

/**
 * A program that sees all queue pairs of the fabric, their paths and what they have left to send. It gives them the
 * max-min fair rates of the moment. It updates the rates whenever a queue pair begins or has sent its last byte, and
 * once per base round trip.
 */
export class ClairvoyantProgram implements RateControl {
  readonly name = "clairvoyant";
  readonly telemetry = false;
  readonly marking = null;
  readonly rearms = true;
  readonly #kernel: CongestionKernel;
  readonly #approach: Approach;
  readonly #maxMin: MaxMin;
  #table: QueuePairTable;
  /** Time of the last sharing of rates, ns. */
  #sharedAt = Number.NEGATIVE_INFINITY;
  #flows = new Int32Array(0);
  #weight = new Float64Array(0);
  /** `[queue pairs]` 1 while there is something to send; since when, ns; and the time that it takes alone, ns. */
  #sending = new Uint8Array(0);
  #since = new Float64Array(0);
  #ideal = new Float64Array(0);

  /** @param kernel that will run the program: the paths are right only there */
  constructor(kernel: CongestionKernel, approach: Approach) {
    const { rate } = kernel.scenario.workload.topology;
    this.#kernel = kernel;
    this.#approach = approach;
    this.#maxMin = new MaxMin(rate.map((whole) => approach.share * whole));
    this.#table = kernel.view.queuePairs;
  }

  reset(table: QueuePairTable): void {
    this.#table = table;
    this.#sharedAt = Number.NEGATIVE_INFINITY;
    this.#sending.fill(0);
  }

  begin(queuePair: number): void {
    if (queuePair >= this.#sending.length) this.#grow(Math.max(2 * this.#sending.length, this.#table.active.length));
    this.#sending[queuePair] = 0;
    this.#start(queuePair);
    this.#share(-1);
  }

  acknowledge(_queuePair: number): void {}

  lose(_queuePair: number, _timeout: boolean): void {}

  beforeSend(queuePair: number): void {
    const { base, chunk, now } = this.#table;
    const starts = this.#sending[queuePair] === 0;
    const ends = this.#unsent(queuePair) <= chunk;
    if (starts) this.#start(queuePair);
    if (starts || ends || now - this.#sharedAt >= base[queuePair]) this.#share(ends ? queuePair : -1);
    if (ends) this.#sending[queuePair] = 0;
  }

  fork(table: QueuePairTable): RateControl {
    const copy = new ClairvoyantProgram(this.#kernel, this.#approach);
    copy.#table = table;
    copy.#sharedAt = this.#sharedAt;
    copy.#flows = this.#flows.slice();
    copy.#weight = this.#weight.slice();
    copy.#sending = this.#sending.slice();
    copy.#since = this.#since.slice();
    copy.#ideal = this.#ideal.slice();
    return copy;
  }

  /** Payload that a queue pair was given and has not sent, bytes. */
  #unsent(queuePair: number): number {
    const { remaining, sent, acked } = this.#table;
    return remaining[queuePair] - (sent[queuePair] - acked[queuePair]);
  }

  #start(queuePair: number): void {
    const { links, length } = this.#kernel.paths;
    const path = links.subarray(queuePair * MOST_HOPS, queuePair * MOST_HOPS + length[queuePair]);
    const { topology } = this.#kernel.scenario.workload;
    this.#sending[queuePair] = 1;
    this.#since[queuePair] = this.#table.now;
    this.#ideal[queuePair] = idealNs(topology, path, Math.max(1, this.#unsent(queuePair)));
  }

  /**
   * Gives each queue pair a rate. `last` is sending its last packet and leaves its share to the others; -1 for none.
   */
  #share(last: number): void {
    const table = this.#table;
    const { window } = this.#approach;
    const count = this.#collect(last);
    this.#sharedAt = table.now;
    this.#maxMin.share(this.#flows, count, this.#weight, this.#kernel.paths);
    // The last packet may go at line rate: no packet follows for which it has to leave room.
    if (last >= 0) table.rate[last] = table.line[last];
    for (let f = 0; f < count; f++) {
      const flow = this.#flows[f];
      const rate = Math.max(this.#maxMin.rate[flow], LEAST_SHARE * table.line[flow]);
      table.rate[flow] = rate;
      table.window[flow] = Math.max(table.chunk, window * rate * table.base[flow]);
    }
  }

  /** Collects the queue pairs that have something to send, with their weights. Returns how many. */
  #collect(last: number): number {
    const { active, count } = this.#table;
    let flows = 0;
    let heaviest = 0;
    for (let queuePair = 0; queuePair < count; queuePair++) {
      if (active[queuePair] === 0 || this.#sending[queuePair] === 0 || queuePair === last) continue;
      this.#flows[flows++] = queuePair;
      this.#weight[queuePair] = this.#wanted(queuePair);
      heaviest = Math.max(heaviest, this.#weight[queuePair]);
    }
    for (let f = 0; f < flows; f++) {
      const flow = this.#flows[f];
      this.#weight[flow] = Math.max(this.#weight[flow], heaviest / WEIGHT_RANGE);
    }
    return flows;
  }

  /** The weight of a queue pair. Only ratios count. */
  #wanted(queuePair: number): number {
    const { order, slowdown } = this.#approach;
    if (order === "equal") return 1;
    const unsent = this.#unsent(queuePair);
    if (order === "smallest") return 1 / unsent;
    const { now, line, base } = this.#table;
    const due = this.#since[queuePair] + slowdown * this.#ideal[queuePair] - base[queuePair];
    const takes = (unsent * WIRE) / line[queuePair];
    // Limited to a multiple of the line rate for a queue pair that is late or nearly late.
    return (takes * line[queuePair]) / Math.max(due - now, takes / WEIGHT_RANGE);
  }

  #grow(length: number): void {
    this.#flows = grown(this.#flows, length);
    this.#weight = grown(this.#weight, length);
    this.#sending = grown(this.#sending, length);
    this.#since = grown(this.#since, length);
    this.#ideal = grown(this.#ideal, length);
  }
}
