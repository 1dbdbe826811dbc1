import type { CongestionKernel } from "../kernel/congestion/congestion.ts";
import { HEADER, MTU } from "../kernel/congestion/scenario.ts";
import { ArraySlab } from "./array_slab.ts";
import { rlCcSignal } from "./congestion_observation.ts";
import type { CongestionOptions } from "./congestion_options.ts";

/** What a round trip's delay weighs against its throughput. */
const DELAY_WEIGHT = Number(process.env.DW ?? 0.5);
const UTILITY_SCALE = Number(process.env.US ?? 0.1);

/** Share of what is on the wire that is payload. */
const PAYLOAD = MTU / (MTU + HEADER);

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
    if (row >= this.earned.length) return;
    const { queuePairs, roundTrips } = this.#kernel.view;
    const base = queuePairs.base[row];
    const line = queuePairs.line[row];
    const inflation = roundTrips.rtt[row] / base;
    if (this.#kind === "rl-cc") {
      this.earned[row] -= rlCcSignal(inflation, queuePairs.rate[row] / line) ** 2;
      return;
    }
    const goodput = roundTrips.bytes[row] / (roundTrips.duration[row] * line * PAYLOAD);
    const time = roundTrips.duration[row] / base;
    this.earned[row] += UTILITY_SCALE * time * (Math.log(goodput) - DELAY_WEIGHT * Math.log(Math.max(1, inflation)));
  }

  /** What was earned, for the caller to keep. */
  take(): Float32Array {
    const earned = this.#slab.next();
    earned.set(this.earned);
    this.earned.fill(0);
    return earned;
  }
}
