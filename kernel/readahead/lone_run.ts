import { createDecision } from "./decision.ts";
import { ReadaheadKernel } from "./readahead.ts";
import type { ReadaheadScenario } from "./scenario.ts";

/** Bits of a word. */
const WORD = 32;

/**
 * A whole run in which nothing is read ahead. It records which accesses fault and how long a fault takes. This tells
 * how hard each part of a program is and what a page read ahead can save, whatever a policy decides.
 */
export class LoneRun {
  /**
   * Mean time of a major fault, us, with the delays by other tenants and swap-outs. For a program that never faults:
   * the device's own time.
   */
  readonly faultUs: number;
  /**
   * Mean delay that other tenants suffer for one major fault, us, swap-outs included. For a program that never faults:
   * the whole delay.
   */
  readonly inflictedUs: number;
  /** By thread: one bit for each access, set where it faults; and the number of faults before each word of bits. */
  readonly #faults: readonly Uint32Array[];
  readonly #before: readonly Int32Array[];

  constructor(scenario: ReadaheadScenario, seed: number) {
    const kernel = new ReadaheadKernel();
    kernel.reset(scenario, seed);
    const decision = createDecision();
    const words = scenario.workload.threads.map(({ page }) => 1 + Math.floor(page.length / WORD));
    this.#faults = words.map((length) => new Uint32Array(length));
    while (!kernel.done) {
      const { thread } = kernel.view;
      const at = kernel.threadPosition(thread);
      this.#faults[thread][at >>> 5] |= 1 << (at & 31);
      kernel.decide(decision);
    }
    this.#before = this.#faults.map((bits) => {
      const before = new Int32Array(bits.length);
      for (let i = 1; i < bits.length; i++) before[i] = before[i - 1] + ones(bits[i - 1]);
      return before;
    });
    const { major_faults } = kernel.view.counters;
    const { faultUs, latencyUs, pageUs } = scenario.device;
    const time = kernel.charged("fault") + kernel.charged("device");
    this.faultUs = major_faults === 0 ? faultUs + latencyUs + pageUs : time / major_faults;
    this.inflictedUs = kernel.inflicted / Math.max(1, major_faults);
  }

  /** Returns the number of faults among the first `accesses` accesses of `thread`. */
  before(thread: number, accesses: number): number {
    const word = accesses >>> 5;
    const rest = this.#faults[thread][word] & ((1 << (accesses & 31)) - 1);
    return this.#before[thread][word] + ones(rest);
  }

  /** Whether access `at` of `thread` faults. */
  faults(thread: number, at: number): boolean {
    return ((this.#faults[thread][at >>> 5] >>> (at & 31)) & 1) === 1;
  }
}

/** Returns the number of bits that are set in a word. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
