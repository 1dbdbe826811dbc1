import { TAKE_TURNS } from "./stance.ts";
import type { GpuView } from "./view.ts";

/** Which one of the best-effort groups that take turns is on. */
export class Turns {
  readonly #turnNs: number;
  #group = -1;
  #since = 0;

  /** @param turnNs how long one group is on while it has work, ns */
  constructor(turnNs: number) {
    this.#turnNs = turnNs;
  }

  /** Whose turn it is, -1 for nobody's. */
  get group(): number {
    return this.#group;
  }

  /** Forgets the run. */
  reset(): void {
    this.#group = -1;
    this.#since = 0;
  }

  /**
   * Passes the turn to the next group with work when the time is over, or when the present one has none.
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

  /** An exact copy. */
  fork(): Turns {
    const copy = new Turns(this.#turnNs);
    copy.#group = this.#group;
    copy.#since = this.#since;
    return copy;
  }
}
