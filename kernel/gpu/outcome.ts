/** What a decision led to, up to the next decision point. Reused. */
export interface GpuOutcome {
  /** Part of the run's cost that fell due since the last decision point; all of a run's add up to its cost. */
  cost: number;
  /** The same by group: lateness of critical groups, starvation of best-effort groups. */
  readonly costs: Float64Array;
}
