import type { ExplicitDecision } from "../../kernel/tiering/decision.ts";
import { FREE_RESERVE } from "../../kernel/tiering/histogram_placement.ts";
import { LeastTime } from "../../kernel/tiering/least_time.ts";
import type { TieringKernel } from "../../kernel/tiering/tiering.ts";
import type { WindowHistogram } from "../../kernel/tiering/workload.ts";

/** Rate of moves that the reference allows itself, MB/s: the upper end of the range of `moveRate` for every policy. */
const MOVE_RATE = 16384;

/**
 * A page moves only if it is this much hotter than the page it replaces. Otherwise the move is not worth the wait.
 * Source: choice.
 */
const WORTH_MOVING = 1.1;

/**
 * A clairvoyant reference that is feasible: it knows the workload and the background load, aims at the bound's share of
 * accesses in every window, and pays for migration like every policy. It is greedy, so it is not optimal, and it is not
 * a bound.
 */
export class GreedyReference {
  readonly #kernel: TieringKernel;
  readonly #least: LeastTime;
  readonly #window: WindowHistogram;
  readonly #byAccess: Int32Array;
  readonly #decision: ExplicitDecision;
  #filled = -1;

  /** @param kernel just reset; the reference reads its scenario and position */
  constructor(kernel: TieringKernel) {
    const { workload, machine } = kernel.scenario;
    this.#kernel = kernel;
    this.#least = new LeastTime(machine, workload.pages);
    this.#window = { access: new Float64Array(workload.pages), write: new Float32Array(workload.pages) };
    this.#byAccess = Int32Array.from({ length: workload.pages }, (_, page) => page);
    this.#decision = {
      mechanism: "explicit",
      promote: new Int32Array(workload.pages),
      promoteCount: 0,
      demote: new Int32Array(workload.pages),
      demoteCount: 0,
      moveRate: MOVE_RATE,
    };
  }

  /** The decision for the present position of the kernel. The object is reused by the next call. */
  decide(): ExplicitDecision {
    const { scenario, position, view } = this.#kernel;
    const index = Math.min(scenario.workload.windows - 1, Math.floor(position + 0.25));
    const { access } = this.#window;
    if (index !== this.#filled) {
      scenario.workload.fill(index, this.#window);
      this.#least.seconds(this.#window, scenario.background[index]);
      this.#byAccess.sort((a, b) => access[b] - access[a] || a - b);
      this.#filled = index;
    }
    const decision = this.#decision;
    decision.promoteCount = 0;
    decision.demoteCount = 0;
    let share = 0;
    for (let page = 0; page < view.pages; page++) if (view.tierOf[page] === 0) share += access[page];
    const target = this.#least.fastShare;
    if (share > target) this.#shed(share - target);
    else this.#exchange(target - share);
    return decision;
  }

  #shed(excess: number): void {
    const { access } = this.#window;
    const decision = this.#decision;
    const { tierOf } = this.#kernel.view;
    let left = excess;
    for (let i = 0; i < this.#byAccess.length && left > 0; i++) {
      const page = this.#byAccess[i];
      if (tierOf[page] !== 0 || access[page] > 2 * left) continue;
      if (access[page] <= 0) return;
      decision.demote[decision.demoteCount++] = page;
      left -= access[page];
    }
  }

  #exchange(missing: number): void {
    const { access } = this.#window;
    const decision = this.#decision;
    const { tierOf, tiers } = this.#kernel.view;
    const order = this.#byAccess;
    const reserve = Math.max(1, Math.floor(tiers[0].capacity * FREE_RESERVE));
    let free = tiers[0].capacity - tiers[0].used - reserve;
    let left = missing;
    let cold = order.length - 1;
    for (let hot = 0; hot < order.length && left > 0; hot++) {
      const incoming = order[hot];
      if (tierOf[incoming] === 0 || access[incoming] > 2 * left) continue;
      if (access[incoming] <= 0) return;
      if (free > 0) {
        free--;
      } else {
        while (cold > hot && tierOf[order[cold]] !== 0) cold--;
        const outgoing = order[cold];
        if (cold <= hot || access[incoming] <= WORTH_MOVING * access[outgoing]) return;
        decision.demote[decision.demoteCount++] = outgoing;
        left += access[outgoing];
        cold--;
      }
      decision.promote[decision.promoteCount++] = incoming;
      left -= access[incoming];
    }
  }
}
