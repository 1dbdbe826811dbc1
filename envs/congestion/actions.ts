import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import { LEAST_SHARE } from "../../kernel/congestion/programs/program.ts";
import type { CongestionView } from "../../kernel/congestion/view.ts";
import type { CongestionOptions } from "./options.ts";

/** A queue pair begins with the line's rate times exp(START_GAIN (a - 1)): 0.018 to 1. Source: choice. */
const START_GAIN = 2;

/** RL-CC's largest change of the rate a round trip. Source: its published settings. */
const RL_CC_STEP = 0.2;

/** What an action multiplies the rate by. */
export function factorOf(action: number, map: CongestionOptions["map"]): number {
  if (map === "exp") return Math.exp(action);
  return action >= 0 ? 1 + RL_CC_STEP * action : 1 / (1 - RL_CC_STEP * action);
}

/** A decision of numbers, of which there is room for `capacity`. */
export function createRates(capacity: number): CongestionDecision {
  return { program: null, rate: new Float64Array(capacity), window: new Float64Array(capacity) };
}

/**
 * Carries out what rows want: sets rate and window of those that are asked.
 *
 * @param actions `[rows]`, -1 to 1; queue pairs beyond go on as they are
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
        : // A chunk may go while less than the window is in flight, so one is taken off.
          Math.max(1, window * rate * queuePairs.base[row] - queuePairs.chunk);
  }
}
