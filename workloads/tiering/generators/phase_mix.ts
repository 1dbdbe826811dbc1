import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { zipfWeights } from "../../weights.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { type PageTable, TableWorkload } from "./table_workload.ts";

/**
 * A program that changes its behaviour in phases of 10 to 30 windows. A phase is one of four kinds: a hot set, a Zipf
 * popularity, a sweep over one stretch of memory, or uniform use of all pages. The order is drawn; no kind follows
 * itself.
 *
 * Phases differ in their write share: hot set 0.5, Zipf 0.1, sweep 1 (it fills a buffer), uniform 0. Source: choice.
 */
export function phaseMix(pages: number, seed: number, options: TieringGeneratorOptions = {}): TieringWorkload {
  const windows = checkedWindows("phase-mix", pages, options);
  const random = randomStream(seed, "workload/phase-mix");
  const phaseOf = drawPhases(windows, 10, 30, random);
  const kinds = [hotSetPhase, zipfPhase, sweepPhase, evenPhase];
  const tables: PageTable[] = [];
  let kind = random.integer(kinds.length);
  for (let phase = 0; phase <= phaseOf.at(-1)!; phase++) {
    tables.push(kinds[kind]!(pages, random));
    kind = (kind + 1 + random.integer(kinds.length - 1)) % kinds.length;
  }
  return new TableWorkload("phase-mix", tables, phaseOf);
}

function hotSetPhase(pages: number, random: RandomStream): PageTable {
  const order = shuffled(pages, random);
  const hot = Math.round(random.uniform(0.1, 0.4) * pages);
  const access = new Float64Array(pages).fill(0.1 / (pages - hot));
  for (let i = 0; i < hot; i++) access[order[i]!] = 0.9 / hot;
  return { access, write: new Float32Array(pages).fill(0.5) };
}

function zipfPhase(pages: number, random: RandomStream): PageTable {
  const order = shuffled(pages, random);
  const weights = zipfWeights(pages, random.uniform(0.7, 1.1));
  const access = new Float64Array(pages);
  for (let rank = 0; rank < pages; rank++) access[order[rank]!] = weights[rank]!;
  return { access, write: new Float32Array(pages).fill(0.1) };
}

function sweepPhase(pages: number, random: RandomStream): PageTable {
  const length = Math.round(random.uniform(0.15, 0.5) * pages);
  const start = random.integer(pages);
  const access = new Float64Array(pages).fill(0.15 / (pages - length));
  const write = new Float32Array(pages);
  for (let i = 0; i < length; i++) {
    access[(start + i) % pages] = 0.85 / length;
    write[(start + i) % pages] = 1;
  }
  return { access, write };
}

function evenPhase(pages: number): PageTable {
  return { access: new Float64Array(pages).fill(1 / pages), write: new Float32Array(pages) };
}
