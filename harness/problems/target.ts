/** A published figure beside the simulated figure. */
export interface Target {
  /** Stable name of the target. */
  readonly id: string;
  /** Where the figure was published. */
  readonly source: string;
  /** The measured quantity, with its unit. */
  readonly quantity: string;
  readonly expected: number;
  readonly simulated: number;
  /** Greatest absolute difference at which the target holds. */
  readonly tolerance: number;
}
