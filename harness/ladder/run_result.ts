/** How one of the two did in a run. */
export interface RunResult {
  readonly cost: number;
  readonly operations: number;
  /** Recommendations asked for, carried out, and not there or invalid. */
  readonly asked: number;
  readonly applied: number;
  readonly refused: number;
  /** Greatest load, and greatest cost so far, at any operation and at the end. */
  readonly load: number;
  readonly peak: number;
  /** Why the rest of a copy was taken from the agent; null where it was not, and in live runs, of which the model knows. */
  readonly failure: "invalid" | "silent" | "load" | null;
}
