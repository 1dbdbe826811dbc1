import type { TieringWorkload } from "../kernel/tiering/workload.ts";
import { btree } from "./generators/btree.ts";
import type { Generator } from "./generators/generator.ts";
import { graph } from "./generators/graph.ts";
import { gups } from "./generators/gups.ts";
import { kvCache } from "./generators/kv_cache.ts";
import { phaseMix } from "./generators/phase_mix.ts";
import { scanHot } from "./generators/scan_hot.ts";
import { silo } from "./generators/silo.ts";
import { xsbench } from "./generators/xsbench.ts";
import { zipf } from "./generators/zipf.ts";

/** Learn on train, choose on validation, report on test. */
export type Split = "train" | "validation" | "test";

/** A workload that the tiering environment can run. */
export interface CatalogEntry {
  readonly name: string;
  /** The program or the generator. All workloads of a family are in one split. */
  readonly family: string;
  readonly split: Split;
  readonly source: "generator" | "trace";
  /** Path of the trace file, for traces. */
  readonly file?: string;
  /**
   * The workload of an episode.
   *
   * Generators draw their parameters from `seed` and have exactly `pages` pages (default 4096). A trace is the same for
   * every seed; `pages` is the most it may have, see `TraceWorkloadOptions.pages`, and defaults to all it has.
   *
   * @throws TraceFormatError if a trace file is damaged
   */
  open(seed: number, pages?: number): TieringWorkload;
}

const DEFAULT_PAGES = 4096;

/** Every workload of the tiering environment. Splits are by family: what is tested was never trained on. */
export const tieringWorkloads: readonly CatalogEntry[] = [
  generated("gups", "train", gups),
  generated("gups-static", "train", colloidGups, "gups"),
  generated("zipf", "train", zipf),
  generated("scan-hot", "train", scanHot),
  generated("silo", "train", silo),
  generated("btree", "validation", btree),
  generated("phase-mix", "validation", phaseMix),
  generated("graph", "test", graph),
  generated("xsbench", "test", xsbench),
  generated("kv-cache", "test", kvCache),
];

/** GUPS as the Colloid artifact runs it: 90 % of the accesses go to a third of the pages, which stays the same. */
function colloidGups(pages: number, seed: number): TieringWorkload {
  return gups(pages, seed, { hotAccess: 0.9, hotPages: 1 / 3, moved: 0 });
}

function generated(name: string, split: Split, generate: Generator, family = name): CatalogEntry {
  return {
    name,
    family,
    split,
    source: "generator",
    open: (seed, pages = DEFAULT_PAGES) => generate(pages, seed),
  };
}
