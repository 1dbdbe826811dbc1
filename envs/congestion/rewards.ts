import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { ArraySlab } from "../array_slab.ts";
import { rlCcSignal } from "./observation.ts";
import type { CongestionOptions } from "./options.ts";

/**
 * The delay that a queue pair is to keep: its round-trip time over base is `exp(TARGET)` at the line's rate and more at lower
 * rates, by this power of the rate. All that share a link then have one rate at which they are on target. Source: choice, on train
 * and validation, by the cost that policies trained with it reach.
 */
const TARGET = 0.07;
const EXPONENT = 0.24;

/**
 * What being below the target weighs against being above it by as much: time in which a link could have been used is lost for
 * good. Source: choice, likewise.
 */
const BELOW = 3;

/** What rows have earned since the last step: something for every round trip that a queue pair completes. */
export class CongestionRewards {
  readonly earned: Float32Array;
  readonly #slab: ArraySlab<Float32Array>;
  readonly #kernel: CongestionKernel;
  readonly #kind: CongestionOptions["reward"];

  constructor(rows: number, kernel: CongestionKernel, kind: CongestionOptions["reward"]) {
    this.earned = new Float32Array(rows);
    this.#slab = new ArraySlab(rows, (length) => new Float32Array(length));
    this.#kernel = kernel;
    this.#kind = kind;
  }

  /** A queue pair has completed a round trip. */
  note(row: number): void {
    const { connections, view } = this.#kernel;
    // TCP's own program decides about its queue pairs: they are never asked.
    if (row >= this.earned.length || connections.tcp[connections.connection[row]] !== 0) return;
    const { queuePairs, roundTrips } = view;
    const base = queuePairs.base[row];
    const share = queuePairs.rate[row] / queuePairs.line[row];
    const inflation = roundTrips.rtt[row] / base;
    if (this.#kind === "rl-cc") {
      this.earned[row] -= rlCcSignal(inflation, share) ** 2;
      return;
    }
    // By time, not by decision: otherwise long round trips, of which there are fewer, would be cheap.
    const time = roundTrips.duration[row] / base;
    const error = Math.log(inflation) - TARGET + EXPONENT * Math.log(share);
    this.earned[row] -= time * (error > 0 ? error : -BELOW * error);
  }

  /** What was earned, for the caller to keep. */
  take(): Float32Array {
    const earned = this.#slab.next();
    earned.set(this.earned);
    this.earned.fill(0);
    return earned;
  }
}
