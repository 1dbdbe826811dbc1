import { mean } from "d3-array";

/** A job that is done, or how far one is that runs. */
export interface TimedJob {
  /** Jobs of one kind take about as long. */
  kind: string;
  seconds: number;
  /** 1 when it is done. */
  share: number;
}

/** A running job says nothing about its length before this share of it is done. Source: choice; loading is over by then. */
const LEAST_SHARE = 0.03;

/**
 * How long the rest takes, s; null as long as nothing is known about any job. A job is expected to take as long as those of its kind,
 * or as all in the mean where there is none yet.
 *
 * @param timed jobs that are done or run
 * @param waiting kinds of those that have not begun
 */
export function remainingSeconds(
  timed: readonly TimedJob[],
  waiting: readonly string[],
  workers: number,
): number | null {
  const length = ({ seconds, share }: TimedJob): number => seconds / share;
  const done = timed.filter(({ share }) => share === 1);
  // What was seen to the end tells more than what has begun.
  const known = [...done, ...timed.filter(({ share }) => share >= LEAST_SHARE && share < 1)];
  if (known.length === 0) return null;
  const expected = (wanted: string): number => {
    const alike = [done, known]
      .map((jobs) => jobs.filter(({ kind }) => kind === wanted))
      .find((jobs) => jobs.length > 0);
    return mean(alike ?? known, length)!;
  };
  const left = timed.flatMap(({ kind, seconds, share }) => (share < 1 ? [Math.max(0, expected(kind) - seconds)] : []));
  const work = [...left, ...waiting.map(expected)];
  if (work.length === 0) return 0;
  // Never less than the longest job: it cannot be shared.
  return Math.max(...work, work.reduce((sum, seconds) => sum + seconds, 0) / workers);
}
