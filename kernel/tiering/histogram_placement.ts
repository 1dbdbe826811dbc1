import type { HistogramDecision } from "./decision.ts";
import type { MoveQueue } from "./move_queue.ts";
import type { PageTable } from "./page_table.ts";

/**
 * Share of a tier's capacity that placement keeps free, so that a page can enter before another has left. Source:
 * MEMTIS keeps 2 to 3 % of the fast tier free.
 */
export const FREE_RESERVE = 0.02;

/**
 * Ranking uses 32 bins for each octave (factor of two) of heat, so that pages of neighbouring rank differ by at most 3
 * %. All heat below 2^-8 samples a second, one sample in four minutes, falls into one bin.
 */
const BIN_SHIFT = 18;
const LEAST_BIN = (127 - 8) << (23 - BIN_SHIFT);
const BINS = 28 << (23 - BIN_SHIFT);

/**
 * Plans the moves of histogram placement. It ranks pages by heat and exchanges the hottest pages below a tier for the
 * coldest pages in it, top tier first, until the tier serves the share that the decision asks for.
 *
 * The histogram has 32 bins for each octave. A page threshold as in MEMTIS (one bin for each octave) would promote
 * nothing whenever a bin holds more pages than fit.
 */
export class HistogramPlacement {
  /** All pages, hottest first; within a bin by page number. */
  readonly #order: Int32Array;
  readonly #bin: Uint16Array;
  readonly #binStart = new Int32Array(BINS + 1);
  readonly #free: Int32Array;
  /** Tier of each page after the moves that are planned so far. */
  readonly #planned: Uint8Array;

  constructor(pages: number, tiers: number) {
    this.#order = new Int32Array(pages);
    this.#bin = new Uint16Array(pages);
    this.#free = new Int32Array(tiers);
    this.#planned = new Uint8Array(pages);
  }

  /**
   * Fills `queue` with at most `maxMoves` moves.
   *
   * @param table where pages are
   * @param heat heat of each page
   * @param totalHeat sum of `heat`
   * @param fastShare measured share of accesses that the fast tier serves now
   * @param knobs the decision
   */
  plan(
    table: PageTable,
    heat: Float32Array,
    totalHeat: number,
    fastShare: number,
    knobs: HistogramDecision,
    maxMoves: number,
    queue: MoveQueue,
  ): void {
    queue.clear();
    this.#rank(heat);
    if (totalHeat <= 0 || maxMoves <= 0) return;
    for (let tier = 0; tier < this.#free.length; tier++) this.#free[tier] = table.free(tier);
    this.#planned.set(table.tierOf);
    const memoryTiers = table.machine.tiers.filter((tier) => tier.kind === "memory").length;
    this.#shed(table, heat, totalHeat, fastShare, knobs, maxMoves, queue);
    if (queue.length > 0) return;
    for (let upper = 0; upper < memoryTiers - 1 && queue.length < maxMoves; upper++) {
      const room = upper === 0 ? knobs.fastShare - fastShare : Number.POSITIVE_INFINITY;
      this.#exchange(table, heat, totalHeat, upper, memoryTiers, room, knobs.hysteresis, maxMoves, queue);
    }
  }

  /** Returns the share of all heat that the hottest `pages` pages hold, by the ranks of the last plan. */
  hotShare(heat: Float32Array, totalHeat: number, pages: number): number {
    if (totalHeat <= 0) return 0;
    let hot = 0;
    for (let i = 0; i < pages && i < this.#order.length; i++) hot += heat[this.#order[i]];
    return hot / totalHeat;
  }

  /** Sorts pages by heat, hottest first, with one counting sort over the leading bits of the floats. */
  #rank(heat: Float32Array): void {
    const bits = new Uint32Array(heat.buffer, heat.byteOffset, heat.length);
    const bin = this.#bin;
    const start = this.#binStart;
    start.fill(0);
    for (let page = 0; page < bits.length; page++) {
      const raw = (bits[page] >>> BIN_SHIFT) - LEAST_BIN;
      // Bin 0 is the hottest.
      const index = BINS - 1 - (raw < 0 ? 0 : raw >= BINS ? BINS - 1 : raw);
      bin[page] = index;
      start[index + 1]++;
    }
    for (let i = 0; i < BINS; i++) start[i + 1] += start[i];
    const order = this.#order;
    for (let page = 0; page < bits.length; page++) order[start[bin[page]]++] = page;
  }

  /** While the fast tier serves more than its share, sends its hottest pages down. That takes the fewest moves. */
  #shed(
    table: PageTable,
    heat: Float32Array,
    totalHeat: number,
    fastShare: number,
    knobs: HistogramDecision,
    maxMoves: number,
    queue: MoveQueue,
  ): void {
    let excess = fastShare - knobs.fastShare;
    const order = this.#order;
    for (let i = 0; i < order.length && excess > 0 && queue.length < maxMoves && this.#free[1] > 0; i++) {
      const page = order[i];
      if (table.tierOf[page] !== 0) continue;
      const share = heat[page] / totalHeat;
      if (share <= 0) return;
      // Moving this page would overshoot by more than the present excess.
      if (share > 2 * excess) continue;
      queue.push(page, 1);
      this.#free[1]--;
      this.#free[0]++;
      excess -= share;
    }
  }

  #exchange(
    table: PageTable,
    heat: Float32Array,
    totalHeat: number,
    upper: number,
    memoryTiers: number,
    room: number,
    hysteresis: number,
    maxMoves: number,
    queue: MoveQueue,
  ): void {
    const order = this.#order;
    const tierOf = this.#planned;
    const reserve = Math.max(1, Math.floor(table.machine.tiers[upper].capacity * FREE_RESERVE));
    let left = room;
    let hot = 0;
    let cold = order.length - 1;
    while (left > 0 && queue.length < maxMoves) {
      while (hot < order.length && (tierOf[order[hot]] <= upper || tierOf[order[hot]] >= memoryTiers)) hot++;
      if (hot >= order.length) return;
      const incoming = order[hot];
      if (heat[incoming] <= 0) return;
      const gain = heat[incoming] / totalHeat;
      if (this.#free[upper] > reserve) {
        if (gain <= 2 * left) {
          this.#free[upper]--;
          this.#free[tierOf[incoming]]++;
          tierOf[incoming] = upper;
          queue.push(incoming, upper);
          left -= gain;
        }
        hot++;
        continue;
      }
      while (cold >= 0 && tierOf[order[cold]] !== upper) cold--;
      if (cold < 0) return;
      const outgoing = order[cold];
      if (heat[incoming] <= heat[outgoing] * (1 + hysteresis) + hysteresis) return;
      const net = gain - heat[outgoing] / totalHeat;
      if (net <= 2 * left) {
        const below = this.#free[upper + 1] > 0 ? upper + 1 : tierOf[incoming];
        this.#free[below]--;
        this.#free[tierOf[incoming]]++;
        tierOf[outgoing] = below;
        tierOf[incoming] = upper;
        queue.push(outgoing, below);
        queue.push(incoming, upper);
        left -= net;
        cold--;
      }
      hot++;
    }
  }
}
