import type { HintFaultDecision } from "../../kernel/tiering/decision.ts";
import { AUTONUMA_PROMOTE_RATE, AUTONUMA_SCAN_RATE } from "./autonuma.ts";
import type { TieringEntry } from "./types.ts";

/**
 * Recency alone: every slow page that is touched moves to the fast tier, and a clock with a second chance picks the
 * page to demote. NUMA balancing does the same when it has no hot threshold.
 */
export const lru: TieringEntry = {
  name: "lru",
  role: "simple",
  description: "promote every slow page that is touched, demote by a clock with a second chance",
  knobs: [],
  create() {
    const decision: HintFaultDecision = {
      mechanism: "hint-fault",
      hotThresholdMs: Number.POSITIVE_INFINITY,
      scanRate: AUTONUMA_SCAN_RATE,
      promoteRate: AUTONUMA_PROMOTE_RATE,
    };
    return { name: "lru", reset() {}, decide: () => decision };
  },
};
