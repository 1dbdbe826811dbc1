import type { Credits } from "../../gym/env.ts";
import { SUBMIT_PAGE_US } from "../../kernel/readahead/device.ts";
import type { LoneRun } from "../../kernel/readahead/lone_run.ts";
import type { ReadaheadOutcome } from "../../kernel/readahead/outcome.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";

/** Assumed cost of a page read ahead before the episode has measured it, in faults. Source: choice. */
const FIRST_PRICE = 0.1;
/** Weight of the assumed cost, in pages. Source: choice. */
const PRICE_PAGES = 64;

/**
 * Rewards and credits of an episode.
 *
 * The reward of a step is the number of faults that the work since the last step has in a run without readahead, minus
 * the time that swapping took since then in units of such a fault. The sum of the first part is the same for every
 * policy, so the return is a constant minus the cost.
 *
 * Credits say what came of each decision. A used page saved a fault, and the delay that the read of the fault would
 * have inflicted, unless the page would have been in memory in the run without readahead. A page that kept the bus busy
 * when another thread or a later fault wanted it delayed that thread or fault. Every page delays other tenants and
 * takes a frame, at the prices of the episode so far. The price of a frame is the number of faults in excess of those
 * that used pages explain. Deciding takes its own time. Credits are estimates for learners; a test compares them with
 * the costs of episodes.
 */
export class ReadaheadRewards {
  /** The same episode without readahead. */
  readonly lone: LoneRun;
  #lastFaults = 0;
  #lastIssued = 0;
  /** Pages read ahead whose use saved a fault. */
  #saved = 0;

  constructor(lone: LoneRun) {
    this.lone = lone;
  }

  /** The unit of the reward: mean time of a fault without readahead, us. */
  get unit(): number {
    return this.lone.faultUs;
  }

  /** The reward of the decision that the kernel has just carried out. */
  reward(kernel: ReadaheadKernel, { cost }: ReadaheadOutcome): number {
    const faults = this.#loneFaults(kernel);
    const reward = faults - this.#lastFaults - cost / this.unit;
    this.#lastFaults = faults;
    return reward;
  }

  /** Faults that the work so far has in the run without readahead. */
  #loneFaults(kernel: ReadaheadKernel): number {
    let faults = 0;
    const { threads } = kernel.scenario.workload;
    for (let i = 0; i < threads.length; i++) faults += this.lone.before(i, kernel.threadPosition(i));
    return faults;
  }

  /**
   * The credits of this and earlier decisions after the decision that the kernel has just carried out. Call `reward`
   * first.
   *
   * @param microseconds charge for making the decision
   */
  credits(kernel: ReadaheadKernel, outcome: ReadaheadOutcome, microseconds: number): Credits {
    const { hits, hitThread, hitAccess, hitDecision, hitUs, delays, delayDecision, delayUs } = outcome;
    const { unit, lone } = this;
    const { device } = kernel.scenario;
    const { decisions, ra_issued, major_faults, swap_outs } = kernel.view.counters;
    const steps = new Int32Array(hits + delays + 1);
    const rewards = new Float32Array(hits + delays + 1);
    steps.set(hitDecision.subarray(0, hits));
    steps.set(delayDecision.subarray(0, delays), hits);
    for (let i = 0; i < delays; i++) rewards[hits + i] = -delayUs[i] / unit;
    for (let i = 0; i < hits; i++) {
      const saved = lone.faults(hitThread[i], hitAccess[i]);
      if (saved) this.#saved++;
      rewards[i] = (saved ? 1 + lone.inflictedUs / unit : 0) - hitUs[i] / unit;
    }
    // Faults that readahead caused. A page read ahead takes the frame of at most one other page.
    const caused = Math.max(0, major_faults + this.#saved - this.#lastFaults);
    const price = Math.min(1, (caused + FIRST_PRICE * PRICE_PAGES) / (ra_issued + PRICE_PAGES));
    const inflicted = kernel.inflicted / Math.max(PRICE_PAGES, ra_issued + major_faults + swap_outs);
    // A synchronous device keeps the faulting thread busy for every page. Other devices report each delay by itself.
    const transfer = (inflicted + (device.synchronous ? device.pageUs : SUBMIT_PAGE_US)) / unit;
    steps[hits + delays] = decisions - 1;
    rewards[hits + delays] = -(ra_issued - this.#lastIssued) * (price + transfer) - microseconds / unit;
    this.#lastIssued = ra_issued;
    return { steps, rewards };
  }

  /** An exact copy with its own state. */
  fork(): ReadaheadRewards {
    const copy = new ReadaheadRewards(this.lone);
    copy.#lastFaults = this.#lastFaults;
    copy.#lastIssued = this.#lastIssued;
    copy.#saved = this.#saved;
    return copy;
  }
}
