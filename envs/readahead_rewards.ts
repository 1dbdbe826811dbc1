import type { Credits } from "../gym/env.ts";
import { SUBMIT_PAGE_US } from "../kernel/readahead/device.ts";
import { meanLoneFault } from "../kernel/readahead/lone_fault.ts";
import { LruMisses } from "../kernel/readahead/lru_misses.ts";
import type { ReadaheadOutcome } from "../kernel/readahead/outcome.ts";
import type { ReadaheadKernel } from "../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../kernel/readahead/scenario.ts";

/** What a page read ahead is taken to cost others before that was measured, in faults. Source: choice. */
const FIRST_PRICE = 0.1;
/** Pages that the first price counts for. Source: choice. */
const PRICE_PAGES = 64;

/**
 * Rewards and credits of an episode.
 *
 * The reward of a step: the accesses of the work done since the last step that plain LRU without readahead would have missed,
 * minus the time that swapping took meanwhile in units of a lone fault. The sum of the first is the same for every policy,
 * so the return is a constant minus the cost.
 *
 * Credits say what came of each decision: a page that was used saved a fault, unless plain LRU would still have had it;
 * a page that kept the bus when another thread or a later fault wanted it delayed that; and every page delays other tenants
 * and takes a frame, at the prices that this has had in the episode so far. Deciding takes its own time. They are estimates
 * for those who learn; they do not add up to the reward.
 */
export class ReadaheadRewards {
  /** Mean time of a fault when nothing is read ahead, us: the unit of the reward. */
  readonly unit: number;
  readonly #misses: LruMisses;
  #lastMisses = 0;
  #lastIssued = 0;
  /** Touches of pages that plain LRU would still have had. */
  #pollution = 0;

  /** @param unit measured anew where it is not given */
  constructor(scenario: ReadaheadScenario, seed: number, unit = meanLoneFault(scenario, seed)) {
    this.unit = unit;
    this.#misses = new LruMisses(scenario.workload, scenario.frames);
  }

  /** Call before a decision. */
  before(kernel: ReadaheadKernel): void {
    const { kind, thread } = kernel.view;
    if (kind === "fault" && !this.#misses.missed(thread, kernel.threadPosition(thread))) this.#pollution++;
  }

  /** The reward of the decision just made. */
  reward(kernel: ReadaheadKernel, { cost }: ReadaheadOutcome): number {
    let misses = 0;
    const { threads } = kernel.scenario.workload;
    for (let i = 0; i < threads.length; i++) misses += this.#misses.before(i, kernel.threadPosition(i));
    const reward = misses - this.#lastMisses - cost / this.unit;
    this.#lastMisses = misses;
    return reward;
  }

  /**
   * What has become known of this and earlier decisions with the decision just made.
   *
   * @param microseconds what the decision was charged for being made
   */
  credits(kernel: ReadaheadKernel, outcome: ReadaheadOutcome, microseconds: number): Credits {
    const { hits, hitThread, hitAccess, hitDecision, hitUs, delays, delayDecision, delayUs } = outcome;
    const { device } = kernel.scenario;
    const { decisions, ra_issued, major_faults, swap_outs } = kernel.view.counters;
    // A page that is read takes the frame of one other at most.
    const price = Math.min(1, (this.#pollution + FIRST_PRICE * PRICE_PAGES) / (ra_issued + PRICE_PAGES));
    const inflicted = kernel.inflicted / Math.max(PRICE_PAGES, ra_issued + major_faults + swap_outs);
    // A synchronous device keeps the faulting thread for every page; else the delays of others are told one by one.
    const transfer = (inflicted + (device.synchronous ? device.pageUs : SUBMIT_PAGE_US)) / this.unit;
    const steps = new Int32Array(hits + delays + 1);
    const rewards = new Float32Array(hits + delays + 1);
    steps.set(hitDecision.subarray(0, hits));
    steps.set(delayDecision.subarray(0, delays), hits);
    for (let i = 0; i < delays; i++) rewards[hits + i] = -delayUs[i] / this.unit;
    for (let i = 0; i < hits; i++) {
      const missed = this.#misses.missed(hitThread[i], hitAccess[i]);
      if (!missed) this.#pollution++;
      rewards[i] = (missed ? 1 + price : 0) - hitUs[i] / this.unit;
    }
    steps[hits + delays] = decisions - 1;
    rewards[hits + delays] = -(ra_issued - this.#lastIssued) * (price + transfer) - microseconds / this.unit;
    this.#lastIssued = ra_issued;
    return { steps, rewards };
  }

  /** Takes over the state of `other`, made for the same episode. */
  copyFrom(other: ReadaheadRewards): void {
    this.#lastMisses = other.#lastMisses;
    this.#lastIssued = other.#lastIssued;
    this.#pollution = other.#pollution;
  }
}
