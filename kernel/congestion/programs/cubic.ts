import type { Marking } from "../rate_control.ts";
import { OWN } from "./program.ts";
import { SHIPPED_MARKING } from "./shipped_marking.ts";
import { type WindowLimits, WindowProgram } from "./window_program.ts";

/** Constants of CUBIC. */
export interface CubicConstants extends WindowLimits {
  readonly marking: Marking;
  /** Factor on the window at congestion. */
  readonly beta: number;
  /** Steepness of growth, packets per s^3. */
  readonly c: number;
}

/** As Linux ships it. Source: RFC 9438 (0.7, 0.4) and RFC 6928 (10 packets at first); marking as for DCQCN (choice). */
export const SHIPPED_CUBIC: CubicConstants = {
  startPackets: 10,
  startShare: 0,
  pace: Infinity,
  marking: SHIPPED_MARKING,
  beta: 0.7,
  c: 0.4,
};

/** Least window after congestion, packets. Source: RFC 5681. */
const LEAST = 2;

/** Largest factor by which a window may grow in a round trip. Source: RFC 9438, section 4.2. */
const MOST_GROWTH = 1.5;

const NS_PER_S = 1e9;

/**
 * Fields of a queue pair's state. Windows, in packets: the current one; the slow-start threshold; the one before the
 * last congestion (lowered if the window shrinks again); the same without lowering; the one that Reno would have.
 */
const WINDOW = OWN;
const THRESHOLD = OWN + 1;
const BEFORE = OWN + 2;
const PRIOR = OWN + 3;
const RENO = OWN + 4;
/** Start of growth, ns, Infinity before it; window at which the curve is flat, and the time until then, s. */
const GROWTH = OWN + 5;
const PLATEAU = OWN + 6;
const UNTIL_FLAT = OWN + 7;
/** Payload sent when the last congestion was detected; -1 for none. */
const RECOVERED = OWN + 8;

/**
 * CUBIC, the congestion control of sockets that have fallen back to TCP. Marks count as losses (RFC 3168). Losses and
 * marks of one round trip count once. Source: RFC 9438, without HyStart.
 */
export class Cubic extends WindowProgram<CubicConstants> {
  override readonly marking: Marking;

  constructor(name: string, constants: CubicConstants) {
    super(name, constants, 9);
    this.marking = constants.marking;
  }

  protected start(queuePair: number, at: number): void {
    const { state, table } = this;
    state[at + WINDOW] = this.startWindow(queuePair);
    state[at + THRESHOLD] = Infinity;
    state[at + GROWTH] = Infinity;
    state[at + RECOVERED] = -1;
    this.setWindow(queuePair, state[at + WINDOW], table.base[queuePair]);
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table } = this;
    const { ack } = table;
    if (ack.marked === 1) this.shrink(queuePair, at);
    else if (this.limited(queuePair, state[at + WINDOW])) this.grow(at);
    this.setWindow(queuePair, state[at + WINDOW], ack.rtt);
  }

  override lose(queuePair: number, timeout: boolean): void {
    const at = queuePair * this.width;
    this.shrink(queuePair, at);
    if (timeout) this.state[at + WINDOW] = 1;
    this.setWindow(queuePair, this.state[at + WINDOW], this.table.base[queuePair]);
  }

  private grow(at: number): void {
    const { state, table, constants } = this;
    const { packets, rtt } = table.ack;
    const window = state[at + WINDOW];
    if (window < state[at + THRESHOLD]) {
      state[at + WINDOW] += packets;
      return;
    }
    if (state[at + GROWTH] === Infinity) {
      state[at + GROWTH] = table.now;
      state[at + PLATEAU] = Math.max(window, state[at + BEFORE]);
      state[at + UNTIL_FLAT] = Math.cbrt((state[at + PLATEAU] - window) / constants.c);
      state[at + RENO] = window;
    }
    const additive = state[at + RENO] < state[at + PRIOR] ? (3 * (1 - constants.beta)) / (1 + constants.beta) : 1;
    state[at + RENO] += (additive * packets) / window;
    const since = (table.now - state[at + GROWTH]) / NS_PER_S - state[at + UNTIL_FLAT];
    if (state[at + PLATEAU] + constants.c * since ** 3 < state[at + RENO]) {
      state[at + WINDOW] = Math.max(window, state[at + RENO]);
      return;
    }
    const wanted = state[at + PLATEAU] + constants.c * (since + rtt / NS_PER_S) ** 3;
    const target = Math.max(window, Math.min(MOST_GROWTH * window, wanted));
    state[at + WINDOW] += ((target - window) * packets) / window;
  }

  /** Reacts to congestion, unless the signal is from a packet that was sent before the last congestion was detected. */
  private shrink(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    if (table.acked[queuePair] <= state[at + RECOVERED]) return;
    state[at + RECOVERED] = table.sent[queuePair];
    const window = state[at + WINDOW];
    state[at + BEFORE] = window < state[at + BEFORE] ? (window * (1 + constants.beta)) / 2 : window;
    state[at + PRIOR] = window;
    state[at + THRESHOLD] = Math.max(LEAST, window * constants.beta);
    state[at + WINDOW] = state[at + THRESHOLD];
    state[at + GROWTH] = Infinity;
  }
}
