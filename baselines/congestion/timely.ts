import { OWN } from "../../kernel/congestion/programs/program.ts";
import { programHeuristic } from "./program_heuristic.ts";
import {
  ADDED_WINDOW,
  increaseKnob,
  type RateLimits,
  START,
  shareOf100G,
  shippedFloor,
  tunedLimits,
} from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of TIMELY. */
export interface TimelyConstants extends RateLimits {
  /**
   * Round-trip time below which the rate always grows, round-trip time above which it always falls, and the unit of
   * gradients. All have the same unit.
   */
  readonly low: number;
  readonly high: number;
  readonly gradientUnit: number;
  /** Whether these are base round trips. Otherwise they are ns. */
  readonly inBases: boolean;
  /** Weight of the last difference in the gradient. */
  readonly ewma: number;
  /** Strength of decreases. */
  readonly beta: number;
  /** Increase in a round trip, and from the sixth in a row on, as shares of the line. */
  readonly increase: number;
  readonly hyperIncrease: number;
}

/**
 * TIMELY as the packet simulators run it. Source: the HPCC simulator (TimelyTLow and the like; 10 x bw / 10 and 50 x bw
 * / 10 Mb/s).
 */
export const SHIPPED_TIMELY: TimelyConstants = {
  start: 1,
  floor: shippedFloor,
  window: Infinity,
  low: 50_000,
  high: 500_000,
  gradientUnit: 20_000,
  inBases: false,
  ewma: 0.875,
  beta: 0.8,
  increase: shareOf100G(100),
  hyperIncrease: shareOf100G(500),
};

/** Number of increases in a row after which the larger increase begins. Source: TIMELY, section 4.3. */
const HYPER_AFTER = 5;

/** State of a queue pair: last round-trip time and averaged difference, ns; increases in a row. */
const LAST_RTT = OWN;
const DIFFERENCE = OWN + 1;
const STAGE = OWN + 2;

/**
 * TIMELY: once a round trip, the rate follows the gradient of the round-trip time. Source: Mittal et al., SIGCOMM 2015,
 * in the form of the HPCC simulator.
 */
class Timely extends RateProgram<TimelyConstants> {
  override readonly rearms = false;

  constructor(name: string, constants: TimelyConstants) {
    super(name, constants, 3);
  }

  protected start(queuePair: number, _at: number): void {
    this.startRate(queuePair);
  }

  protected hear(queuePair: number, at: number): void {
    if (!this.roundTripEnds(queuePair, at)) return;
    const { state, table, constants } = this;
    const { rtt } = table.ack;
    if (this.rounds(at) > 1) {
      const unit = constants.inBases ? table.base[queuePair] : 1;
      state[at + DIFFERENCE] += constants.ewma * (rtt - state[at + LAST_RTT] - state[at + DIFFERENCE]);
      const gradient = state[at + DIFFERENCE] / (constants.gradientUnit * unit);
      const high = constants.high * unit;
      if (rtt < constants.low * unit || (rtt <= high && gradient <= 0)) {
        const growth = state[at + STAGE]++ < HYPER_AFTER ? constants.increase : constants.hyperIncrease;
        this.setRate(queuePair, table.rate[queuePair] + growth * table.line[queuePair]);
      } else {
        const kept = rtt > high ? 1 - constants.beta * (1 - high / rtt) : Math.max(0, 1 - constants.beta * gradient);
        this.setRate(queuePair, table.rate[queuePair] * kept);
        state[at + STAGE] = 0;
      }
    }
    state[at + LAST_RTT] = rtt;
  }
}

/** TIMELY with shipped constants. */
export const timely: CongestionEntry = {
  name: "timely",
  role: "published",
  description: "TIMELY (SIGCOMM 2015) with the packet simulators' constants: the gradient of the round-trip time",
  source: "Mittal et al., SIGCOMM 2015; HPCC's simulator",
  information: "RTT",
  knobs: [],
  create: () => programHeuristic(new Timely("timely", SHIPPED_TIMELY)),
};

/** TIMELY with thresholds in base round trips. Its constants, the start rate and a window are tuned. */
export const timelyTuned: CongestionEntry = {
  name: "timely-tuned",
  role: "published",
  description: "TIMELY with thresholds in base round trips, start rate and a window tuned",
  source: "as `timely`",
  information: "RTT",
  knobs: [
    { name: "low", min: 0.95, max: 50, scale: "log", start: 12, unit: "base" },
    { name: "high_ratio", min: 1.05, max: 50, scale: "log", start: 10, unit: "low" },
    { name: "gradient_unit", min: 0.25, max: 20, scale: "log", start: 4.8, unit: "base" },
    { name: "ewma", min: 0.05, max: 1, scale: "linear", start: SHIPPED_TIMELY.ewma },
    { name: "beta", min: 0.05, max: 1, scale: "linear", start: SHIPPED_TIMELY.beta },
    increaseKnob(SHIPPED_TIMELY.increase),
    { name: "hyper_ratio", min: 1, max: 20, scale: "log", start: 5, unit: "increase" },
    START,
    ADDED_WINDOW,
  ],
  create: (values) =>
    programHeuristic(
      new Timely("timely-tuned", {
        ...tunedLimits(values),
        low: values.low,
        high: values.low * values.high_ratio,
        gradientUnit: values.gradient_unit,
        inBases: true,
        ewma: values.ewma,
        beta: values.beta,
        increase: values.increase,
        hyperIncrease: values.increase * values.hyper_ratio,
      }),
    ),
};
