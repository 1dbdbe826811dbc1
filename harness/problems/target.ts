/** A published figure beside what the simulator gives for it. */
export interface Target {
  /** Stable name. */
  readonly id: string;
  /** Where the figure was published. */
  readonly source: string;
  /** What was measured, with its unit. */
  readonly quantity: string;
  readonly expected: number;
  readonly simulated: number;
  /** Greatest absolute difference at which the target holds. */
  readonly tolerance: number;
}
