/** What happened between two decision points. Reused. */
export interface CongestionOutcome {
  /** Growth of the cost of the run so far, see `cost.ts`. */
  cost: number;
}
