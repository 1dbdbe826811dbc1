/** What happened between two decision points. The kernel reuses the object. */
export interface CongestionOutcome {
  /** Growth of the cost of the run so far, see `cost.ts`. */
  cost: number;
}
