import type { Interval } from "./statistics.ts";

/** An interval for people; empty for null. */
export function intervalText(interval: Interval | null, digits = 3): string {
  return interval === null ? "" : `${interval.low.toFixed(digits)} to ${interval.high.toFixed(digits)}`;
}

/** The same in brackets, to stand behind a mean. */
export function bracketedInterval(interval: Interval | null): string {
  return interval === null ? "" : ` (${intervalText(interval)})`;
}
