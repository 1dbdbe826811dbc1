import type { CongestionWorkload } from "../kernel/congestion/workload.ts";
import type { Split } from "./catalog.ts";
import type { CongestionOpenOptions } from "./congestion/episode_draw.ts";
import { drawWorkload, type Family } from "./congestion/family.ts";
import * as train from "./congestion/train_families.ts";

export type { CongestionOpenOptions } from "./congestion/episode_draw.ts";

/** A workload that the congestion environment can run. */
export interface CongestionCatalogEntry {
  readonly name: string;
  /** The kind of traffic and fabric. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator";
  /**
   * The workload of an episode: what `options` leave open is drawn from `seed`.
   *
   * @throws RangeError for an option that the workload has no use for, or a value that is not allowed
   */
  open(seed: number, options?: CongestionOpenOptions): CongestionWorkload;
}

/** Every workload of the congestion environment. Splits are by family: what is tested was never trained on. */
export const congestionWorkloads: readonly CongestionCatalogEntry[] = [generated("incast", "train", train.incast100)];

function generated(name: string, split: Split, mix: Family, family = name): CongestionCatalogEntry {
  return { name, family, split, source: "generator", open: (seed, options) => drawWorkload(name, mix, seed, options) };
}
