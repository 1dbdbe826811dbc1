import { randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { zipfWeights } from "../../weights.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { type PageTable, TableWorkload } from "./table_workload.ts";

/** Key ranges; the keys of a range share one popularity. */
const RANGES = 64;

export interface BtreeOptions extends TieringGeneratorOptions {
  /** Share of leaf accesses that insert or update. Default: drawn from 0.05 to 0.4. */
  updates?: number;
  /** Exponent of the popularity of key ranges. Default: drawn from 0.8 to 1.3. */
  exponent?: number;
}

/**
 * Lookups, inserts and range scans in a large B-tree.
 *
 * 1.5 % of the pages are inner nodes and take 30 % of the accesses (the root and its children stay in the processor's
 * cache). Leaves belong to 64 key ranges. The popularity of the ranges is Zipf and changes every 15 to 45 windows. 15 %
 * of the leaf accesses are range scans over all leaves. Leaves were split off in random order, so neighbours in key
 * order are scattered over pages, and so are the inner nodes. Inner nodes are written when a leaf splits. Source of all
 * figures: choice.
 */
export function btree(pages: number, seed: number, options: BtreeOptions = {}): TieringWorkload {
  const windows = checkedWindows("btree", pages, options);
  const random = randomStream(seed, "workload/btree");
  const { updates = random.uniform(0.05, 0.4), exponent = random.uniform(0.8, 1.3) } = options;
  const phaseOf = drawPhases(windows, 15, 45, random);
  const inner = Math.max(1, Math.round(0.015 * pages));
  const leaves = pages - inner;
  const order = shuffled(pages, random);
  const write = new Float32Array(pages).fill(updates);
  for (let i = 0; i < inner; i++) write[order[i]!] = 0.1 * updates;
  const popularity = zipfWeights(RANGES, exponent);
  const tables: PageTable[] = [];
  for (let phase = 0; phase <= phaseOf.at(-1)!; phase++) {
    const rankOf = shuffled(RANGES, random);
    const access = new Float64Array(pages);
    for (let i = 0; i < inner; i++) access[order[i]!] = 0.3 / inner;
    for (let leaf = 0; leaf < leaves; leaf++) {
      const range = Math.floor((leaf * RANGES) / leaves);
      // The number of leaves between the two rounded borders of the range.
      const size = Math.ceil(((range + 1) * leaves) / RANGES) - Math.ceil((range * leaves) / RANGES);
      access[order[inner + leaf]!] = 0.7 * ((0.85 * popularity[rankOf[range]!]!) / size + 0.15 / leaves);
    }
    tables.push({ access, write });
  }
  return new TableWorkload("btree", tables, phaseOf);
}
