import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import { type Approach, ClairvoyantProgram } from "./clairvoyant_program.ts";

/** The approach from which the search goes out. */
const FIRST: Approach = { share: 0.98, order: "equal", slowdown: 1, window: Number.POSITIVE_INFINITY };

/** Target slowdowns tried, over the least worst one; shares of the links that are given away; windows. Source: choice. */
const SLOWDOWNS_TRIED = [1, 1.5, 2.5, 5];
const SHARES_TRIED = [1.2, 1, 0.99, 0.96, 0.92];
const WINDOWS_TRIED = [1.1, 1.5];

/** Times each of these is chosen anew. Source: choice. */
const ROUNDS = 2;

/**
 * What is within reach of somebody who knows all queue pairs, their paths and what they have left to send, and how a run will
 * end: it plays the run ahead in copies, once for each way of weighing queue pairs, then of filling links, then of
 * bounding what is in flight, and then plays the best. Feasible, as rates are all it sets; not a bound.
 */
export class ClairvoyantReference {
  readonly #decision: CongestionDecision;

  /** @param kernel just reset */
  constructor(kernel: CongestionKernel) {
    const least = kernel.scenario.workload.makespan ? 1 : kernel.ledger.least.worst;
    let best = FIRST;
    let bestCost = played(kernel, best);
    const consider = (approaches: readonly Approach[]): void => {
      for (const approach of approaches) {
        const cost = played(kernel, approach);
        if (cost >= bestCost) continue;
        best = approach;
        bestCost = cost;
      }
    };
    const orders = [
      { order: "equal", slowdown: 1 } as const,
      { order: "smallest", slowdown: 1 } as const,
      ...SLOWDOWNS_TRIED.map((factor) => ({ order: "deadline", slowdown: factor * least }) as const),
    ];
    for (let round = 0; round < ROUNDS; round++) {
      consider(orders.map((order) => ({ ...best, ...order })));
      consider(SHARES_TRIED.map((share) => ({ ...best, share })));
      consider(WINDOWS_TRIED.map((window) => ({ ...best, window })));
    }
    const program = new ClairvoyantProgram(kernel, best);
    this.#decision = { program, rate: new Float64Array(0), window: new Float64Array(0) };
  }

  /** The decision for the kernel's present view: the same program each time. */
  decide(): CongestionDecision {
    return this.#decision;
  }
}

/** Cost of the run when it is played this way. */
function played(kernel: CongestionKernel, approach: Approach): number {
  const copy = kernel.fork();
  const program = new ClairvoyantProgram(copy, approach);
  const decision = { program, rate: new Float64Array(0), window: new Float64Array(0) };
  while (!copy.done) copy.decide(decision);
  return copy.cost;
}
