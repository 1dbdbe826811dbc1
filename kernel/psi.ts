/** Fractional bits of the kernel's load averages. Source: include/linux/sched/loadavg.h, FSHIFT. */
const FIXED_ONE = 2048;

/** Decay over one period for the 10, 60 and 300 s averages. Source: kernel/sched/psi.c, EXP_10s, EXP_60s, EXP_300s. */
const DECAY = [1677, 1981, 2034] as const;

/**
 * Seconds between two updates of the averages. Source: kernel/sched/psi.c, PSI_FREQ (2 s; the extra tick is left out).
 */
const PSI_PERIOD_SECONDS = 2;

/**
 * Pressure stall information (PSI): the share of time in which some task, and in which every task, is stalled because
 * it lacks memory. Averages are computed as the kernel computes them: in fixed point, every two seconds, over 10, 60
 * and 300 s.
 *
 * The caller defines what a stall is. In Linux a slow load is not a stall, so PSI does not see a slow tier.
 */
export class PressureStall {
  /** Running averages in fixed point, percent times 2048: some over 10, 60, 300 s, then full over the same. */
  readonly #averages = new Float64Array(6);
  #someSeconds = 0;
  #fullSeconds = 0;
  #periodSome = 0;
  #periodFull = 0;
  #periodTime = 0;

  /**
   * Records `seconds` in which at least one task was stalled for the share `some` of the time, and all tasks were
   * stalled for the share `full`. Requires 0 <= full <= some <= 1.
   */
  record(seconds: number, some: number, full: number): void {
    let left = seconds;
    while (left > 0) {
      const part = Math.min(left, PSI_PERIOD_SECONDS - this.#periodTime);
      this.#periodTime += part;
      this.#periodSome += part * some;
      this.#periodFull += part * full;
      this.#someSeconds += part * some;
      this.#fullSeconds += part * full;
      left -= part;
      if (this.#periodTime >= PSI_PERIOD_SECONDS - 1e-12) this.#update();
    }
  }

  #update(): void {
    for (let i = 0; i < 6; i++) {
      const stalled = i < 3 ? this.#periodSome : this.#periodFull;
      const percent = Math.min(100, Math.floor((stalled * 100) / PSI_PERIOD_SECONDS + 1e-9)) * FIXED_ONE;
      const decay = DECAY[i % 3];
      let next = this.#averages[i] * decay + percent * (FIXED_ONE - decay);
      // The kernel rounds up while the average rises, so that the average reaches a constant load instead of only
      // approaching it.
      if (percent >= this.#averages[i]) next += FIXED_ONE - 1;
      this.#averages[i] = Math.floor(next / FIXED_ONE);
    }
    this.#periodTime = 0;
    this.#periodSome = 0;
    this.#periodFull = 0;
  }

  /** Share of the last 10 s or so in which some task was stalled, percent. */
  get someAverage10(): number {
    return this.#averages[0] / FIXED_ONE;
  }

  /** Share of the last 60 s or so in which some task was stalled, percent. */
  get someAverage60(): number {
    return this.#averages[1] / FIXED_ONE;
  }

  /** Share of the last 300 s or so in which some task was stalled, percent. */
  get someAverage300(): number {
    return this.#averages[2] / FIXED_ONE;
  }

  /** Share of the last 10 s or so in which all tasks were stalled, percent. */
  get fullAverage10(): number {
    return this.#averages[3] / FIXED_ONE;
  }

  /** Seconds in which some task was stalled, since the start. */
  get someSeconds(): number {
    return this.#someSeconds;
  }

  /** Seconds in which all tasks were stalled, since the start. */
  get fullSeconds(): number {
    return this.#fullSeconds;
  }

  /** Copies the state of `other` into this object. */
  copyFrom(other: PressureStall): void {
    this.#averages.set(other.#averages);
    this.#someSeconds = other.#someSeconds;
    this.#fullSeconds = other.#fullSeconds;
    this.#periodSome = other.#periodSome;
    this.#periodFull = other.#periodFull;
    this.#periodTime = other.#periodTime;
  }
}
