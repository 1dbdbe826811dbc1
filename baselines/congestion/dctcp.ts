import { OWN } from "../../kernel/congestion/programs/program.ts";
import type { Marking } from "../../kernel/congestion/rate_control.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { increaseKnob, type RateLimits, START, shareOf100G, shippedFloor, tunedLimits, WINDOW } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of DCTCP. */
export interface DctcpConstants extends RateLimits {
  /** Queue length from which switches mark, bytes at 100 Gb/s. */
  readonly k: number;
  /** Weight of the last round trip in the congestion estimate. */
  readonly g: number;
  /** Additive increase a round trip, share of the line. */
  readonly increase: number;
}

/**
 * DCTCP as the packet simulators run it. Source: run.py of the HPCC simulator (30 kB x bw / 10, 1/16) and 1 packet in
 * 13 us.
 */
export const SHIPPED_DCTCP: DctcpConstants = {
  start: 1,
  floor: shippedFloor,
  window: 1,
  k: 300_000,
  g: 1 / 16,
  increase: shareOf100G(615),
};

/**
 * State of a queue pair: congestion estimate; acknowledged and marked payload of this round trip; 1 after a decrease
 * until its end, and that end.
 */
const ALPHA = OWN;
const ACKED = OWN + 1;
const MARKED = OWN + 2;
const REDUCED = OWN + 3;
const REDUCED_UNTIL = OWN + 4;

/**
 * DCTCP with rates: the rate falls by half the share of marked bytes, at most once a round trip. Source: Alizadeh et
 * al., SIGCOMM 2010, in the form of the HPCC simulator.
 */
class Dctcp extends RateProgram<DctcpConstants> {
  override readonly marking: Marking;
  override readonly rearms = false;

  constructor(name: string, constants: DctcpConstants) {
    super(name, constants, 5);
    this.marking = { kmin: constants.k, kmax: constants.k, pmax: 1 };
  }

  protected start(queuePair: number, at: number): void {
    this.startRate(queuePair);
    this.state[at + ALPHA] = 1;
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { ack } = table;
    state[at + ACKED] += ack.bytes;
    if (ack.marked === 1) state[at + MARKED] += ack.bytes;
    const ends = this.roundTripEnds(queuePair, at);
    if (ends && this.rounds(at) > 1) {
      state[at + ALPHA] += constants.g * (state[at + MARKED] / state[at + ACKED] - state[at + ALPHA]);
      state[at + ACKED] = 0;
      state[at + MARKED] = 0;
    }
    if (ack.sequence > state[at + REDUCED_UNTIL]) state[at + REDUCED] = 0;
    if (ack.marked === 1 && state[at + REDUCED] === 0) {
      this.setRate(queuePair, table.rate[queuePair] * (1 - state[at + ALPHA] / 2));
      state[at + REDUCED] = 1;
      state[at + REDUCED_UNTIL] = table.sent[queuePair];
    }
    if (ends && state[at + REDUCED] === 0) {
      this.setRate(queuePair, table.rate[queuePair] + constants.increase * table.line[queuePair]);
    }
  }
}

/** DCTCP with shipped constants. */
export const dctcp: CongestionEntry = {
  name: "dctcp",
  role: "published",
  description: "DCTCP (SIGCOMM 2010) by rates, marking from 300 kB at 100 Gb/s",
  source: "Alizadeh et al., SIGCOMM 2010; `run.py` of HPCC's simulator",
  information: "ECN",
  knobs: [],
  create: () => programHeuristic(new Dctcp("dctcp", SHIPPED_DCTCP)),
};

/** DCTCP with its constants, the start rate and the window tuned. */
export const dctcpTuned: CongestionEntry = {
  name: "dctcp-tuned",
  role: "published",
  description: "DCTCP by rates with its constants, marking, start rate and window tuned",
  source: "as `dctcp`",
  startsAs: "dctcp",
  information: "ECN",
  knobs: [
    { name: "k_kb", min: 2, max: 400, scale: "log", start: 300, unit: "kB at 100 Gb/s" },
    { name: "g", min: 0.005, max: 1, scale: "log", start: SHIPPED_DCTCP.g },
    increaseKnob(SHIPPED_DCTCP.increase),
    START,
    WINDOW,
  ],
  create: (values) =>
    programHeuristic(
      new Dctcp("dctcp-tuned", {
        ...tunedLimits(values),
        k: values.k_kb * 1000,
        g: values.g,
        increase: values.increase,
      }),
    ),
};
