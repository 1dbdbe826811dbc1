import type { Marking } from "../rate_control.ts";

/** Marking thresholds as shipped for DCQCN. Source: run.py of the HPCC simulator, 100 kB and 400 kB x bw / 25, 0.2. */
export const SHIPPED_MARKING: Marking = { kmin: 400_000, kmax: 1_600_000, pmax: 0.2 };
