import { readFileSync } from "node:fs";
import type { TieringWorkload } from "../../kernel/tiering/workload.ts";
import type { HistogramTrace } from "../format/histogram_trace.ts";
import { decodeHistogramTrace } from "../format/trace_format.ts";
import type { Split } from "../split.ts";
import { bundledTrace } from "../traces/bundled_trace.ts";
import type { TieringCatalogEntry } from "./catalog_entry.ts";
import { btree } from "./generators/btree.ts";
import type { TieringGenerator } from "./generators/generator.ts";
import { graph } from "./generators/graph.ts";
import { gups } from "./generators/gups.ts";
import { kvCache } from "./generators/kv_cache.ts";
import { phaseMix } from "./generators/phase_mix.ts";
import { scanHot } from "./generators/scan_hot.ts";
import { silo } from "./generators/silo.ts";
import { xsbench } from "./generators/xsbench.ts";
import { zipf } from "./generators/zipf.ts";
import { TraceWorkload } from "./trace_workload.ts";

const DEFAULT_PAGES = 4096;

/** Every workload of the tiering environment. Splits are by family: no tested family was trained on. */
export const tieringWorkloads: readonly TieringCatalogEntry[] = [
  generated("gups", "train", gups),
  generated("gups-static", "train", colloidGups, "gups"),
  generated("zipf", "train", zipf),
  generated("scan-hot", "train", scanHot),
  generated("silo", "train", silo),
  recorded("sqlite", "train"),
  recorded("zstd", "train"),
  recorded("mawk", "train"),
  generated("btree", "validation", btree),
  generated("phase-mix", "validation", phaseMix),
  recorded("lua", "validation"),
  recorded("tcc", "validation"),
  generated("graph", "test", graph),
  generated("xsbench", "test", xsbench),
  generated("kv-cache", "test", kvCache),
  recorded("sort", "test"),
  recorded("metis", "test"),
  recorded("redis", "test"),
];

/** GUPS with the settings of the Colloid artifact: 90 % of the accesses go to a fixed third of the pages. */
function colloidGups(pages: number, seed: number): TieringWorkload {
  return gups(pages, seed, { hotAccess: 0.9, hotPages: 1 / 3, moved: 0 });
}

function generated(name: string, split: Split, generate: TieringGenerator, family = name): TieringCatalogEntry {
  return {
    name,
    family,
    split,
    source: "generator",
    open: (seed, { pages = DEFAULT_PAGES } = {}) => generate(pages, seed),
  };
}

/**
 * A trace of workloads/traces, read and checked at first use. Opened workloads are immutable, so they are kept and
 * shared.
 */
function recorded(name: string, split: Split): TieringCatalogEntry {
  const file = bundledTrace(name);
  let trace: HistogramTrace | null = null;
  const opened = new Map<number, TraceWorkload>();
  return {
    name,
    family: name,
    split,
    source: "trace",
    file,
    open: (_seed, { pages } = {}) => {
      trace ??= decodeHistogramTrace(readFileSync(file), file);
      const limit = pages ?? trace.header.pages;
      const kept = opened.get(limit);
      if (kept !== undefined) return kept;
      const workload = new TraceWorkload(trace, { pages: limit });
      opened.set(limit, workload);
      return workload;
    },
  };
}
