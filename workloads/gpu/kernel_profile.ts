/** Kind of work of a model. Short training kernels fill little of the GPU and are mostly bound by memory. */
export type KernelClass = "inference" | "training";

/** Published figures of a model's kernels, per request or per training iteration. */
export interface KernelProfile {
  readonly name: string;
  /** Kernels of one request. */
  readonly kernels: number;
  /** Sum of their times when they run alone on the GPU, ms. */
  readonly totalMs: number;
  /** Knots of the distribution of their times: (share of kernels, us), with shares ascending from 0 to 1. */
  readonly quantilesUs: readonly (readonly [share: number, us: number])[];
  readonly class: KernelClass;
  /** Whether each kernel may be restarted from its beginning. */
  readonly idempotent: boolean;
}
