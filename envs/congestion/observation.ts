import type { CongestionView } from "../../kernel/congestion/view.ts";
import type { CongestionOptions } from "./options.ts";

/** What a row observes, in order, in the words of the environment's page. */
export const CONGESTION_FEATURES = [
  "1: it is asked",
  "1: it has just begun and has measured nothing",
  "ln(round-trip time / base)",
  "ln(rate / line) / 3",
  "previous action",
  "action before that",
  "ln(round-trip time / that of the round trip before)",
  "1: it goes on after it was idle",
  "ln(last round-trip time / base)",
  "ln(1 + acknowledged / (base x line)) / 3",
  "`rl-cc`: s",
  "`rl-cc`: s of the round trip before",
  "`ecn`: share of the bytes marked",
  "`int`: utilisation of the fullest link",
  "`int`: ln(1 + greatest queue / (base x line))",
  "`remaining`: ln(bytes left / (base x line)) / 3",
  "`senders`: ln(queue pairs that share its last link) / 3",
] as const;

/** Largest magnitude of an observation. */
export const CONGESTION_OBSERVATION_LIMIT = 10;

/**
 * Constants of RL-CC: the inflation of the round trip above which it counts, the target of (excess inflation x
 * sqrt(rate)), and the scale. Source: its published settings.
 */
const BETA = 1.5;
const TARGET = 0.064;
const SCALE = 12.5;

/**
 * The congestion signal of RL-CC: negative when a queue pair should send faster, positive when it should send slower.
 *
 * @param inflation round-trip time over base
 * @param rate share of the line
 */
export function rlCcSignal(inflation: number, rate: number): number {
  return (Math.max(inflation - BETA, 0) * Math.sqrt(rate) - TARGET) * SCALE;
}

/** Last actions of every queue pair, by index. */
export interface LastActions {
  readonly previous: Float32Array;
  readonly before: Float32Array;
  /** The signal of RL-CC in the previous round trip. */
  readonly signal: Float32Array;
}

/**
 * Writes the observations of the queue pairs that decide now.
 *
 * @param rows number of rows; it skips queue pairs beyond them
 * @param out `[rows, features]`, zeros
 */
export function observeCongestion(
  { queuePairs, roundTrips, asked, askedCount }: CongestionView,
  rows: number,
  { observation, information }: CongestionOptions,
  last: LastActions,
  out: Float32Array,
): void {
  const size = CONGESTION_FEATURES.length;
  for (let i = 0; i < askedCount; i++) {
    const row = asked[i];
    if (row >= rows) continue;
    const at = row * size;
    const line = queuePairs.line[row];
    const base = queuePairs.base[row];
    const rate = queuePairs.rate[row];
    const fresh = roundTrips.count[row] === 0;
    out[at] = 1;
    out[at + 1] = fresh ? 1 : 0;
    if (information.has("remaining")) out[at + 15] = clip(Math.log(queuePairs.remaining[row] / (base * line)) / 3);
    // `sharers` counts only queue pairs with something to send, so it may be 0 while this one waits.
    if (information.has("senders")) out[at + 16] = clip(Math.log(Math.max(1, queuePairs.sharers[row])) / 3);
    if (observation === "rl-cc") {
      if (fresh) continue;
      out[at + 4] = last.previous[row];
      out[at + 5] = last.before[row];
      out[at + 10] = clip(rlCcSignal(roundTrips.rtt[row] / base, rate / line));
      out[at + 11] = clip(last.signal[row]);
    } else {
      if (fresh) continue;
      const rtt = roundTrips.rtt[row];
      out[at + 2] = clip(Math.log(rtt / base));
      out[at + 3] = clip(Math.log(rate / line) / 3);
      out[at + 4] = last.previous[row];
      out[at + 5] = last.before[row];
      out[at + 7] = roundTrips.resumed[row];
      out[at + 8] = clip(Math.log(roundTrips.lastRtt[row] / base));
      out[at + 9] = clip(Math.log1p(queuePairs.acked[row] / (base * line)) / 3);
      out[at + 6] = clip(Math.log(rtt / roundTrips.rttBefore[row]));
    }
    if (information.has("ecn")) out[at + 12] = roundTrips.marked[row];
    if (information.has("int")) {
      out[at + 13] = clip(roundTrips.utilisation[row]);
      out[at + 14] = clip(Math.log1p(roundTrips.queue[row] / (base * line)));
    }
  }
}

function clip(value: number): number {
  return Math.min(CONGESTION_OBSERVATION_LIMIT, Math.max(-CONGESTION_OBSERVATION_LIMIT, value));
}
