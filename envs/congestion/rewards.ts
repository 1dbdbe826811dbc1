import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { ArraySlab } from "../array_slab.ts";
import { rlCcSignal } from "./observation.ts";
import type { CongestionOptions } from "./options.ts";

/**
 * The target delay of a queue pair. Its round-trip time over base is `exp(TARGET)` at the rate of the line, and longer
 * at lower rates, by the power EXPONENT of the rate. All senders on a link are then on target at one and the same rate.
 * Source: choice on train and validation, by the cost of policies that were trained with it.
 */
const TARGET = 0.07;
const EXPONENT = 0.24;

/**
 * Weight of a delay below the target, relative to a delay above it by as much: unused time of a link is lost for good.
 * Source: choice on train and validation, as above.
 */
const BELOW = 3;

/**
 * Rewards of the rows since the last step. Every round trip that a queue pair completes adds to the reward of its row.
 */
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

  /** Adds the reward of a round trip that the queue pair of a row has completed. */
  note(row: number): void {
    const { connections, view } = this.#kernel;
    // The TCP program decides for queue pairs that carry TCP, not the policy.
    if (row >= this.earned.length || connections.tcp[connections.connection[row]] !== 0) return;
    const { queuePairs, roundTrips } = view;
    const base = queuePairs.base[row];
    const share = queuePairs.rate[row] / queuePairs.line[row];
    const inflation = roundTrips.rtt[row] / base;
    if (this.#kind === "rl-cc") {
      this.earned[row] -= rlCcSignal(inflation, share) ** 2;
      return;
    }
    // Proportional to time: otherwise long round trips would be cheap, because they are fewer.
    const time = roundTrips.duration[row] / base;
    const error = Math.log(inflation) - TARGET + EXPONENT * Math.log(share);
    this.earned[row] -= time * (error > 0 ? error : -BELOW * error);
  }

  /** The rewards since the last call. The caller may keep the array. */
  take(): Float32Array {
    const earned = this.#slab.next();
    earned.set(this.earned);
    this.earned.fill(0);
    return earned;
  }
}
