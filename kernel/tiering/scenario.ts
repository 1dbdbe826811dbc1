import type { Machine } from "./machine.ts";
import type { TieringWorkload } from "./workload.ts";

/** The program, its machine, and the load beside it. */
export interface TieringScenario {
  readonly workload: TieringWorkload;
  readonly machine: Machine;
  /** Background load in each window of work, in multiples of five threads. Indexed by work, as the workload is. */
  readonly background: Float64Array;
  /** Accesses between two samples. Default: `DEFAULT_SAMPLING_PERIOD`. */
  readonly samplingPeriod?: number;
}

/** What a decision cost. The object is reused. */
export interface TieringOutcome {
  /** Time that passed, s. */
  cost: number;
  /** Work that was done, in windows. */
  work: number;
}
