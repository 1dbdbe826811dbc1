import { MTU } from "../scenario.ts";
import { OWN } from "./program.ts";
import { WIRE, type WindowLimits, WindowProgram } from "./window_program.ts";

/** Constants of BBR. */
export interface BbrConstants extends WindowLimits {
  /** Gain of rate and window until the bottleneck is full. */
  readonly startupGain: number;
  /** Gain of the window afterwards. */
  readonly windowGain: number;
  /** Relative change of the rate, up and down, while probing. */
  readonly probe: number;
  /** How long a minimum round-trip time stays valid, and how long a new measurement takes, ns. */
  readonly leastRttNs: number;
  readonly probeRttNs: number;
}

/** As Linux ships version 1. Source: draft-cardwell-iccrg-bbr-congestion-control-00; RFC 6928 for the start. */
export const SHIPPED_BBR: BbrConstants = {
  startPackets: 10,
  startShare: 0,
  pace: 1,
  startupGain: 2 / Math.LN2,
  windowGain: 2,
  probe: 0.25,
  leastRttNs: 10e9,
  probeRttNs: 200e6,
};

/**
 * Round trips over which the greatest delivery rate is taken; phases of a probing cycle; round trips without growth by
 * `FULL_GROWTH` after which the bottleneck is full. Source: the draft.
 */
const BANDWIDTH_ROUNDS = 10;
const PHASES = 8;
const FULL_ROUNDS = 3;
const FULL_GROWTH = 1.25;

/** Least window, also while measuring the minimum round-trip time, packets. Source: the draft. */
const LEAST = 4;

/**
 * Chunks that the window holds beyond its gain, for late acknowledgements. Source: Linux, tcp_bbr.c, three segments of
 * offload.
 */
const QUANTA = 3;

const STARTUP = 0;
const DRAIN = 1;
const PROBE_BANDWIDTH = 2;
const PROBE_RTT = 3;

/**
 * Fields of a queue pair's state. Mode; greatest delivery rate now and at the last growth, bytes of payload per ns;
 * rounds without growth.
 */
const MODE = OWN;
const BANDWIDTH = OWN + 1;
const FULL_BANDWIDTH = OWN + 2;
const STALLED = OWN + 3;
/**
 * Minimum round-trip time and when it was measured, ns; probing phase and its start; start of measuring the minimum.
 */
const LEAST_RTT = OWN + 4;
const LEAST_RTT_AT = OWN + 5;
const PHASE = OWN + 6;
const PHASE_AT = OWN + 7;
const PROBE_RTT_AT = OWN + 8;
/** Window, packets; round of the last sample; greatest delivery rate of each of the last rounds. */
const WINDOW = OWN + 9;
const SAMPLED = OWN + 10;
const RATES = OWN + 11;

/**
 * BBR, version 1. It paces at the greatest delivery rate seen and keeps at most two bandwidth-delay products in flight.
 * The first phase of a probing cycle follows from the queue pair's number instead of a random draw. Source:
 * draft-cardwell-iccrg-bbr-congestion-control-00.
 */
export class Bbr extends WindowProgram<BbrConstants> {
  constructor(name: string, constants: BbrConstants) {
    super(name, constants, RATES - OWN + BANDWIDTH_ROUNDS);
  }

