import type { Knob } from "../knobs.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { ADDED_WINDOW, bound, type RateLimits, START, tunedFloor } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of RL-CC's signal and of its map from actions to rates. */
export interface RlCcConstants extends RateLimits {
  /** Round-trip time that counts as 1, ns. Null: the base of each queue pair. */
  readonly baseNs: number | null;
  /** Inflation of the round trip that is not counted against a sender. */
  readonly beta: number;
  /** Inflation beyond `beta`, times the root of the rate's share, at which nothing changes. */
  readonly target: number;
  readonly scale: number;
  /**
   * Greatest relative change of the rate in a round trip: an action of 1 multiplies the rate by 1 + step, an action of
   * -1 divides it by that.
   */
  readonly step: number;
}

/** RL-CC as published. Source: the published training code of RL-CC, feature_history.py and rlcc.yaml. */
export const SHIPPED_RL_CC: RlCcConstants = {
  start: 1,
  floor: tunedFloor,
  window: Infinity,
  baseNs: 8192,
  beta: 1.5,
  target: 0.064,
  scale: 12.5,
  step: 0.2,
};

/**
 * RL-CC's congestion signal taken as the action itself, without learning: all senders of a link agree where it is 0.
 * Source: Tessler et al., "Reinforcement Learning for Datacenter Congestion Control", and its published training code.
 */
class RlCc extends RateProgram<RlCcConstants> {
  constructor(name: string, constants: RlCcConstants) {
    super(name, constants, 0);
  }

  protected start(queuePair: number, _at: number): void {
    this.startRate(queuePair);
  }

  protected hear(queuePair: number, at: number): void {
    if (!this.roundTripEnds(queuePair, at)) return;
    const { table, constants } = this;
    const rate = table.rate[queuePair];
    const inflation = table.ack.rtt / (constants.baseNs ?? table.base[queuePair]);
    const over = Math.max(0, inflation - constants.beta) * Math.sqrt(rate / table.line[queuePair]);
    const action = Math.max(-1, Math.min(1, (constants.target - over) * constants.scale));
    const change = 1 + constants.step * Math.abs(action);
    this.setRate(queuePair, action >= 0 ? rate * change : rate / change);
  }
}

/** RL-CC's formula as published. */
export const rlCc: CongestionEntry = {
  name: "rl-cc",
  role: "published",
  description: "RL-CC's signal taken for the action, without learning: base 8192 ns, beta 1.5, from line rate",
  source: "Tessler et al., 2021; its published training code",
  information: "RTT",
  knobs: [],
  create: () => programHeuristic(new RlCc("rl-cc", SHIPPED_RL_CC)),
};

/** Whether each queue pair has its own base: yes from one half on. */
const OWN_BASE: Knob = { name: "own_base", min: 0, max: 1, scale: "linear", start: 0 };

/** RL-CC's formula with its constants, the base, the start rate and a window tuned. */
export const rlCcTuned: CongestionEntry = {
  name: "rl-cc-tuned",
  role: "published",
  description: "RL-CC's signal taken for the action, with its constants, base, map, start rate and a window tuned",
  source: "as `rl-cc`",
  startsAs: "rl-cc",
  information: "RTT",
  knobs: [
    OWN_BASE,
    { name: "beta", min: 0.9, max: 3, scale: "linear", start: SHIPPED_RL_CC.beta },
    { name: "target", min: 0.002, max: 1, scale: "log", start: SHIPPED_RL_CC.target },
    { name: "scale", min: 0.5, max: 100, scale: "log", start: SHIPPED_RL_CC.scale },
    { name: "step", min: 0.02, max: 2, scale: "log", start: SHIPPED_RL_CC.step },
    START,
    ADDED_WINDOW,
  ],
  create: ({ own_base, beta, target, scale, step, start, window }) =>
    programHeuristic(
      new RlCc("rl-cc-tuned", {
        start,
        floor: tunedFloor,
        window: bound(window),
        baseNs: own_base < 0.5 ? SHIPPED_RL_CC.baseNs : null,
        beta,
        target,
        scale,
        step,
      }),
    ),
};
