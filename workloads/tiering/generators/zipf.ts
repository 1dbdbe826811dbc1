import { randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { zipfWeights } from "../../weights.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { type PageTable, TableWorkload } from "./table_workload.ts";

/** Share of operations that update, for each mix of the Yahoo Cloud Serving Benchmark. */
const YCSB_UPDATES = { A: 0.5, B: 0.05, C: 0 } as const;

export interface ZipfOptions extends TieringGeneratorOptions {
  /** The YCSB mix. Default: drawn. */
  mix?: keyof typeof YCSB_UPDATES;
  /** Exponent. Default 0.99 (YCSB). */
  exponent?: number;
  /** Share of the popularity ranks that move to another page at every drift. Default: drawn from 0.05 to 0.4. */
  drift?: number;
  /** Fewest and most windows between drifts. Default 6 to 24. */
  driftPeriod?: readonly [number, number];
}

/**
 * A key-value store under Zipf-distributed requests whose popularity drifts.
 *
 * Popularity is by page, as if records of similar popularity were stored together (choice: records scattered over pages
 * would average out to nearly equal pages). Half of the pages hold tables that take all updates, so write shares
 * differ: twice the mix's share of updates there, none elsewhere.
 */
export function zipf(pages: number, seed: number, options: ZipfOptions = {}): TieringWorkload {
  const windows = checkedWindows("zipf", pages, options);
  const random = randomStream(seed, "workload/zipf");
  const {
    mix = (["A", "B", "C"] as const)[random.integer(3)]!,
    exponent = 0.99,
    drift = random.uniform(0.05, 0.4),
    driftPeriod: [low, high] = [6, 24],
  } = options;
  const phaseOf = drawPhases(windows, low, high, random);
  const weights = zipfWeights(pages, exponent);
  const write = new Float32Array(pages);
  for (let i = 0; i < pages; i++) write[i] = random.next() < 0.5 ? 2 * YCSB_UPDATES[mix] : 0;
  const pageOfRank = shuffled(pages, random);
  const exchanges = Math.round((drift * pages) / 2);
  const tables: PageTable[] = [];
  for (let phase = 0; phase <= phaseOf.at(-1)!; phase++) {
    for (let i = 0; phase > 0 && i < exchanges; i++) {
      const a = random.integer(pages);
      const b = random.integer(pages);
      const held = pageOfRank[a]!;
      pageOfRank[a] = pageOfRank[b]!;
      pageOfRank[b] = held;
    }
    const access = new Float64Array(pages);
    for (let rank = 0; rank < pages; rank++) access[pageOfRank[rank]!] = weights[rank]!;
    tables.push({ access, write });
  }
  return new TableWorkload("zipf", tables, phaseOf);
}
