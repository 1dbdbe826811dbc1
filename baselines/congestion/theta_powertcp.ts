import { OWN } from "../../kernel/congestion/programs/program.ts";
import { gammaKnob, LEAST_ARRIVALS } from "./powertcp.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { increaseKnob, type RateLimits, START, shareOf100G, shippedFloor, tunedLimits, WINDOW } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of theta-PowerTCP. */
export interface ThetaPowerTcpConstants extends RateLimits {
  /** Target round-trip time, in base round trips. */
  readonly target: number;
  /** Additive increase, share of the line. */
  readonly increase: number;
  /** Weight of the new rate relative to the rate of the last round trip. */
  readonly gamma: number;
}

/**
 * theta-PowerTCP as its authors ran it. Source: their packet simulator (1.05, 150 Mb/s at 100 Gb/s, 0.7 of the new
 * rate).
 */
export const SHIPPED_THETA: ThetaPowerTcpConstants = {
  start: 1,
  floor: shippedFloor,
  window: 1,
  target: 1.05,
  increase: shareOf100G(150),
  gamma: 0.7,
};

/** State of a queue pair: load; rate of the last round trip; last round-trip time and its arrival time, ns. */
const LOAD = OWN;
const REFERENCE = OWN + 1;
const LAST_RTT = OWN + 2;
const LAST_TIME = OWN + 3;

/**
 * theta-PowerTCP: PowerTCP without telemetry. Power is the round-trip time multiplied by 1 + its gradient. Source:
 * Addanki et al., NSDI 2022, and the packet simulator of its authors.
 */
class ThetaPowerTcp extends RateProgram<ThetaPowerTcpConstants> {
  constructor(name: string, constants: ThetaPowerTcpConstants) {
    super(name, constants, 4);
  }

  protected start(queuePair: number, at: number): void {
    this.state[at + LOAD] = 1;
    this.state[at + REFERENCE] = this.startRate(queuePair);
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { rtt } = table.ack;
    const ends = this.roundTripEnds(queuePair, at);
    const elapsed = table.now - state[at + LAST_TIME];
    const growth = rtt - state[at + LAST_RTT];
    const first = this.rounds(at) === 1 && ends;
    if (first || elapsed > 0) {
      state[at + LAST_RTT] = rtt;
      state[at + LAST_TIME] = table.now;
    }
    if (first || elapsed <= 0) return;
    const base = table.base[queuePair];
    const power = (Math.max(LEAST_ARRIVALS, growth / elapsed + 1) * rtt) / (constants.target * base);
    state[at + LOAD] += Math.min(1, elapsed / base) * (power - state[at + LOAD]);
    const reference = state[at + REFERENCE];
    const followed = reference / state[at + LOAD] + constants.increase * table.line[queuePair];
    const rate = this.setRate(queuePair, constants.gamma * followed + (1 - constants.gamma) * reference);
    if (ends) state[at + REFERENCE] = rate;
  }
}

/** theta-PowerTCP with its authors' constants. */
export const thetaPowertcp: CongestionEntry = {
  name: "theta-powertcp",
  role: "published",
  description: "theta-PowerTCP (NSDI 2022) with its authors' constants: round-trip time and its gradient",
  source: "Addanki et al., NSDI 2022; its authors' simulator",
  information: "RTT",
  knobs: [],
  create: () => programHeuristic(new ThetaPowerTcp("theta-powertcp", SHIPPED_THETA)),
};

/** theta-PowerTCP with its constants, the start rate and the window tuned. */
export const thetaPowertcpTuned: CongestionEntry = {
  name: "theta-powertcp-tuned",
  role: "published",
  description: "theta-PowerTCP with its constants, start rate and window tuned",
  source: "as `theta-powertcp`",
  startsAs: "theta-powertcp",
  information: "RTT",
  knobs: [
    { name: "target", min: 0.9, max: 3, scale: "log", start: SHIPPED_THETA.target, unit: "base" },
    increaseKnob(SHIPPED_THETA.increase),
    gammaKnob(SHIPPED_THETA.gamma),
    START,
    WINDOW,
  ],
  create: (values) =>
    programHeuristic(
      new ThetaPowerTcp("theta-powertcp-tuned", {
        ...tunedLimits(values),
        target: values.target,
        increase: values.increase,
        gamma: values.gamma,
      }),
    ),
};
