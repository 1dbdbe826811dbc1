import { latePenalty, WORST_SLACKS } from "../../kernel/gpu/cost.ts";
import type { BoundRequests } from "./bound_requests.ts";

/** Most requests of a window. Source: choice; more do not raise the bound noticeably, and time grows with its square. */
const MOST_IN_WINDOW = 40;

/** Lateness, in slacks, at which late requests are counted. Source: choice; the finer, the tighter and slower. */
const LEVELS: readonly number[] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1, 2, 4, 8, WORST_SLACKS];

/** What a request is in a window. */
interface Piece {
  readonly group: number;
  readonly start: number;
  /** Time of the whole GPU that it needs, ns. */
  readonly need: number;
  /** Cost of it when its penalty is 1. */
  readonly weight: number;
  readonly done: number;
  readonly slack: number;
}

/**
 * Least sum over all critical groups of `weights[group]` times the sum of its requests' penalties, because requests of
 * different groups want the GPU at the same time.
 *
 * **Levels.** A penalty is at least the sum, over `LEVELS` below the lateness, of the rise of the penalty up to that level.
 * So it is enough to bound, at each level, the weight of the requests that are later than `level * slack`.
 *
 * **Windows.** A request that is not later than that runs wholly between its start alone, which first come, first served
 * puts before all others, and its end alone + `level * slack`. Take all requests for which both lie in a window. Those that
 * are in time need no more than the window's length of the GPU, with the entries between those of different groups: once
 * less than there are groups. What all need beyond that must be dropped, and dropping a request frees its need and at most
 * one entry. The weight of what is dropped is at least that of what is cheapest for its need, parts of requests allowed;
 * and the fewest requests that make it up each have at least the least weight. Windows that do not overlap share no
 * request, so their weights add up; the best such set is found by a dynamic programme over their ends.
 *
 * @param durationNs length of the run
 * @param entryNs time that coming onto the GPU takes
 * @param needs `[groups][requests]` time of the whole GPU that each needs, ns, at most its length alone. Default: that
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
    // Just above the level, where the jump at the slack is included.
    const penalty = level < 1 ? latePenalty(level, 1) : latePenalty(level * (1 + Number.EPSILON), 1);
    sum += (penalty - below) * lateWeight(pieces, level, durationNs, entryNs);
    below = penalty;
  }
  return sum;
}

/** Least weight of the requests that are later than `level` slacks. `pieces` ascend by start. */
function lateWeight(pieces: readonly Piece[], level: number, durationNs: number, entryNs: number): number {
  // A request that ends so late that the run is over first is never that late.
  const counted = pieces.filter(({ done, slack }) => done + level * slack < durationNs);
  const deadlineOf = ({ done, slack }: Piece) => done + level * slack;
  const byDeadline = [...counted].sort((a, b) => deadlineOf(a) - deadlineOf(b));
  const deadlines = Float64Array.from(byDeadline, deadlineOf);
  /** `[i]` best sum of windows that end at or before the first `i` deadlines. */
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

/** Requests of a window, and what it costs at least to drop some. */
class Dropping {
  count = 0;
  #leastWeight = 0;
  /** Ascending by weight over need. */
  readonly #needs = new Float64Array(MOST_IN_WINDOW);
  readonly #weights = new Float64Array(MOST_IN_WINDOW);
  /** Needs, descending. */
  readonly #longest = new Float64Array(MOST_IN_WINDOW);

  clear(): void {
    this.count = 0;
    this.#leastWeight = Number.POSITIVE_INFINITY;
  }

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

  /** Least weight of requests with needs of at least `excess` together, `excess` above 0 and at most their sum. */
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
