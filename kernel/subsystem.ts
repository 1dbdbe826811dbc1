/**
 * A simulated kernel subsystem: it runs to a decision point, shows what a kernel could see there, takes a decision,
 * runs on to the next decision point and says what that cost.
 *
 * @typeParam Workload what runs on it: immutable, indexed by work done, shared between forks
 * @typeParam View what a kernel can see at a decision point; a reused object, never the future
 * @typeParam Decision what can be decided
 * @typeParam Outcome what a decision cost, with counters; a reused object
 */
export interface Subsystem<Workload, View, Decision, Outcome extends { readonly cost: number }> {
  /** Starts a run of `workload`. The same workload and seed give the same run for the same decisions. */
  reset(workload: Workload, seed: number): void;
  /** What a kernel can see now. Reused: read it before the next `decide`. */
  readonly view: View;
  /** Applies a decision and runs to the next decision point. Throws if the run is over. */
  decide(decision: Decision): Outcome;
  /** Whether the workload is finished. */
  readonly done: boolean;
  /** An exact copy with its own state and the same future randomness. */
  fork(): Subsystem<Workload, View, Decision, Outcome>;
  /** Throws an `InvariantError` that names the first broken conservation law, if any is broken. */
  checkInvariants(): void;
}

/** A policy that a kernel could run: it sees the view and nothing else. */
export interface Heuristic<View, Decision> {
  readonly name: string;
  /** Forgets everything learned about the current run. Called before every run. */
  reset(): void;
  /** The decision for this view. The object may be reused by the next call. */
  decide(view: View): Decision;
}

/** A conservation law of a simulator does not hold: a bug in the simulator, never in its user. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}
