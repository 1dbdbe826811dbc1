// theta-PowerTCP, as a program: PowerTCP without telemetry. Power is the round-trip time multiplied by 1 + its gradient.
// The same rule as the heuristic `theta-powertcp`; source: Addanki et al., NSDI 2022, and its authors' simulator.
// It runs in the NICs, at every acknowledgement.

export const knobs = [
  { name: "target", min: 0.9, max: 3, scale: "log", start: 1.05, unit: "base" },
  { name: "increase", min: 1e-4, max: 0.2, scale: "log", start: 0.0015, unit: "line" },
  { name: "gamma", min: 0.05, max: 1, scale: "linear", start: 0.7 },
];

interface Knobs {
  target: number;
  increase: number;
  gamma: number;
}

/** A queue pair. Rates are bytes per ns, times ns. */
interface Pair {
  now: number;
  line: number;
  base: number;
  sent: number;
  chunk: number;
  rate: number;
  window: number;
  state: Float64Array;
  ack: { rtt: number; sequence: number };
}

/** Numbers of a queue pair's state. */
const ROUND_END = 0;
const ROUNDS = 1;
const LOAD = 2;
const REFERENCE = 3;
const LAST_RTT = 4;
const LAST_TIME = 5;

/** Least arrival rate that the program believes, as a share of the link. */
const LEAST_ARRIVALS = 0.5;
/** Least rate, bytes per ns: 1 Gb/s. */
const LEAST_RATE = 0.125;

export function create({ target, increase, gamma }: Knobs) {
  function setRate(pair: Pair, wanted: number) {
    pair.rate = Math.min(pair.line, Math.max(Math.min(pair.line, LEAST_RATE), wanted));
    pair.window = Math.max(pair.chunk, pair.rate * pair.base);
    return pair.rate;
  }

  return {
    /** Numbers of state that each queue pair has. */
    state: 6,

    begin(pair: Pair) {
      pair.state[ROUND_END] = pair.sent;
      pair.state[LOAD] = 1;
      pair.state[REFERENCE] = setRate(pair, pair.line);
    },

    acknowledge(pair: Pair) {
      const { state, now, base } = pair;
      const { rtt, sequence } = pair.ack;
      const ends = sequence > state[ROUND_END];
      if (ends) {
        state[ROUND_END] = pair.sent;
        state[ROUNDS]++;
      }
      const elapsed = now - state[LAST_TIME];
      const growth = rtt - state[LAST_RTT];
      const first = ends && state[ROUNDS] === 1;
      if (first || elapsed > 0) {
        state[LAST_RTT] = rtt;
        state[LAST_TIME] = now;
      }
      if (first || elapsed <= 0) return;
      const power = (Math.max(LEAST_ARRIVALS, growth / elapsed + 1) * rtt) / (target * base);
      state[LOAD] += Math.min(1, elapsed / base) * (power - state[LOAD]);
      const followed = state[REFERENCE] / state[LOAD] + increase * pair.line;
      const rate = setRate(pair, gamma * followed + (1 - gamma) * state[REFERENCE]);
      if (ends) state[REFERENCE] = rate;
    },
  };
}
