import { OWN } from "../../kernel/congestion/programs/program.ts";
import { SHIPPED_MARKING } from "../../kernel/congestion/programs/shipped_marking.ts";
import type { Marking } from "../../kernel/congestion/rate_control.ts";
import type { Knob } from "../knobs.ts";
import { MARKING_KNOBS, markingOf } from "./marking_knobs.ts";
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

/** Constants of DCQCN. */
export interface DcqcnConstants extends RateLimits {
  readonly marking: Marking;
  /** Periods of the congestion estimate, of decreases and of increases, ns. */
  readonly alphaNs: number;
  readonly decreaseNs: number;
  readonly increaseNs: number;
  /** Weight of the last period in the estimate. */
  readonly g: number;
  /** Number of increases after a decrease that only recover the rate. */
  readonly recoveries: number;
  /** Growth of the target at the next increase, and at each later one, as shares of the line. */
  readonly increase: number;
  readonly hyperIncrease: number;
}

/**
 * DCQCN as NICs ship it. Source: run.py of the HPCC simulator, "dcqcn" at 100 Gb/s, and the defaults of ConnectX
 * (RATE_REDUCE_MONITOR_PERIOD, RPG_TIME_RESET, DCE_TCP_G, RPG_AI_RATE, RPG_HAI_RATE, RPG_THRESHOLD).
 */
export const SHIPPED_DCQCN: DcqcnConstants = {
  start: 1,
  floor: shippedFloor,
  window: Infinity,
  marking: SHIPPED_MARKING,
  alphaNs: 1000,
  decreaseNs: 4000,
  increaseNs: 300_000,
  g: 1 / 256,
  recoveries: 1,
  increase: shareOf100G(20),
  hyperIncrease: shareOf100G(200),
};

/** Delay of the first decrease, so that the estimate is updated before it, ns. Source: the HPCC simulator. */
const AFTER_ALPHA = 1;

/**
 * State of a queue pair: 1 after the first mark; time of that mark, ns; periods of the estimate since then; marks in
 * the running periods.
 */
const MARKED = OWN;
const ORIGIN = OWN + 1;
const PERIODS = OWN + 2;
const MARKED_ALPHA = OWN + 3;
const MARKED_DECREASE = OWN + 4;
/**
 * Congestion estimate, 0 to 1; target, bytes per ns; increases since the last decrease; times of the next decrease and
 * increase, ns.
 */
const ALPHA = OWN + 5;
const TARGET = OWN + 6;
const STAGE = OWN + 7;
const NEXT_DECREASE = OWN + 8;
const NEXT_INCREASE = OWN + 9;

/**
 * DCQCN as NICs have it: every marked acknowledgement is a congestion notification. When a packet is sent or
 * acknowledged, the program works out what its timers would have done since, at the times at which they would have
 * fired. Source: Zhu et al., SIGCOMM 2015; the form and order of timers of the HPCC simulator's ConnectX model.
 */
class Dcqcn extends RateProgram<DcqcnConstants> {
  override readonly marking: Marking;
  override readonly rearms = false;

  constructor(name: string, constants: DcqcnConstants) {
    super(name, constants, 10);
    this.marking = constants.marking;
  }

  protected start(queuePair: number, at: number): void {
    this.state[at + TARGET] = this.startRate(queuePair);
    this.state[at + NEXT_DECREASE] = Infinity;
    this.state[at + NEXT_INCREASE] = Infinity;
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { now } = table;
    this.catchUp(queuePair, at);
    if (table.ack.marked === 0) return;
    if (state[at + MARKED] === 0) {
      state[at + MARKED] = 1;
      state[at + ORIGIN] = now;
      state[at + ALPHA] = 1;
      state[at + TARGET] = table.rate[queuePair];
    } else {
      this.estimate(at, now);
      state[at + MARKED_ALPHA] = 1;
    }
    if (state[at + MARKED_DECREASE] === 0) {
      state[at + MARKED_DECREASE] = 1;
      const first = state[at + ORIGIN] + AFTER_ALPHA;
      const past = now < first ? 0 : Math.floor((now - first) / constants.decreaseNs);
      state[at + NEXT_DECREASE] = first + (past + 1) * constants.decreaseNs;
    }
  }

