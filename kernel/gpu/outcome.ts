/** The result of a decision, up to the next decision point. The kernel reuses the object. */
export interface GpuOutcome {
  /** Part of the run's cost that fell due since the last decision point. All parts add up to the cost of the run. */
  cost: number;
  /** `[groups]` the same by group: lateness of critical groups, starvation of best-effort groups. */
  readonly costs: Float64Array;
}
