/** Weights of a new gap in the two moving averages. Source: choice, those of TCP's round-trip estimate (RFC 6298). */
const GAP_WEIGHT = 1 / 8;
const DEVIATION_WEIGHT = 1 / 4;

/** What a host can learn from the arrivals of requests. Every array has one element per channel group, in ns. */
export class ArrivalStatistics {
  /** Time of the last arrival, -Infinity before the first. */
  readonly last: Float64Array;
  /** Moving average of the time between arrivals, 0 before the second arrival. */
  readonly gap: Float64Array;
  /** Moving average of the absolute deviation of that time. */
  readonly deviation: Float64Array;

  constructor(groups: number) {
    this.last = new Float64Array(groups).fill(Number.NEGATIVE_INFINITY);
    this.gap = new Float64Array(groups);
    this.deviation = new Float64Array(groups);
  }

  /** Records that a request of group `g` arrives at `now`. */
  arrive(g: number, now: number): void {
    const gap = now - this.last[g];
    this.last[g] = now;
    if (gap === Number.POSITIVE_INFINITY) return;
    if (this.gap[g] === 0) {
      this.gap[g] = gap;
      this.deviation[g] = gap / 2;
      return;
    }
    const error = gap - this.gap[g];
    this.gap[g] += GAP_WEIGHT * error;
    this.deviation[g] += DEVIATION_WEIGHT * (Math.abs(error) - this.deviation[g]);
  }

  /** Returns an exact copy. */
  fork(): ArrivalStatistics {
    const copy = new ArrivalStatistics(this.last.length);
    copy.last.set(this.last);
    copy.gap.set(this.gap);
    copy.deviation.set(this.deviation);
    return copy;
  }
}
