import { PressureStall } from "../psi.ts";

/** Pressure stall information of threads that stall one by one. "All" means all threads that have not ended. */
export class StallPressure {
  readonly pressure = new PressureStall();
  /** `[threads]` time until which each thread is stalled, us. */
  readonly #until: Float64Array;
  /** Time until which stalls have been recorded, us. */
  #recorded = 0;

  constructor(threads: number) {
    this.#until = new Float64Array(threads);
  }

  /**
   * Records a stall from `start` to `end`, us. Stalls must come by rising start, so that their union can be recorded as
   * it grows.
   */
  record(thread: number, start: number, end: number, running: (thread: number) => boolean): void {
    this.#until[thread] = end;
    const from = Math.max(start, this.#recorded);
    if (end <= from) return;
    if (from > this.#recorded) this.pressure.record((from - this.#recorded) * 1e-6, 0, 0);
    let all = end;
    for (let i = 0; i < this.#until.length; i++) if (running(i)) all = Math.min(all, this.#until[i]);
    this.pressure.record((end - from) * 1e-6, 1, Math.max(0, all - from) / (end - from));
    this.#recorded = end;
  }

  /** An exact copy with its own state. */
  fork(): StallPressure {
    const copy = new StallPressure(this.#until.length);
    copy.pressure.copyFrom(this.pressure);
    copy.#until.set(this.#until);
    copy.#recorded = this.#recorded;
    return copy;
  }
}
