import { TAKE_TURNS } from "./stance.ts";
import type { GpuView } from "./view.ts";

/** Tracks which of the best-effort groups that take turns has its turn. */
export class Turns {
  readonly #turnNs: number;
  #group = -1;
  #since = 0;

  /** @param turnNs how long one group's turn lasts while it has work, ns */
  constructor(turnNs: number) {
    this.#turnNs = turnNs;
  }

  /** Group whose turn it is, -1 for none. */
  get group(): number {
    return this.#group;
  }

  /** Forgets the run. */
  reset(): void {
    this.#group = -1;
    this.#since = 0;
  }

  /**
   * Passes the turn to the next group with work when the turn is over or its group has no work.
   *
   * @param turn `[groups]` best-effort groups with `TAKE_TURNS` take part
   */
  pass(view: GpuView, turn: Uint8Array): void {
    const now = this.#group;
    const valid = now >= 0 && turn[now] === TAKE_TURNS;
    if (valid && view.queued[now] > 0 && view.time - this.#since < this.#turnNs) return;
    let next = valid ? now : -1;
    for (let i = 1; i <= view.groups; i++) {
      const g = (Math.max(now, 0) + i) % view.groups;
      if (view.critical[g] === 1 || turn[g] !== TAKE_TURNS) continue;
      if (next < 0) next = g;
      if (view.queued[g] > 0) {
        next = g;
        break;
      }
    }
    if (next === now && view.time - this.#since < this.#turnNs) return;
    this.#group = next;
    this.#since = view.time;
  }

  /** Returns an exact copy. */
  fork(): Turns {
    const copy = new Turns(this.#turnNs);
    copy.#group = this.#group;
    copy.#since = this.#since;
    return copy;
  }
}
