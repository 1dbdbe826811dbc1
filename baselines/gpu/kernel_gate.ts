import { type GpuDecision, HOLD_KERNEL, HOLD_NONE } from "../../kernel/gpu/decision.ts";

/**
 * Lets held groups run one kernel at a time: a group is released and, as soon as the release has taken effect, held
 * again behind the kernel that it began.
 */
export class KernelGate {
  readonly #decision: GpuDecision;
  /** `[groups]` when each group is to be held again, ns. Infinity for groups that were not released. */
  readonly #closeAt: Float64Array;

  constructor(decision: GpuDecision) {
    this.#decision = decision;
    this.#closeAt = new Float64Array(decision.hold.length).fill(Number.POSITIVE_INFINITY);
  }

  /** Whether a group was released and is not held yet. */
  isOpen(group: number): boolean {
    return this.#closeAt[group] < Number.POSITIVE_INFINITY;
  }

  /** Lets one kernel of a group run. */
  open(group: number, now: number): void {
    this.#decision.hold[group] = HOLD_NONE;
    this.#closeAt[group] = now + 2000 * this.#decision.microseconds;
  }

  /** Holds every group whose time has come behind its kernel. The decision wakes up for the others. */
  settle(now: number): void {
    let wakeUp = Number.POSITIVE_INFINITY;
    for (let g = 0; g < this.#closeAt.length; g++) {
      if (now >= this.#closeAt[g]) {
        this.#decision.hold[g] = HOLD_KERNEL;
        this.#closeAt[g] = Number.POSITIVE_INFINITY;
      }
      wakeUp = Math.min(wakeUp, this.#closeAt[g]);
    }
    this.#decision.wakeUp = wakeUp;
  }

  /** Forgets every group that was released. */
  clear(): void {
    this.#closeAt.fill(Number.POSITIVE_INFINITY);
    this.#decision.wakeUp = Number.POSITIVE_INFINITY;
  }
}
