/** Results of one side of a block, the policy or the default, in one run. */
export interface RunResult {
  /** Cost of the run, in the environment's unit. */
  readonly cost: number;
  readonly operations: number;
  /** Number of recommendations that were asked for, that were carried out, and that were missing or invalid. */
  readonly asked: number;
  readonly applied: number;
  readonly refused: number;
  /** Greatest load, and greatest cost so far, over all operations and the end of the run. */
  readonly load: number;
  readonly peak: number;
  /**
   * Why the default took over the rest of a copy from the policy; null where it did not. Always null in a live run,
   * where the model itself intervenes.
   */
  readonly failure: "invalid" | "silent" | "load" | null;
}
