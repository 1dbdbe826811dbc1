import { randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { scaleToSum } from "../../weights.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { TableWorkload } from "./table_workload.ts";

/** Nuclides of XSBench's small Hoogenboom-Martin reactor. */
const NUCLIDES = 68;

/**
 * Random cross-section lookups as in XSBench: stationary, read-only, most of the memory lukewarm.
 *
 * The first 60 % of the pages hold one table per nuclide; each table is read uniformly. The rest is the index over all
 * energies: 3 % of its pages are the upper levels of the binary search. How often a nuclide is read depends on the
 * materials that contain it: a few nuclides are in the water, half are in the fuel, the rest are rare. Source of the
 * proportions: choice after the benchmark's description. The seed draws which nuclides and index pages are hot, and how
 * hot.
 */
export function xsbench(pages: number, seed: number, options: TieringGeneratorOptions = {}): TieringWorkload {
  const windows = checkedWindows("xsbench", pages, options);
  const random = randomStream(seed, "workload/xsbench");
  const tablePages = Math.round(0.6 * pages);
  const indexPages = pages - tablePages;
  const water = 4 + random.integer(4);
  const waterWeight = random.uniform(2.5, 6);
  const rankOf = shuffled(NUCLIDES, random);
  const access = new Float64Array(pages);
  for (let i = 0; i < tablePages; i++) {
    const rank = rankOf[Math.floor((i * NUCLIDES) / tablePages)]!;
    access[i] = rank < water ? waterWeight : rank < NUCLIDES / 2 ? 1 : 0.15;
  }
  scaleToSum(access, 0.55);
  const order = shuffled(indexPages, random);
  const upper = Math.max(1, Math.round(0.03 * indexPages));
  for (let i = 0; i < indexPages; i++) {
    access[tablePages + order[i]!] = i < upper ? 0.3 / upper : 0.15 / (indexPages - upper);
  }
  const table = { access, write: new Float32Array(pages) };
  return new TableWorkload("xsbench", [table], new Uint16Array(windows));
}
