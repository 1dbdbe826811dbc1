import type { RateLimits } from "./rate_limits.ts";
import { RateProgram } from "./rate_program.ts";

/** Keeps the start rate for the whole run. */
export class FixedRate extends RateProgram<RateLimits> {
  constructor(name: string, limits: RateLimits) {
    super(name, limits, 0);
  }

  protected start(queuePair: number, _at: number): void {
    this.startRate(queuePair);
  }

  protected hear(_queuePair: number, _at: number): void {}
}
