import { Program } from "../../kernel/congestion/programs/program.ts";
import type { RateLimits } from "./rate_limits.ts";

/** A program that decides on a rate. The window follows from the rate. */
export abstract class RateProgram<Constants extends RateLimits> extends Program<Constants> {
  /** Begins at the start rate. Returns it, bytes per ns. */
  protected startRate(queuePair: number): number {
    return this.setRate(queuePair, this.constants.start * this.table.line[queuePair]);
  }

  /** Sets a rate within the limits, with its window of at least one chunk. Returns it, bytes per ns. */
  protected setRate(queuePair: number, wanted: number): number {
    const { table, constants } = this;
    const line = table.line[queuePair];
    const rate = Math.min(line, Math.max(constants.floor(line), wanted));
    table.rate[queuePair] = rate;
    table.window[queuePair] = Math.max(table.chunk, constants.window * rate * table.base[queuePair]);
    return rate;
  }
}
