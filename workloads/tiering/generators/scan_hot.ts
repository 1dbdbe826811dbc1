import { randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload, WindowHistogram } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { zipfWeights } from "../../weights.ts";
import { assertWindow } from "../assert_window.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import type { PageTable } from "./table_workload.ts";

export interface ScanHotOptions extends TieringGeneratorOptions {
  /** Share of accesses that the scan makes. Default: drawn from 0.25 to 0.45. */
  scanAccess?: number;
  /** Share of the pages that the scan visits in one window. Default: drawn from 0.04 to 0.1. */
  scanPages?: number;
  /** Share of the pages in the hot set. Default: drawn from 0.15 to 0.3. */
  hotPages?: number;
}

/**
 * A hot set beside a scan that streams through all pages again and again.
 *
 * During the one window in which the scan visits it, a page looks hotter than the hot set. Then it is cold for many
 * windows. A policy with a long memory fills the fast tier with pages that have just been scanned. The hot set (Zipf
 * 0.6 over scattered pages, half of them written) moves every 30 to 60 windows; the scan only reads. Source of all
 * proportions: choice.
 */
export function scanHot(pages: number, seed: number, options: ScanHotOptions = {}): TieringWorkload {
  return new ScanHotWorkload(pages, seed, options);
}

class ScanHotWorkload implements TieringWorkload {
  readonly name = "scan-hot";
  readonly pages: number;
  readonly windows: number;
  readonly #tables: PageTable[] = [];
  readonly #phaseOf: Uint16Array;
  readonly #scanAccess: number;
  readonly #scanLength: number;
  readonly #scanStart: number;

  constructor(pages: number, seed: number, options: ScanHotOptions) {
    this.windows = checkedWindows(this.name, pages, options);
    this.pages = pages;
    const random = randomStream(seed, "workload/scan-hot");
    const {
      scanAccess = random.uniform(0.25, 0.45),
      scanPages = random.uniform(0.04, 0.1),
      hotPages = random.uniform(0.15, 0.3),
    } = options;
    this.#scanAccess = scanAccess;
    this.#scanLength = Math.max(1, Math.round(scanPages * pages));
    this.#scanStart = random.integer(pages);
    this.#phaseOf = drawPhases(this.windows, 30, 60, random);
    const hot = Math.max(1, Math.round(hotPages * pages));
    const weights = zipfWeights(hot, 0.6);
    for (let phase = 0; phase <= this.#phaseOf.at(-1)!; phase++) {
      const order = shuffled(pages, random);
      const access = new Float64Array(pages);
      const write = new Float32Array(pages);
      for (let i = 0; i < hot; i++) {
        access[order[i]!] = (1 - scanAccess) * weights[i]!;
        write[order[i]!] = i % 2 === 0 ? 0.4 : 0;
      }
      this.#tables.push({ access, write });
    }
  }

  fill(index: number, out: WindowHistogram): void {
    assertWindow(this, index);
    const table = this.#tables[this.#phaseOf[index]!]!;
    const { access, write } = out;
    access.set(table.access);
    write.set(table.write);
    const each = this.#scanAccess / this.#scanLength;
    const start = this.#scanStart + index * this.#scanLength;
    for (let i = 0; i < this.#scanLength; i++) {
      const page = (start + i) % this.pages;
      const hot = access[page]!;
      access[page] = hot + each;
      write[page]! *= hot / (hot + each);
    }
  }
}
