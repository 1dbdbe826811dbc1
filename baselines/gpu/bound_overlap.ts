import { latePenalty, WORST_SLACKS } from "../../kernel/gpu/cost.ts";
import type { BoundRequests } from "./bound_requests.ts";

/**
 * Most requests in a window. Source: choice; more do not raise the bound noticeably, and time grows with the square of
 * this number.
 */
const MOST_IN_WINDOW = 40;

/** Lateness, in slacks, at which late requests are counted. Source: choice; finer levels are tighter and slower. */
const LEVELS: readonly number[] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1, 2, 4, 8, WORST_SLACKS];

/** A request as a part of a window. */
interface Piece {
  readonly group: number;
  readonly start: number;
  /** Time of the whole GPU that it needs, ns. */
  readonly need: number;
  /** Its cost if its penalty is 1. */
  readonly weight: number;
  readonly done: number;
  readonly slack: number;
}

/**
 * Least sum over all critical groups of `weights[group]` times the sum of the penalties of its requests. It is above 0
 * where requests of different groups want the GPU at the same time.
 *
 * **Levels.** A penalty is at least the sum, over `LEVELS` below the lateness, of the rise of the penalty up to that
 * level. So it is enough to bound, at each level, the weight of the requests that are later than `level * slack`.
 *
 * **Windows.** A request that is not later than that runs wholly between two times: its start alone, which first come,
 * first served puts before all other starts, and its end alone + `level * slack`. Take all requests for which both
 * times lie in a window. The requests that are in time need no more of the GPU than the length of the window, together
 * with the entries between requests of different groups: one entry less than there are groups. If all requests of the
 * window need more than that, some must be dropped, and dropping a request frees its need and at most one entry. Two
 * limits hold for the weight of the dropped requests. It is at least the weight of the cheapest requests for their
 * need, where parts of requests are allowed. And the fewest requests that make up the excess each have at least the
 * least weight. Windows that do not overlap share no request, so their weights add up. A dynamic programme over their
 * ends finds the best such set.
 *
 * @param durationNs length of the run
 * @param entryNs time to come onto the GPU
 * @param needs `[groups][requests]` time of the whole GPU that each needs, ns, at most its length alone. Default: its
 *   length alone
 */
export function overlapPenalty(
  groups: readonly BoundRequests[],
  weights: readonly number[],
  durationNs: number,
  entryNs: number,
  needs: readonly Float64Array[] = groups.map(({ service }) => service),
): number {
  const pieces = groups.flatMap(({ count, service, aloneDone, slack }, g) =>
    Array.from(
      { length: count },
      (_, i): Piece => ({
        group: g,
        start: aloneDone[i] - service[i],
        need: needs[g][i],
        weight: weights[g],
        done: aloneDone[i],
        slack: slack[i],
      }),
    ),
  );
  pieces.sort((a, b) => a.start - b.start);
  let sum = 0;
  let below = 0;
  for (const level of LEVELS) {
    // The penalty just above the level, which includes the jump at the slack.
    const penalty = level < 1 ? latePenalty(level, 1) : latePenalty(level * (1 + Number.EPSILON), 1);
    sum += (penalty - below) * lateWeight(pieces, level, durationNs, entryNs);
    below = penalty;
  }
  return sum;
}

/** Least weight of the requests that are later than `level` slacks. `pieces` ascend by start. */
function lateWeight(pieces: readonly Piece[], level: number, durationNs: number, entryNs: number): number {
  // A request cannot be that late if the run is over before.
  const counted = pieces.filter(({ done, slack }) => done + level * slack < durationNs);
  const deadlineOf = ({ done, slack }: Piece) => done + level * slack;
  const byDeadline = [...counted].sort((a, b) => deadlineOf(a) - deadlineOf(b));
  const deadlines = Float64Array.from(byDeadline, deadlineOf);
  /** `[i]` best sum over windows that end at or before the first `i` deadlines. */
  const best = new Float64Array(deadlines.length + 1);
  const dropping = new Dropping();
  let settled = 0;
  let last = Number.NaN;
  for (const { start } of counted) {
    if (start === last) continue;
    last = start;
    while (settled < deadlines.length && deadlines[settled] <= start) {
      settled++;
      best[settled] = Math.max(best[settled], best[settled - 1]);
    }
    dropping.clear();
    let need = 0;
    /** Groups in the window, as bits. */
    let seen = 0;
    for (let j = settled; j < deadlines.length && dropping.count < MOST_IN_WINDOW; j++) {
      const piece = byDeadline[j];
      if (piece.start < start) continue;
      need += piece.need + ((seen & (1 << piece.group)) === 0 && seen !== 0 ? entryNs : 0);
      seen |= 1 << piece.group;
      dropping.add(piece.need + entryNs, piece.weight);
      const excess = need - (deadlines[j] - start);
      if (excess > 0) best[j + 1] = Math.max(best[j + 1], best[settled] + dropping.least(excess));
    }
  }
  return best.reduce((most, value) => Math.max(most, value), 0);
}

/** Requests of a window, and the least cost of dropping some of them. */
class Dropping {
  count = 0;
  #leastWeight = 0;
  /** In ascending order of weight over need. */
  readonly #needs = new Float64Array(MOST_IN_WINDOW);
  readonly #weights = new Float64Array(MOST_IN_WINDOW);
  /** Needs, in descending order. */
  readonly #longest = new Float64Array(MOST_IN_WINDOW);

  /** Forgets all requests. */
  clear(): void {
    this.count = 0;
    this.#leastWeight = Number.POSITIVE_INFINITY;
  }

  /** Adds a request. */
  add(need: number, weight: number): void {
    const needs = this.#needs;
    const weights = this.#weights;
    const longest = this.#longest;
    let i = this.count;
    for (; i > 0 && weights[i - 1] * need > weight * needs[i - 1]; i--) {
      needs[i] = needs[i - 1];
      weights[i] = weights[i - 1];
    }
    needs[i] = need;
    weights[i] = weight;
    let j = this.count;
    for (; j > 0 && longest[j - 1] < need; j--) longest[j] = longest[j - 1];
    longest[j] = need;
    this.count++;
    this.#leastWeight = Math.min(this.#leastWeight, weight);
  }

  /**
   * Least weight of requests whose needs add up to at least `excess`. `excess` is above 0 and at most the sum of all
   * needs.
   */
  least(excess: number): number {
    let parts = 0;
    let rest = excess;
    for (let i = 0; i < this.count && rest > 0; i++) {
      const taken = Math.min(rest, this.#needs[i]);
      if (taken > 0) parts += (this.#weights[i] * taken) / this.#needs[i];
      rest -= taken;
    }
    let fewest = 0;
    for (rest = excess; fewest < this.count && rest > 0; fewest++) rest -= this.#longest[fewest];
    return Math.max(parts, fewest * this.#leastWeight);
  }
}
