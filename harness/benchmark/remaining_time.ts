import { mean } from "d3-array";

/** A job that is done or runs. */
export interface TimedJob {
  /** Jobs of one kind take about the same time. */
  kind: string;
  seconds: number;
  /** The share that is done; 1 if it is finished. */
  share: number;
}

/** A running job tells its length only after this share of it is done. Source: choice; loading is over by then. */
const LEAST_SHARE = 0.03;

/**
 * Time that the remaining work takes, s; null as long as no job tells its length. A job is expected to take as long as
 * the jobs of its kind on average, or as all jobs if there is none of its kind yet.
 *
 * @param timed jobs that are finished or run
 * @param waiting kinds of the jobs that have not started
 */
export function remainingSeconds(
  timed: readonly TimedJob[],
  waiting: readonly string[],
  workers: number,
): number | null {
  const length = ({ seconds, share }: TimedJob): number => seconds / share;
  const done = timed.filter(({ share }) => share === 1);
  // A finished job tells more than a running one.
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
  // At least the longest job: several processes cannot share one.
  return Math.max(...work, work.reduce((sum, seconds) => sum + seconds, 0) / workers);
}
