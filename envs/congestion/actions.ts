import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import { LEAST_SHARE } from "../../kernel/congestion/programs/program.ts";
import type { CongestionView } from "../../kernel/congestion/view.ts";
import type { CongestionOptions } from "./options.ts";

/** A queue pair begins with exp(START_GAIN (a - 1)) of the rate of its line: 0.018 to 1. Source: choice. */
const START_GAIN = 2;

/** Largest change of the rate by RL-CC in a round trip. Source: its published settings. */
const RL_CC_STEP = 0.2;

/** The factor by which an action multiplies the rate. */
export function factorOf(action: number, map: CongestionOptions["map"]): number {
  if (map === "exp") return Math.exp(action);
  return action >= 0 ? 1 + RL_CC_STEP * action : 1 / (1 - RL_CC_STEP * action);
}

/** A decision with room for the rates and windows of `capacity` queue pairs. */
export function createRates(capacity: number): CongestionDecision {
  return { program: null, rate: new Float64Array(capacity), window: new Float64Array(capacity) };
}

/**
 * Turns actions into rates and windows of the queue pairs that decide now.
 *
 * @param actions `[rows]`, -1 to 1; queue pairs beyond these rows get action 0
 */
export function applyActions(
  { queuePairs, roundTrips, asked, askedCount }: CongestionView,
  actions: Float32Array,
  { map, window }: CongestionOptions,
  decision: CongestionDecision,
): void {
  for (let i = 0; i < askedCount; i++) {
    const row = asked[i];
    const action = row < actions.length ? actions[row] : 0;
    const line = queuePairs.line[row];
    const fresh = roundTrips.count[row] === 0;
    const wanted = fresh ? line * Math.exp(START_GAIN * (action - 1)) : queuePairs.rate[row] * factorOf(action, map);
    const rate = Math.min(line, Math.max(LEAST_SHARE * line, wanted));
    decision.rate[i] = rate;
    decision.window[i] =
      window === 0
        ? Number.POSITIVE_INFINITY
        : // A chunk may go while less than the window is in flight, so the window is one chunk smaller.
          Math.max(1, window * rate * queuePairs.base[row] - queuePairs.chunk);
  }
}
