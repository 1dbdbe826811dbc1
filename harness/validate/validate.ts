import { validateCongestion } from "./congestion.ts";
import { validateGpu } from "./gpu.ts";
import { validateReadahead, validateReadaheadSync } from "./readahead.ts";
import { validateTiering } from "./tiering.ts";

/** One published figure beside what the simulator gives for it. */
export interface Validation {
  /** Stable name of the target. */
  id: string;
  /** Registry id of the environment. */
  env: string;
  /** Where the figure was published. */
  source: string;
  /** What was measured, with its unit. */
  quantity: string;
  expected: number;
  simulated: number;
  /** Greatest absolute difference at which the target holds. */
  tolerance: number;
  holds: boolean;
}

/** A target before it is judged. */
export type Measured = Omit<Validation, "holds">;

const validations: Readonly<Record<string, () => Measured[]>> = {
  "ring0/Tiering-v1": validateTiering,
  "ring0/Readahead-v1": validateReadahead,
  "ring0/ReadaheadSync-v1": validateReadaheadSync,
  "ring0/GpuPreemption-v1": validateGpu,
  "ring0/CongestionControl-v1": validateCongestion,
};

/**
 * Runs every published target of one environment, or of all. An environment without targets gives none.
 *
 * @param envId registry id
 */
export function validateAll(envId?: string): Validation[] {
  return Object.entries(validations)
    .filter(([id]) => envId === undefined || id === envId)
    .flatMap(([, measure]) => measure())
    .map((target) => ({ ...target, holds: Math.abs(target.simulated - target.expected) <= target.tolerance }));
}
