import {
  type GpuDecision,
  HOLD_IN_FLIGHT,
  HOLD_NONE,
  HOLD_REQUEST,
  NOTIFY_REQUESTS,
} from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";

/** Chooses the next of the waiting requests. The optional methods tell it what happens to the others. */
export interface TurnOrder {
  /** The group whose oldest waiting request is next. `jobs` has at least one request. */
  pick(jobs: WaitingJobs, view: GpuView): number;
  /** A request of `group` now waits. */
  joined?(group: number, jobs: WaitingJobs): void;
  /** The request picked last, a request of `group`, no longer waits. */
  left?(group: number, jobs: WaitingJobs): void;
  /** A request of `group` is done, `ns` after it was picked. */
  done?(group: number, ns: number): void;
}

/** Requests that are launched and not picked. */
export class WaitingJobs {
  /** `[groups]` number of waiting requests of each group. */
  readonly count: Int32Array;
  /** Launch times of the waiting requests of each group, the oldest first, ns. */
  readonly #launches: number[][];

  constructor(groups: number) {
    this.count = new Int32Array(groups);
    this.#launches = Array.from({ length: groups }, () => []);
  }

  /** Whether any request waits. */
  get any(): boolean {
    return this.count.some((jobs) => jobs > 0);
  }

  /** Launch time of the oldest waiting request of a group, ns. Infinity if there is none. */
  launchOf(group: number): number {
    return this.#launches[group][0] ?? Number.POSITIVE_INFINITY;
  }

  /** Adds a request of `group` that was launched at `now`, ns. */
  push(group: number, now: number): void {
    this.count[group]++;
    this.#launches[group].push(now);
  }

  /** Removes the oldest waiting request of `group`. */
  shift(group: number): void {
    this.count[group]--;
    this.#launches[group].shift();
  }
}

/**
 * Runs whole requests one after another: the host launches a request when the request before it is done, however long
 * that takes. Every group is held except the group whose turn it is. That group is held again behind its request.
 */
export class JobTurns {
  readonly #order: TurnOrder;
  readonly #decision: GpuDecision;
  /** Most requests that are picked and not done. */
  readonly #ring: number;
  readonly #jobs: WaitingJobs;
  readonly #launched: Int32Array;
  readonly #completed: Int32Array;
  /**
   * Groups of the requests that are picked and not done, the running one first, and when each request was picked, ns.
   */
  readonly #picked: number[] = [];
  readonly #pickedAt: number[] = [];
  /** Group that was released together with its next request, until it is held behind that request; -1 for none. */
  #open = -1;
  #closeAt = 0;

  /** @param ring requests that are given to the hardware ahead, the running one included */
  constructor(view: GpuView, decision: GpuDecision, order: TurnOrder, ring = 1) {
    this.#order = order;
    this.#decision = decision;
    this.#ring = ring;
    this.#jobs = new WaitingJobs(view.groups);
    this.#launched = new Int32Array(view.groups);
    this.#completed = new Int32Array(view.groups);
    decision.notify = NOTIFY_REQUESTS;
    decision.hold.fill(HOLD_REQUEST);
  }

  /** Updates the holds at a decision point. */
  step(view: GpuView): void {
    this.#join(view);
    const turnOver = this.#finish(view);
    const waited = this.#picked.length === 0;
    while (this.#picked.length < this.#ring && this.#jobs.any) this.#pick(view);
    if (this.#picked.length > 0 && (turnOver || waited)) this.#turn(view.time);
    this.#close(view.time);
  }

  #join({ groups, queued, completed, time }: GpuView): void {
    for (let g = 0; g < groups; g++) {
      for (; this.#launched[g] < completed[g] + queued[g]; this.#launched[g]++) {
        this.#jobs.push(g, time);
        this.#order.joined?.(g, this.#jobs);
      }
    }
  }

  /** Takes finished requests off the ring. Returns whether there were any. */
  #finish({ groups, completed, time }: GpuView): boolean {
    let any = false;
    for (let g = 0; g < groups; g++) {
      for (; this.#completed[g] < completed[g]; this.#completed[g]++) {
        const at = this.#picked.indexOf(g);
        if (at < 0) {
          // It began before the first hold took effect.
          this.#jobs.shift(g);
          this.#order.left?.(g, this.#jobs);
          continue;
        }
        any = true;
        this.#picked.splice(at, 1);
        const [pickedAt] = this.#pickedAt.splice(at, 1);
        this.#order.done?.(g, time - pickedAt);
        this.#decision.hold[g] = HOLD_REQUEST;
        this.#open = -1;
      }
    }
    return any;
  }

  #pick(view: GpuView): void {
    const group = this.#order.pick(this.#jobs, view);
    this.#jobs.shift(group);
    this.#order.left?.(group, this.#jobs);
    this.#picked.push(group);
    this.#pickedAt.push(view.time);
  }

  /** Releases the request that was picked first. */
  #turn(now: number): void {
    this.#open = this.#picked[0];
    this.#decision.hold[this.#open] = HOLD_NONE;
    // The hold follows as soon as the release has taken effect.
    this.#closeAt = now + 2000 * this.#decision.microseconds;
  }

  /** Holds the group behind its request. Without a depth, "in flight" is all of a request, begun or not. */
  #close(now: number): void {
    if (this.#open >= 0 && now >= this.#closeAt) {
      this.#decision.hold[this.#open] = HOLD_IN_FLIGHT;
      this.#open = -1;
    }
    this.#decision.wakeUp = this.#open >= 0 ? this.#closeAt : Number.POSITIVE_INFINITY;
  }
}
