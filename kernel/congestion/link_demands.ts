import { Largest } from "./largest.ts";

/** Most starts of intervals to try in one busy period. Source: choice. */
const BEGINNINGS = 64;

/** Relative growth of a bound below which another round is not worth it. Source: choice. */
const PRECISION = 1e-9;

/** The demand of one message on one link. Times count from an origin that all demands of the same list share, ns. */
export interface Demand {
  /** Bytes on the wire. */
  readonly bytes: number;
  /** Earliest time at which its first bit can enter the link. */
  readonly start: number;
  /** Its last bit has to enter the link by `offset + x ideal` for a slowdown of x. */
  readonly offset: number;
  /** Ideal time of the message, by which its slowdown is measured. */
  readonly ideal: number;
}

/** Demands on one link from when it can first be busy until it has served them, if nothing is made to wait. */
interface BusyPeriod {
  readonly rate: number;
  readonly bytes: Float64Array;
  /** Rising starts. */
  readonly start: Float64Array;
  readonly offset: Float64Array;
  readonly ideal: Float64Array;
  /** Indices in the order of the deadlines. */
  readonly order: Int32Array;
  /** Starts from which intervals are tried. */
  readonly beginnings: Float64Array;
}

/**
 * The largest demands, which are left out: those of an interval, and those of all demands that start no earlier than
 * it.
 */
interface Dropping {
  readonly inside: Largest;
  readonly later: Largest;
}

/**
 * Lower bounds on the worst slowdowns that links allow. If the j-th worst slowdown is x, then all but j - 1 messages
 * have at most x, and their demands on a link within any interval have to fit: the demands that can start and have to
 * end in the interval, without the j - 1 largest of them, are at most the interval times the rate. An interval that
 * violates this is overfull and shows that the j-th worst slowdown is more than x. Nothing else is assumed, so the
 * bound holds for every order in which links serve messages.
 *
 * An interval need not span a time at which the link would be idle even if everything came as early as it can: the part
 * of the interval after that time is overfull too. So each busy period is examined separately.
 */
export class LinkDemands {
  readonly #periods: BusyPeriod[] = [];

  /**
   * Adds one list of demands on one link, one demand per message.
   *
   * @param rate of the link, bytes per ns
   */
  add(rate: number, demands: Demand[]): void {
    if (demands.length < 2) return;
    const sorted = demands.sort((a, b) => a.start - b.start);
    let first = 0;
    let free = sorted[0].start;
    for (let i = 0; i < sorted.length; i++) {
      if (sorted[i].start >= free) {
        this.#addPeriod(rate, sorted, first, i);
        first = i;
        free = sorted[i].start;
      }
      free += sorted[i].bytes / rate;
    }
    this.#addPeriod(rate, sorted, first, sorted.length);
  }

  #addPeriod(rate: number, sorted: readonly Demand[], from: number, to: number): void {
    // A single message always fits.
    if (to - from < 2) return;
    const demands = sorted.slice(from, to);
    const starts = demands.map(({ start }) => start).filter((start, i, all) => i === 0 || start > all[i - 1]);
    const step = Math.max(1, starts.length / BEGINNINGS);
    this.#periods.push({
      rate,
      bytes: Float64Array.from(demands, ({ bytes }) => bytes),
      start: Float64Array.from(demands, ({ start }) => start),
      offset: Float64Array.from(demands, ({ offset }) => offset),
      ideal: Float64Array.from(demands, ({ ideal }) => ideal),
      order: Int32Array.from(demands, (_, i) => i),
      beginnings: Float64Array.from(
        { length: Math.min(starts.length, BEGINNINGS) },
        (_, i) => starts[Math.floor(i * step)],
      ),
    });
  }

  /** Lower bounds on the j-th worst slowdown for j from 1 to `count`: at index j - 1. */
  worst(count: number): Float64Array {
    const bounds = new Float64Array(count).fill(1);
    let x = 1;
    for (let j = count; j >= 1; j--) {
      const drop = { inside: new Largest(j - 1, 0), later: new Largest(j - 1, 0) };
      for (const period of this.#periods) {
        if (period.bytes.length > j) x = leastSlowdown(period, drop, x);
      }
      bounds[j - 1] = x;
    }
    return bounds;
  }
}

/** The least slowdown from `x` on for which no interval is overfull when the `drop` largest demands are left out. */
function leastSlowdown(period: BusyPeriod, drop: Dropping, x: number): number {
  let bound = x;
  for (;;) {
    const next = raised(period, drop, bound);
    if (next <= bound * (1 + PRECISION)) return bound;
    bound = next;
  }
}

/** The least slowdown at which the interval that is most overfull at `x` is no longer overfull; `x` if none is. */
function raised(period: BusyPeriod, { inside, later }: Dropping, x: number): number {
  const { rate, bytes, start, offset, ideal, order, beginnings } = period;
  sortByDeadline(period, x);
  later.clear();
  let laterBytes = 0;
  let next = bytes.length - 1;
  let worst = 0;
  let worstBeginning = 0;
  let worstEnd = 0;
  let worstAt = -1;
  for (let b = beginnings.length - 1; b >= 0; b--) {
    const beginning = beginnings[b];
    for (; next >= 0 && start[next] >= beginning; next--) {
      laterBytes += bytes[next];
      later.add(bytes[next]);
    }
    // Time at which even a link that serves only this interval's demands is done. Later deadlines are met.
    const done = beginning + (laterBytes - later.sum) / rate;
    let sum = 0;
    inside.clear();
    for (let at = 0; at < order.length; at++) {
      const i = order[at];
      if (start[i] < beginning) continue;
      const deadline = offset[i] + x * ideal[i];
      if (deadline + worst >= done) break;
      sum += bytes[i];
      inside.add(bytes[i]);
      const end = beginning + (sum - inside.sum) / rate;
      if (end - deadline <= worst) continue;
      worst = end - deadline;
      worstBeginning = beginning;
      worstEnd = end;
      worstAt = at;
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at <= worstAt; at++) {
    const i = order[at];
    if (start[i] >= worstBeginning) least = Math.min(least, (worstEnd - offset[i]) / ideal[i]);
  }
  return worstAt < 0 ? x : least;
}

/** Sorts the demands by their deadlines for a slowdown of `x`. The order is nearly that of the previous `x`. */
function sortByDeadline({ offset, ideal, order }: BusyPeriod, x: number): void {
  for (let at = 1; at < order.length; at++) {
    const i = order[at];
    const deadline = offset[i] + x * ideal[i];
    let to = at;
    for (; to > 0; to--) {
      const before = order[to - 1];
      if (offset[before] + x * ideal[before] <= deadline) break;
      order[to] = before;
    }
    order[to] = i;
  }
}
