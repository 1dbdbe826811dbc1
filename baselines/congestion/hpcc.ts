import type { Knob } from "../knobs.ts";
import { LOAD, LoadProgram } from "./load_program.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { increaseKnob, type RateLimits, START, shareOf100G, shippedFloor, tunedLimits, WINDOW } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of HPCC. */
export interface HpccConstants extends RateLimits {
  /** Target utilisation. */
  readonly eta: number;
  /** Additive increase a round trip, share of the line. */
  readonly increase: number;
  /** Round trips of additive increase alone before the rate follows the load again. */
  readonly stages: number;
}

/**
 * HPCC as its authors ran it. Source: run.py of the HPCC simulator at 100 Gb/s (eta 95, 10 x bw / 25 Mb/s, MI_THRESH
 * 0).
 */
export const SHIPPED_HPCC: HpccConstants = {
  start: 1,
  floor: shippedFloor,
  window: 1,
  eta: 0.95,
  increase: shareOf100G(40),
  stages: 0,
};

/**
 * State of a queue pair in addition to the load: the reference rate for all changes within a round trip; stages of
 * increase.
 */
const REFERENCE = LOAD;
const STAGE = LOAD + 1;

/**
 * HPCC: switches report how much they sent and how much waits. The program sets the rate so that the fullest link is
 * used to eta. Source: Li et al., SIGCOMM 2019; the simulator of its authors.
 */
class Hpcc extends LoadProgram<HpccConstants> {
  constructor(name: string, constants: HpccConstants) {
    super(name, constants, 2);
  }

  protected start(queuePair: number, at: number): void {
    this.state[at + REFERENCE] = this.startRate(queuePair);
    this.beginLoad(at);
  }

  protected follow(queuePair: number, at: number, load: number, ends: boolean): void {
    const { state, table, constants } = this;
    const over = load / constants.eta;
    const increase = constants.increase * table.line[queuePair];
    const follows = over >= 1 || state[at + STAGE] >= constants.stages;
    const rate = this.setRate(
      queuePair,
      follows ? state[at + REFERENCE] / over + increase : state[at + REFERENCE] + increase,
    );
    if (!ends) return;
    state[at + REFERENCE] = rate;
    state[at + STAGE] = follows ? 0 : state[at + STAGE] + 1;
  }

  /** Bytes that a hop sent plus the smaller of its queues at both ends of the time, relative to what it could carry. */
  protected hopLoad(at: number, hop: number, elapsed: number, base: number): number {
    const { ack } = this.table;
    const rate = ack.rate[hop];
    const waiting = Math.min(ack.queue[hop], this.queueBefore(at, hop));
    return (ack.sent[hop] - this.sentBefore(at, hop)) / (elapsed * rate) + waiting / (rate * base);
  }
}

/** HPCC with its authors' constants. */
export const hpcc: CongestionEntry = {
  name: "hpcc",
  role: "published",
  description: "HPCC (SIGCOMM 2019) with its authors' constants: telemetry of every hop, 95 % utilisation",
  source: "Li et al., SIGCOMM 2019; `run.py` of its authors' simulator",
  information: "INT",
  knobs: [],
  create: () => programHeuristic(new Hpcc("hpcc", SHIPPED_HPCC)),
};

/** Target utilisation as a knob. */
export const ETA: Knob = { name: "eta", min: 0.7, max: 1.3, scale: "linear", start: SHIPPED_HPCC.eta };

/** HPCC with its constants, the start rate and the window tuned. */
export const hpccTuned: CongestionEntry = {
  name: "hpcc-tuned",
  role: "published",
  description: "HPCC with its constants, start rate and window tuned",
  source: "as `hpcc`",
  startsAs: "hpcc",
  information: "INT",
  knobs: [
    ETA,
    increaseKnob(SHIPPED_HPCC.increase),
    { name: "stages", min: 0, max: 5, scale: "linear", start: SHIPPED_HPCC.stages },
    START,
    WINDOW,
  ],
  create: (values) =>
    programHeuristic(
      new Hpcc("hpcc-tuned", {
        ...tunedLimits(values),
        eta: values.eta,
        increase: values.increase,
        stages: Math.round(values.stages),
      }),
    ),
};
