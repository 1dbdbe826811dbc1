import { randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { type PageTable, TableWorkload } from "./table_workload.ts";

export interface GupsOptions extends TieringGeneratorOptions {
  /** Share of accesses that go to the hot set. Default 0.9 (HeMem's and Colloid's GUPS). */
  hotAccess?: number;
  /** Share of the pages that are hot. Default: drawn from 0.12 to 0.34. */
  hotPages?: number;
  /** Share of the hot set that each move replaces. Default: drawn from 0.3 to 1. */
  moved?: number;
  /** Fewest and most windows between moves. Default 12 to 40. */
  movePeriod?: readonly [number, number];
}

/**
 * GUPS with a hot set: random read-modify-write updates of an array. Most updates go to a hot set that moves.
 *
 * Every access updates, so every page has write share 1. Hot pages are scattered over the array. Source of the 90/10
 * rule: the GUPS of the HeMem and Colloid artifacts; the moves and their period are a choice.
 */
export function gups(pages: number, seed: number, options: GupsOptions = {}): TieringWorkload {
  const windows = checkedWindows("gups", pages, options);
  const random = randomStream(seed, "workload/gups");
  const {
    hotAccess = 0.9,
    hotPages = random.uniform(0.12, 0.34),
    moved = random.uniform(0.3, 1),
    movePeriod: [low, high] = [12, 40],
  } = options;
  const hot = Math.max(1, Math.round(hotPages * pages));
  const phaseOf = drawPhases(windows, low, high, random);
  const order = shuffled(pages, random);
  const write = new Float32Array(pages).fill(1);
  const tables: PageTable[] = [];
  for (let phase = 0; phase <= phaseOf.at(-1)!; phase++) {
    if (phase > 0) moveHotSet(order, hot, Math.round(moved * hot), () => random.next());
    const access = new Float64Array(pages).fill((1 - hotAccess) / (pages - hot));
    for (let i = 0; i < hot; i++) access[order[i]!] = hotAccess / hot;
    tables.push({ access, write });
  }
  return new TableWorkload("gups", tables, phaseOf);
}

/** Exchanges `count` of the first `hot` entries, drawn with replacement, with randomly drawn later entries. */
function moveHotSet(order: Uint32Array, hot: number, count: number, next: () => number): void {
  for (let i = 0; i < count; i++) {
    const leaving = Math.floor(next() * hot);
    const coming = hot + Math.floor(next() * (order.length - hot));
    const held = order[leaving]!;
    order[leaving] = order[coming]!;
    order[coming] = held;
  }
}
