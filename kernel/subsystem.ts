/**
 * A simulated kernel subsystem. It runs to a decision point and shows what a kernel can see there. It takes a decision,
 * runs to the next decision point and reports what that cost.
 *
 * @typeParam Workload what runs on the subsystem: immutable, indexed by work done, shared between forks
 * @typeParam View what a kernel can see at a decision point; a reused object that never shows the future
 * @typeParam Decision what a policy can decide
 * @typeParam Outcome what a decision cost, with counters; a reused object
 */
export interface Subsystem<Workload, View, Decision, Outcome extends { readonly cost: number }> {
  /** Starts a run of `workload`. The same workload, seed and decisions give the same run. */
  reset(workload: Workload, seed: number): void;
  /** What a kernel can see now. The object is reused: read it before the next `decide`. */
  readonly view: View;
  /** Applies a decision and runs to the next decision point. Throws if the run is over. */
  decide(decision: Decision): Outcome;
  /** Whether the workload has ended. */
  readonly done: boolean;
  /** An exact copy with its own state and the same future randomness. */
  fork(): Subsystem<Workload, View, Decision, Outcome>;
  /** Throws an `InvariantError` that names the first conservation law that does not hold, if there is one. */
  checkInvariants(): void;
}

/** A policy that a kernel could run: it sees the view and nothing else. */
export interface Heuristic<View, Decision> {
  readonly name: string;
  /** Forgets everything learned about the current run. The caller calls it before every run. */
  reset(): void;
  /** Returns the decision for this view. The next call may reuse the object. */
  decide(view: View): Decision;
}

/** A conservation law of a simulator does not hold. This is a bug in the simulator, never in the code that uses it. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}
