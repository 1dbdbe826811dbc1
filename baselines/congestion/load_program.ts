import { OWN } from "../../kernel/congestion/programs/program.ts";
import { MOST_HOPS } from "../../kernel/congestion/topology.ts";
import type { RateLimits } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";

/** State of a queue pair: the load, 1 = the fullest link is full; for each hop, the last telemetry. */
const UTILISATION = OWN;
const QUEUE = OWN + 1;
const SENT = QUEUE + MOST_HOPS;
const TIME = SENT + MOST_HOPS;

/** Index at which the state of a program begins that looks at the load. */
export const LOAD = TIME + MOST_HOPS;

/**
 * A program that estimates the load of the fullest link of its path from telemetry, averaged over a base round trip.
 */
export abstract class LoadProgram<Constants extends RateLimits> extends RateProgram<Constants> {
  override readonly telemetry = true;

  constructor(name: string, constants: Constants, own: number) {
    super(name, constants, LOAD - OWN + own);
  }

  /** Sets the rate. `load` includes this acknowledgement. `ends` says whether a round trip ends. */
  protected abstract follow(queuePair: number, at: number, load: number, ends: boolean): void;

  /** Load of one hop in the `elapsed` ns between the last telemetry and this one. */
  protected abstract hopLoad(at: number, hop: number, elapsed: number, base: number): number;

  /** Begins with a load of 1. Source: the HPCC simulator. */
  protected beginLoad(at: number): void {
    this.state[at + UTILISATION] = 1;
  }

  protected hear(queuePair: number, at: number): void {
    const ends = this.roundTripEnds(queuePair, at);
    if (this.rounds(at) === 1 && ends) this.remember(at);
    else this.follow(queuePair, at, this.load(queuePair, at), ends);
  }

  /** Keeps the telemetry of this acknowledgement for the next one. */
  private remember(at: number): void {
    const { state } = this;
    const { ack } = this.table;
    for (let hop = 0; hop < ack.hops; hop++) {
      state[at + QUEUE + hop] = ack.queue[hop];
      state[at + SENT + hop] = ack.sent[hop];
      state[at + TIME + hop] = ack.time[hop];
    }
  }

  protected queueBefore(at: number, hop: number): number {
    return this.state[at + QUEUE + hop];
  }

  protected sentBefore(at: number, hop: number): number {
    return this.state[at + SENT + hop];
  }

  /** Returns the load with this acknowledgement, and keeps its telemetry. */
  private load(queuePair: number, at: number): number {
    const { state, table } = this;
    const { ack } = table;
    const base = table.base[queuePair];
    let greatest = 0;
    let elapsed = 0;
    for (let hop = 0; hop < ack.hops; hop++) {
      const between = ack.time[hop] - state[at + TIME + hop];
      if (between <= 0) continue;
      const load = this.hopLoad(at, hop, between, base);
      if (load > greatest) {
        greatest = load;
        elapsed = between;
      }
    }
    this.remember(at);
    const weight = Math.min(1, elapsed / base);
    state[at + UTILISATION] += weight * (greatest - state[at + UTILISATION]);
    return state[at + UTILISATION];
  }
}
