import type { HintFaultDecision } from "../../kernel/tiering/decision.ts";
import type { TieringEntry } from "./types.ts";

/**
 * Address space that is scanned, MB a second. Source: numa_balancing_scan_size_mb 256 every scan_period_min_ms 1000.
 */
export const AUTONUMA_SCAN_RATE = 256;

/** Rate limit of promotions, MB/s: numa_balancing_promote_rate_limit_MBps is 65536, which is no limit. */
export const AUTONUMA_PROMOTE_RATE = 65536;

/** Reference of the hot threshold, ms. Source: sysctl_numa_balancing_hot_threshold. */
const REFERENCE_THRESHOLD_MS = 1000;

/** Time between two adaptations of the threshold, s. Source: numa_balancing_scan_period_max. */
const ADJUST_SECONDS = 60;

/** Steps between 0 and twice the reference threshold. Source: kernel/sched/fair.c, NUMA_MIGRATION_ADJUST_STEPS. */
const ADJUST_STEPS = 16;

/**
 * NUMA balancing in its tiering mode with Linux's defaults. Production kernels ship this policy; it scores 0.
 *
 * Every 60 s the hot threshold moves by an eighth of the reference. It moves towards the point at which promotion
 * candidates arrive at the rate limit. Source: kernel/sched/fair.c in Linux 6.3, written from its description.
 */
export const autonuma: TieringEntry = {
  name: "autonuma",
  role: "default",
  description: "NUMA balancing, tiering mode, Linux 6.3 defaults: hint faults with an adaptive hot threshold",
  source: "Linux 6.3 `kernel/sched/fair.c`",
  knobs: [],
  create() {
    const decision: HintFaultDecision = {
      mechanism: "hint-fault",
      hotThresholdMs: REFERENCE_THRESHOLD_MS,
      scanRate: AUTONUMA_SCAN_RATE,
      promoteRate: AUTONUMA_PROMOTE_RATE,
    };
    /** NaN before the first decision. The first decision may be in the middle of a run. */
    let adjustedAt = Number.NaN;
    let candidates = 0;
    return {
      name: "autonuma",
      reset() {
        decision.hotThresholdMs = REFERENCE_THRESHOLD_MS;
        adjustedAt = Number.NaN;
        candidates = 0;
      },
      decide(view) {
        if (Number.isNaN(adjustedAt)) adjustedAt = view.time;
        else candidates += view.candidates;
        if (view.time - adjustedAt >= ADJUST_SECONDS) {
          const wanted = (decision.promoteRate * ADJUST_SECONDS * 1024 * 1024) / view.pageBytes;
          const unit = (2 * REFERENCE_THRESHOLD_MS) / ADJUST_STEPS;
          if (candidates > 1.1 * wanted) {
            decision.hotThresholdMs = Math.max(decision.hotThresholdMs - unit, unit);
          } else if (candidates < 0.9 * wanted) {
            decision.hotThresholdMs = Math.min(decision.hotThresholdMs + unit, 2 * REFERENCE_THRESHOLD_MS);
          }
          adjustedAt = view.time;
          candidates = 0;
        }
        return decision;
      },
    };
  },
};
