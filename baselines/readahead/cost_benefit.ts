import { CANDIDATES, Candidates } from "../../kernel/readahead/candidates.ts";
import { HIT_US } from "../../kernel/readahead/device.ts";
import { FEATURE, FEATURES } from "../../kernel/readahead/features.ts";
import type { Knob } from "../knobs.ts";
import { HEURISTIC_US } from "./heuristic_decision.ts";
import type { ReadaheadEntry } from "./types.ts";

const KNOBS: readonly Knob[] = [
  { name: "prior", min: -0.5, max: 0.5, scale: "linear", start: -0.05 },
  { name: "ghost", min: 0, max: 1.5, scale: "linear", start: 0 },
  { name: "used", min: 0, max: 1.5, scale: "linear", start: 1 },
  { name: "near", min: 0, max: 1.5, scale: "linear", start: 0 },
  { name: "decay", min: 0, max: 2, scale: "linear", start: 0.3 },
  { name: "waste", min: 0.01, max: 2, scale: "log", start: 0.3 },
  { name: "transfer", min: 0.1, max: 10, scale: "log", start: 2 },
];

/** Columns of the features that the rule reads. */
const COLUMN = {
  transfer: FEATURE.transferTime,
  used: FEATURE.namedUsedByPc,
  ghost: FEATURE.namesNextByPc,
  near: FEATURE.neighboursNear,
};

const COLUMNS = FEATURES.length;

/**
 * The hand rule: read the page set with the best expected gain.
 *
 * Each page of a set is expected to be used with a chance p. It is a weighted sum of three measured shares: how often
 * the rule of the set would have named the next page for this instruction, how many of the pages that the rule read for
 * this instruction were used, and how many of the neighbours on the other side were used lately. Larger sets are
 * discounted. A used page saves a lone fault less a hit. An unused page costs `waste` of a fault. Every page costs its
 * transfer.
 */
export const costBenefit: ReadaheadEntry = {
  name: "cost-benefit",
  role: "hand-rule",
  description: "expected gain of every page set from measured shares, the best one is read",
  knobs: KNOBS,
  create(values) {
    let candidates: Candidates | null = null;
    return {
      name: "cost-benefit",
      reset() {
        candidates = null;
      },
      decide(view) {
        candidates ??= new Candidates(view);
        candidates.update(view);
        const { features } = candidates;
        const { device } = view;
        const saved = 1 - HIT_US / (device.faultUs + device.latencyUs + device.pageUs);
        let best = 0;
        let bestGain = 0;
        for (let i = 0; i < CANDIDATES.length; i++) {
          const decision = candidates.decision(i);
          if (decision.count === 0) continue;
          const row = i * COLUMNS;
          const share =
            values.prior +
            values.ghost * features[row + COLUMN.ghost] +
            values.used * features[row + COLUMN.used] +
            values.near * features[row + COLUMN.near];
          const chance = Math.max(0, Math.min(1, share)) ** (1 + (values.decay * decision.count) / 16);
          const transfer = (values.transfer * features[row + COLUMN.transfer]) / decision.count;
          const gain = decision.count * (chance * saved - (1 - chance) * values.waste - transfer);
          if (gain > bestGain) {
            bestGain = gain;
            best = i;
          }
        }
        const decision = candidates.decision(best);
        decision.microseconds = HEURISTIC_US;
        return decision;
      },
    };
  },
};
