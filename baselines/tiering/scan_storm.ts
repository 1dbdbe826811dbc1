import type { HintFaultDecision } from "../../kernel/tiering/decision.ts";
import type { TieringEntry } from "./types.ts";

/**
 * Address space that is scanned, MB a second: 256 times Linux's default. Source: choice, so that hint faults take much
 * of the time.
 */
const SCAN_RATE = 65536;

/**
 * NUMA balancing with a scanner that has run away, and which promotes every page that is touched. It shows what a
 * broken policy does. It is no rival and stands in no table.
 */
export const scanStorm: TieringEntry = {
  name: "scan-storm",
  role: "simple",
  description:
    "NUMA balancing with a scanner that has run away: hint faults without end, and every touched page is promoted",
  knobs: [],
  create() {
    const decision: HintFaultDecision = {
      mechanism: "hint-fault",
      hotThresholdMs: Number.POSITIVE_INFINITY,
      scanRate: SCAN_RATE,
      promoteRate: SCAN_RATE,
    };
    return { name: "scan-storm", reset() {}, decide: () => decision };
  },
};
