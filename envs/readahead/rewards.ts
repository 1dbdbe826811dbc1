import type { Credits } from "../../gym/env.ts";
import { SUBMIT_PAGE_US } from "../../kernel/readahead/device.ts";
import type { LoneRun } from "../../kernel/readahead/lone_run.ts";
import type { ReadaheadOutcome } from "../../kernel/readahead/outcome.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";

/** What a page read ahead is taken to cost others before that was measured, in faults. Source: choice. */
const FIRST_PRICE = 0.1;
/** Pages that the first price counts for. Source: choice. */
const PRICE_PAGES = 64;

/**
 * Rewards and credits of an episode.
 *
 * The reward of a step: the faults that the work done since the last step has in a run without readahead, minus the time that swapping
 * took meanwhile in units of such a fault. The sum of the first is the same for every policy, so the return is a constant minus the cost.
 *
 * Credits say what came of each decision: a page that was used saved a fault, and the delay that the fault's read would have inflicted,
 * unless the run without readahead had it in memory; a page that kept the bus when another thread or a later fault wanted it delayed that;
 * and every page delays other tenants and takes a frame, at the prices that this has had in the episode so far. The price of a frame is
 * what more faults there are than pages used account for. Deciding takes its own time. They are estimates for those who learn, held by a
 * test to what episodes cost.
 */
export class ReadaheadRewards {
  /** What happens when nothing is read ahead. */
  readonly lone: LoneRun;
  #lastFaults = 0;
  #lastIssued = 0;
  /** Pages read ahead whose use saved a fault. */
  #saved = 0;

  constructor(lone: LoneRun) {
    this.lone = lone;
  }

  /** The unit: mean time of a fault when nothing is read ahead, us. */
  get unit(): number {
    return this.lone.faultUs;
  }

  /** The reward of the decision just made. */
  reward(kernel: ReadaheadKernel, { cost }: ReadaheadOutcome): number {
    const faults = this.#loneFaults(kernel);
    const reward = faults - this.#lastFaults - cost / this.unit;
    this.#lastFaults = faults;
    return reward;
  }

  /** Faults of the run without readahead in the work done so far. */
  #loneFaults(kernel: ReadaheadKernel): number {
    let faults = 0;
    const { threads } = kernel.scenario.workload;
    for (let i = 0; i < threads.length; i++) faults += this.lone.before(i, kernel.threadPosition(i));
    return faults;
  }

  /**
   * What has become known of this and earlier decisions with the decision just made; after `reward`.
   *
   * @param microseconds what the decision was charged for being made
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
    // Faults that would not be there had nothing been read ahead; a page that is read takes the frame of one other at most.
    const caused = Math.max(0, major_faults + this.#saved - this.#lastFaults);
    const price = Math.min(1, (caused + FIRST_PRICE * PRICE_PAGES) / (ra_issued + PRICE_PAGES));
    const inflicted = kernel.inflicted / Math.max(PRICE_PAGES, ra_issued + major_faults + swap_outs);
    // A synchronous device keeps the faulting thread for every page; else the delays of others are told one by one.
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
