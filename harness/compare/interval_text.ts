import type { Interval } from "./statistics.ts";

/** An interval as text; empty for null. */
export function intervalText(interval: Interval | null, digits = 3): string {
  return interval === null ? "" : `${interval.low.toFixed(digits)} to ${interval.high.toFixed(digits)}`;
}

/** An interval in brackets, to follow a mean; empty for null. */
export function bracketedInterval(interval: Interval | null): string {
  return interval === null ? "" : ` (${intervalText(interval)})`;
}
