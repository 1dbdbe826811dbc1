import type { Knob } from "../knobs.ts";
import { ETA, SHIPPED_HPCC } from "./hpcc.ts";
import { LOAD, LoadProgram } from "./load_program.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { increaseKnob, type RateLimits, START, shareOf100G, shippedFloor, tunedLimits, WINDOW } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of PowerTCP. */
export interface PowerTcpConstants extends RateLimits {
  /** Target utilisation. */
  readonly eta: number;
  /** Additive increase, share of the line. */
  readonly increase: number;
  /** Weight of the new rate relative to the rate of the last round trip. */
  readonly gamma: number;
}

/** PowerTCP as its authors ran it. Source: their packet simulator (150 Mb/s at 100 Gb/s, 0.9 of the new rate). */
export const SHIPPED_POWERTCP: PowerTcpConstants = {
  start: 1,
  floor: shippedFloor,
  window: 1,
  eta: SHIPPED_HPCC.eta,
  increase: shareOf100G(150),
  gamma: 0.9,
};

/**
 * Least arrival rate that the program believes, as a share of the link. Source: the packet simulator of PowerTCP's
 * authors.
 */
export const LEAST_ARRIVALS = 0.5;

/** State of a queue pair in addition to the load: the rate of the last round trip. */
const REFERENCE = LOAD;

/**
 * PowerTCP: the load of a link is its power, arrival rate times what is in it. So a queue that builds up counts before
 * it is long. Source: Addanki et al., NSDI 2022, and the packet simulator of its authors.
 */
class PowerTcp extends LoadProgram<PowerTcpConstants> {
  constructor(name: string, constants: PowerTcpConstants) {
    super(name, constants, 1);
  }

  protected start(queuePair: number, at: number): void {
    this.state[at + REFERENCE] = this.startRate(queuePair);
    this.beginLoad(at);
  }

  protected follow(queuePair: number, at: number, load: number, ends: boolean): void {
    const { state, table, constants } = this;
    const over = load / constants.eta;
    const reference = state[at + REFERENCE];
    const followed = reference / over + constants.increase * table.line[queuePair];
    const rate = this.setRate(queuePair, constants.gamma * followed + (1 - constants.gamma) * reference);
    if (ends) state[at + REFERENCE] = rate;
  }

  /** Power relative to that of a full link without a queue. Arrivals are what was sent plus the growth of the queue. */
  protected hopLoad(at: number, hop: number, elapsed: number, base: number): number {
    const { ack } = this.table;
    const rate = ack.rate[hop];
    const arrived = ack.sent[hop] - this.sentBefore(at, hop) + ack.queue[hop] - this.queueBefore(at, hop);
    const arrivals = Math.max(LEAST_ARRIVALS, arrived / (elapsed * rate));
    return arrivals * (1 + ack.queue[hop] / (rate * base));
  }
}

/** Weight of the new rate as a knob. */
export function gammaKnob(start: number): Knob {
  return { name: "gamma", min: 0.1, max: 1, scale: "linear", start };
}

/** PowerTCP with its authors' constants. */
export const powertcp: CongestionEntry = {
  name: "powertcp",
  role: "published",
  description: "PowerTCP (NSDI 2022) with its authors' constants: queue and its growth from telemetry",
  source: "Addanki et al., NSDI 2022; its authors' simulator",
  information: "INT",
  knobs: [],
  create: () => programHeuristic(new PowerTcp("powertcp", SHIPPED_POWERTCP)),
};

/** PowerTCP with its constants, the start rate and the window tuned. */
export const powertcpTuned: CongestionEntry = {
  name: "powertcp-tuned",
  role: "published",
  description: "PowerTCP with its constants, start rate and window tuned",
  source: "as `powertcp`",
  startsAs: "powertcp",
  information: "INT",
  knobs: [ETA, increaseKnob(SHIPPED_POWERTCP.increase), gammaKnob(SHIPPED_POWERTCP.gamma), START, WINDOW],
  create: (values) =>
    programHeuristic(
      new PowerTcp("powertcp-tuned", {
        ...tunedLimits(values),
        eta: values.eta,
        increase: values.increase,
        gamma: values.gamma,
      }),
    ),
};
