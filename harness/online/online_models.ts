import { CANDIDATES, FEATURES, QUIET } from "../../kernel/readahead/candidates.ts";
import { HeldArms } from "./held_arms.ts";
import type { OnlineModel } from "./online_model.ts";
import { RowArms } from "./row_arms.ts";
import { ScoredActions } from "./scored_actions.ts";

// What the online learner is told of each environment beforehand: actions, and columns of the observation by their numbers on the
// environment's page. None of it says which action is good when. Holding times and alphas are choices, on train.

/** Tiering: five levels of the fast tier's share, none of them good everywhere, with a usual and with the lowest move rate. */
export function tieringModel(seed: number): OnlineModel {
  const shares = [-1, -0.5, 0, 0.5, 1];
  const moveRates = [-1, 0];
  const arms = shares.flatMap((share) => moveRates.map((rate) => [share, rate, 0, 0]));
  const context = { columns: [0, 2, 3, 4, 5, 6, 8, 9, 10] };
  return new HeldArms({ arms, context, hold: 4, settle: 1, alpha: 1 }, seed);
}

/**
 * GPU: every means by which best effort is taken off that the host could name itself, with best-effort groups in turn or all at once, and
 * with the GPU kept for requests in preparation or not. Everything else stays at its first alternative.
 */
export function gpuModel(seed: number): OnlineModel {
  const arms: number[][] = [];
  for (const means of [1, 2, 3, 4]) {
    for (const turn of [0, 1]) for (const reserve of [0, 1]) arms.push([means, 0, 0, turn, reserve, 0, 0, 0, 0]);
  }
  // Shortest timeslice and control latency. 20 ms are two turns of best effort.
  return new HeldArms({ arms, context: { columns: [2, 3] }, hold: 20e6, settle: 5e6, alpha: 1 }, seed);
}

/** Congestion: factors of the rate from 1/e to e, and rates to begin with from 0.018 of the line to all of it. */
export function congestionModel(seed: number): OnlineModel {
  return new RowArms(
    {
      arms: [-1, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.5, 1],
      context: { columns: [2, 3, 4, 6, 7, 8], products: [2, 3, 4] },
      firstArms: [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1],
      firstColumn: 1,
      alpha: 1,
    },
    seed,
  );
}

/** Readahead: all page sets. To read nothing for many decisions is left out, as it also means to learn nothing for as long. */
export function readaheadModel(): OnlineModel {
  return scoredPageSets((action) => action !== QUIET);
}

/** Where the device answers at once a decision costs as much as it decides about: nothing is read for many decisions or for none. */
export function readaheadSyncModel(): OnlineModel {
  return scoredPageSets((action) => action !== 0);
}

function scoredPageSets(taken: (action: number) => boolean): OnlineModel {
  return new ScoredActions({
    actions: Array.from(CANDIDATES.keys()).filter(taken),
    columns: FEATURES.length,
    amount: 0,
    // Chances to be used, kind of set, state of memory and device: of each page.
    scaled: [0, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 27, 29, 30, 32, 34, 36],
    plain: [0, 1, 2, 3],
    settleSteps: 512,
    alpha: 0.1,
  });
}
