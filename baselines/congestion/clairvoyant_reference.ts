import type { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import { type Approach, ClairvoyantProgram } from "./clairvoyant_program.ts";

/** The approach at which the search starts. */
const FIRST: Approach = { share: 0.98, order: "equal", slowdown: 1, window: Number.POSITIVE_INFINITY };

/**
 * Target slowdowns that are tried, relative to the least worst slowdown; shares of the links that are given away;
 * windows. Source: choice.
 */
const SLOWDOWNS_TRIED = [1, 1.5, 2.5, 5];
const SHARES_TRIED = [1.2, 1, 0.99, 0.96, 0.92];
const WINDOWS_TRIED = [1.1, 1.5];

/** Number of times that each of these is chosen anew. Source: choice. */
const ROUNDS = 2;

/**
 * A feasible clairvoyant reference: a policy that knows all queue pairs, their paths, what they have left to send, and
 * how a run will end. It plays the run ahead in copies: once for each way to weigh queue pairs, then to fill links,
 * then to bound what is in flight. Then it plays the best approach. It is feasible because it only sets rates. It is
 * not a bound.
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

  /** The decision for the present view of the kernel: the same program each time. */
  decide(): CongestionDecision {
    return this.#decision;
  }
}

/** Cost of the run if it is played this way. */
function played(kernel: CongestionKernel, approach: Approach): number {
  const copy = kernel.fork();
  const program = new ClairvoyantProgram(copy, approach);
  const decision = { program, rate: new Float64Array(0), window: new Float64Array(0) };
  while (!copy.done) copy.decide(decision);
  return copy.cost;
}