  protected start(queuePair: number, at: number): void {
    const { state, table } = this;
    state[at + LEAST_RTT] = Infinity;
    state[at + WINDOW] = this.startWindow(queuePair);
    state[at + BANDWIDTH] = 0;
    this.setWindow(queuePair, state[at + WINDOW], table.base[queuePair]);
    const rate = (this.constants.startupGain * state[at + WINDOW] * MTU * WIRE) / table.base[queuePair];
    table.rate[queuePair] = Math.min(table.line[queuePair], rate);
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table } = this;
    const round = this.roundTripEnds(queuePair, at);
    this.sample(queuePair, at);
    if (round) this.checkFull(at);
    this.measureRtt(queuePair, at);
    this.advance(queuePair, at);
    this.apply(queuePair, at, table.ack.packets);
    if (state[at + MODE] === PROBE_RTT) table.window[queuePair] = Math.max(table.chunk, LEAST * MTU);
  }

  /**
   * Samples the delivery rate over the acknowledged packet's round trip. A sample below the greatest rate does not
   * count when the sender had nothing more to send.
   */
  private sample(queuePair: number, at: number): void {
    const { state, table } = this;
    const { ack } = table;
    const rate = (ack.sequence - ack.ackedAtSend) / Math.max(1, table.now - ack.sentAt);
    const unsent = table.remaining[queuePair] - (table.sent[queuePair] - table.acked[queuePair]);
    if (unsent <= 0 && rate < state[at + BANDWIDTH]) return;
    const round = this.rounds(at);
    for (let past = Math.max(state[at + SAMPLED] + 1, round - BANDWIDTH_ROUNDS + 1); past <= round; past++) {
      state[at + RATES + (past % BANDWIDTH_ROUNDS)] = 0;
    }
    state[at + SAMPLED] = round;
    const slot = at + RATES + (round % BANDWIDTH_ROUNDS);
    state[slot] = Math.max(state[slot], rate);
    let greatest = 0;
    for (let k = 0; k < BANDWIDTH_ROUNDS; k++) greatest = Math.max(greatest, state[at + RATES + k]);
    state[at + BANDWIDTH] = greatest;
  }

  private checkFull(at: number): void {
    const { state } = this;
    if (state[at + MODE] !== STARTUP) return;
    if (state[at + BANDWIDTH] >= FULL_GROWTH * state[at + FULL_BANDWIDTH]) {
      state[at + FULL_BANDWIDTH] = state[at + BANDWIDTH];
      state[at + STALLED] = 0;
    } else if (++state[at + STALLED] >= FULL_ROUNDS) {
      state[at + MODE] = DRAIN;
    }
  }

  private measureRtt(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { rtt } = table.ack;
    const { now } = table;
    const old = now - state[at + LEAST_RTT_AT] > constants.leastRttNs;
    if (rtt <= state[at + LEAST_RTT] || old) {
      const first = state[at + LEAST_RTT] === Infinity;
      if (old && !first && rtt > state[at + LEAST_RTT] && state[at + MODE] === PROBE_BANDWIDTH) {
        state[at + MODE] = PROBE_RTT;
        state[at + PROBE_RTT_AT] = now;
      }
      state[at + LEAST_RTT] = rtt;
      state[at + LEAST_RTT_AT] = now;
    }
    if (state[at + MODE] === PROBE_RTT && now - state[at + PROBE_RTT_AT] >= constants.probeRttNs) {
      this.beginCycle(queuePair, at);
    }
  }

  private advance(queuePair: number, at: number): void {
    const { state, table } = this;
    const inFlight = table.sent[queuePair] - table.acked[queuePair];
    const flows = state[at + BANDWIDTH] * state[at + LEAST_RTT];
    if (state[at + MODE] === DRAIN && inFlight <= flows) this.beginCycle(queuePair, at);
    if (state[at + MODE] !== PROBE_BANDWIDTH) return;
    const phase = state[at + PHASE];
    let done = table.now - state[at + PHASE_AT] > state[at + LEAST_RTT];
    if (phase === 0) done &&= inFlight + table.chunk >= (1 + this.constants.probe) * flows;
    if (phase === 1) done ||= inFlight <= flows;
    if (!done) return;
    state[at + PHASE] = (phase + 1) % PHASES;
    state[at + PHASE_AT] = table.now;
  }

  /** Starts probing, in any phase except the draining one. */
  private beginCycle(queuePair: number, at: number): void {
    const { state, table } = this;
    const drawn = queuePair % (PHASES - 1);
    state[at + MODE] = PROBE_BANDWIDTH;
    state[at + PHASE] = drawn === 0 ? 0 : drawn + 1;
    state[at + PHASE_AT] = table.now;
  }

  /** Sets window and rate by the gains of the current mode. */
  private apply(queuePair: number, at: number, ackedPackets: number): void {
    const { state, table, constants } = this;
    const mode = state[at + MODE];
    const bandwidth = state[at + BANDWIDTH];
    const steady = mode === PROBE_BANDWIDTH || mode === PROBE_RTT;
    const gain = steady ? constants.windowGain : constants.startupGain;
    const target = Math.max(LEAST, (gain * bandwidth * state[at + LEAST_RTT] + QUANTA * table.chunk) / MTU);
    const grown = state[at + WINDOW] + ackedPackets;
    state[at + WINDOW] =
      mode === STARTUP && grown > target ? Math.max(target, state[at + WINDOW]) : Math.min(grown, target);
    table.window[queuePair] = Math.max(table.chunk, state[at + WINDOW] * MTU);
    const rate = Math.min(table.line[queuePair], this.paceGain(at) * bandwidth * WIRE);
    if (mode !== STARTUP || rate > table.rate[queuePair]) table.rate[queuePair] = rate;
  }

  private paceGain(at: number): number {
    const { state, constants } = this;
    switch (state[at + MODE]) {
      case STARTUP:
        return constants.startupGain;
      case DRAIN:
        return 1 / constants.startupGain;
      case PROBE_BANDWIDTH:
        return 1 + (state[at + PHASE] === 0 ? constants.probe : state[at + PHASE] === 1 ? -constants.probe : 0);
      default:
        return 1;
    }
  }
}
