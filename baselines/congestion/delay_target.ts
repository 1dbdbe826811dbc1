import { OWN } from "../../kernel/congestion/programs/program.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { boundKnob, type RateLimits, START, tunedLimits } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of the rule. */
export interface DelayTargetConstants extends RateLimits {
  /** Strength of the reaction. */
  readonly gain: number;
  /** Logarithm of the target inflation of the round trip at the whole line rate. */
  readonly target: number;
  /**
   * How much more a slower sender lets the round trip grow: the target goes with the rate's share of the line to the
   * power of minus this exponent.
   */
  readonly exponent: number;
}

/** State of a queue pair: sum of round-trip time x bytes, and bytes, of this round trip. */
const RTT_BYTES = OWN;
const BYTES = OWN + 1;

/**
 * The rule that a person writes after reading learned policies: once a round trip, the rate moves towards the point
 * where the round trip is exp(target) x share^-exponent base round trips. So all senders of a link converge to the same
 * rate.
 */
class DelayTarget extends RateProgram<DelayTargetConstants> {
  constructor(name: string, constants: DelayTargetConstants) {
    super(name, constants, 2);
  }

  protected start(queuePair: number, _at: number): void {
    this.startRate(queuePair);
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { ack } = table;
    state[at + RTT_BYTES] += ack.rtt * ack.bytes;
    state[at + BYTES] += ack.bytes;
    if (!this.roundTripEnds(queuePair, at)) return;
    const rate = table.rate[queuePair];
    const inflation = Math.log(state[at + RTT_BYTES] / (state[at + BYTES] * table.base[queuePair]));
    const share = Math.log(rate / table.line[queuePair]);
    const action = -constants.gain * (inflation - constants.target + constants.exponent * share);
    this.setRate(queuePair, rate * Math.exp(Math.max(-1, Math.min(1, action))));
    state[at + RTT_BYTES] = 0;
    state[at + BYTES] = 0;
  }
}

/** The hand rule. */
export const delayTarget: CongestionEntry = {
  name: "delay-target",
  role: "hand-rule",
  description: "once a round trip towards a delay that is longer for slower senders; window tied to the rate",
  source: "ours, read off learned policies",
  information: "RTT",
  knobs: [
    { name: "gain", min: 0.1, max: 3, scale: "log", start: 0.8 },
    { name: "target", min: -0.1, max: 0.5, scale: "linear", start: 0.07 },
    { name: "exponent", min: 0, max: 1, scale: "linear", start: 0.24 },
    { ...START, start: 0.2 },
    boundKnob("window", 1.03),
  ],
  create: (values) =>
    programHeuristic(
      new DelayTarget("delay-target", {
        ...tunedLimits(values),
        gain: values.gain,
        target: values.target,
        exponent: values.exponent,
      }),
    ),
};
