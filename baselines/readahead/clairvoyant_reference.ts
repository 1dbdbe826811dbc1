import { MAX_READAHEAD, type ReadaheadDecision, SOURCES } from "../../kernel/readahead/decision.ts";
import { HIT_US, ZERO_FILL_US } from "../../kernel/readahead/device.ts";
import { nothing } from "../../kernel/readahead/page_sets.ts";
import type { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import { MAPPED, NONE, SWAPPED } from "../../kernel/readahead/view.ts";
import { heuristicDecision } from "./heuristic_decision.ts";

const OTHER = SOURCES.indexOf("other");

/**
 * Most distinct pages in use before a page that is read ahead, as a share of the frames. Beyond it, pages tend to be
 * reclaimed before they are used. It is smaller on synchronous devices, where reading early gains nothing. Source:
 * choice among 1/32 to 1/2 on the training split.
 */
const HORIZON = 3 / 16;
const SYNCHRONOUS_HORIZON = 1 / 16;

/** Distance of a read ahead of the use of its page, in multiples of the time of a read. Source: choice. */
const SLACK = 1.5;

/**
 * Most accesses that are examined for each frame within the horizon. Source: choice; it bounds the time of a decision.
 */
const LOOK_PER_FRAME = 16;

/**
 * A clairvoyant reference that is feasible. It knows what the faulting thread will access. It reads the swapped-out
 * pages in that order, far enough ahead to be there in time and no further, and marks the first, so that reading
 * continues without a major fault. It pays for deciding like every heuristic. It is not optimal, and it is not a bound:
 * the kernel chooses what is reclaimed, the reference ignores the futures of other threads, and pages that are still
 * mapped may be gone when they are used.
 */
export class ClairvoyantReference {
  readonly #kernel: ReadaheadKernel;
  readonly #decision = heuristicDecision();
  /** Whether a hit costs less than the fault that it saves. */
  readonly #worthwhile: boolean;
  /** Distinct pages within the horizon. */
  readonly #reach: number;
  /** `[pages]` number of the last decision that met the page. */
  readonly #met: Int32Array;
  #decisions = 0;

  /** @param kernel just reset; the reference reads its scenario and positions */
  constructor(kernel: ReadaheadKernel) {
    const { workload, frames, device } = kernel.scenario;
    this.#kernel = kernel;
    this.#worthwhile = !device.synchronous || device.faultUs + device.latencyUs > HIT_US;
    const horizon = device.synchronous ? SYNCHRONOUS_HORIZON : HORIZON;
    this.#reach = Math.floor((frames * horizon) / workload.threads.length);
    this.#met = new Int32Array(workload.pages);
  }

  /** The decision for the present position of the kernel. The object is reused by the next call. */
  decide(): ReadaheadDecision {
    const decision = nothing(this.#decision);
    if (!this.#worthwhile) {
      decision.quiet = Number.MAX_SAFE_INTEGER;
      return decision;
    }
    const { scenario, view } = this.#kernel;
    const { state, device } = view;
    const { page, computeNs } = scenario.workload.threads[view.thread];
    const met = this.#met;
    const now = ++this.#decisions;
    met[view.page] = now;
    const first = this.#kernel.threadPosition(view.thread) + 1;
    const last = Math.min(page.length, first + this.#reach * LOOK_PER_FRAME);
    const readUs = (device.latencyUs + view.queueWait) * SLACK;
    /** Time from now, as far as it is known, us. */
    let time = 0;
    let reach = this.#reach;
    let deadline = Number.POSITIVE_INFINITY;
    for (let i = first; i < last && reach > 0 && decision.count < MAX_READAHEAD; i++) {
      time += computeNs[i] * 1e-3;
      const p = page[i];
      if (met[p] === now) continue;
      met[p] = now;
      reach--;
      if (state[p] === MAPPED) continue;
      time += state[p] === NONE ? ZERO_FILL_US : HIT_US;
      if (state[p] !== SWAPPED) continue;
      // Pages that are needed soon after the first of these pages must be on their way before the marker of the first
      // page is hit.
      if (decision.count === 0) deadline = time + readUs;
      else if (!device.synchronous && time > deadline + decision.count * device.pageUs * SLACK) break;
      decision.pages[decision.count++] = p;
    }
    decision.marker = decision.count > 0 ? 0 : -1;
    decision.source = OTHER;
    return decision;
  }
}