  override beforeSend(queuePair: number): void {
    this.catchUp(queuePair, queuePair * this.width);
  }

  /** Does what the timers of decrease and increase would have done until now. */
  private catchUp(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    for (;;) {
      const decrease = state[at + NEXT_DECREASE];
      const increase = state[at + NEXT_INCREASE];
      if (decrease > table.now && increase > table.now) return;
      if (decrease <= increase) {
        this.estimate(at, decrease);
        if (state[at + STAGE] !== 0) state[at + TARGET] = table.rate[queuePair];
        this.setRate(queuePair, table.rate[queuePair] * (1 - state[at + ALPHA] / 2));
        state[at + STAGE] = 0;
        state[at + MARKED_DECREASE] = 0;
        state[at + NEXT_DECREASE] = Infinity;
        state[at + NEXT_INCREASE] = decrease + constants.increaseNs;
      } else {
        const line = table.line[queuePair];
        const beyond = state[at + STAGE]++ - constants.recoveries;
        if (beyond >= 0) {
          const growth = beyond === 0 ? constants.increase : constants.hyperIncrease;
          state[at + TARGET] = Math.min(line, state[at + TARGET] + growth * line);
        }
        this.setRate(queuePair, (table.rate[queuePair] + state[at + TARGET]) / 2);
        state[at + NEXT_INCREASE] = increase + constants.increaseNs;
      }
    }
  }

  /** Updates the congestion estimate to `time`: first a period with a mark, if there is one, then periods without. */
  private estimate(at: number, time: number): void {
    const { state, constants } = this;
    const periods = Math.floor((time - state[at + ORIGIN]) / constants.alphaNs);
    let passed = periods - state[at + PERIODS];
    if (passed <= 0) return;
    state[at + PERIODS] = periods;
    if (state[at + MARKED_ALPHA] === 1) {
      state[at + ALPHA] += constants.g * (1 - state[at + ALPHA]);
      state[at + MARKED_ALPHA] = 0;
      passed--;
    }
    if (passed > 0) state[at + ALPHA] *= (1 - constants.g) ** passed;
  }
}

/** DCQCN with the constants that NICs ship. */
export const dcqcn: CongestionEntry = {
  name: "dcqcn",
  role: "default",
  description: "DCQCN as RoCE NICs ship it, from line rate, without a window",
  source: "Zhu et al., SIGCOMM 2015; `run.py` of HPCC's simulator, ConnectX's defaults",
  information: "ECN",
  knobs: [],
  create: () => programHeuristic(new Dcqcn("dcqcn", SHIPPED_DCQCN)),
};

const TUNED: readonly Knob[] = [
  ...MARKING_KNOBS,
  { name: "alpha_us", min: 0.5, max: 100, scale: "log", start: 1, unit: "us" },
  { name: "decrease_us", min: 1, max: 100, scale: "log", start: 4, unit: "us" },
  { name: "increase_us", min: 2, max: 600, scale: "log", start: 300, unit: "us" },
  { name: "g", min: 0.001, max: 0.5, scale: "log", start: 1 / 256 },
  { name: "recoveries", min: 1, max: 5, scale: "linear", start: 1 },
  increaseKnob(SHIPPED_DCQCN.increase),
  { name: "hyper_ratio", min: 1, max: 20, scale: "log", start: 10, unit: "increase" },
  START,
  ADDED_WINDOW,
];

/** DCQCN with its constants, the switches' marking, the start rate and a window tuned. */
export const dcqcnTuned: CongestionEntry = {
  name: "dcqcn-tuned",
  role: "published",
  description: "DCQCN with its constants, marking, start rate and a window tuned",
  source: "as `dcqcn`",
  startsAs: "dcqcn",
  information: "ECN",
  knobs: TUNED,
  create: (values) =>
    programHeuristic(
      new Dcqcn("dcqcn-tuned", {
        ...tunedLimits(values),
        marking: markingOf(values),
        alphaNs: values.alpha_us * 1000,
        decreaseNs: values.decrease_us * 1000,
        increaseNs: values.increase_us * 1000,
        g: values.g,
        recoveries: Math.round(values.recoveries),
        increase: values.increase,
        hyperIncrease: values.increase * values.hyper_ratio,
      }),
    ),
};
