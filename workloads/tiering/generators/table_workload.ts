import type { TieringWorkload, WindowHistogram } from "../../../kernel/tiering/workload.ts";
import { assertWindow } from "../assert_window.ts";

/** The histogram of a phase. */
export interface PageTable {
  /** `[pages]` share of accesses, summing to 1. */
  readonly access: Float64Array;
  /** `[pages]` share of a page's accesses that write, 0 to 1. */
  readonly write: Float32Array;
}

/** A workload in which each window uses one of a few histograms. */
export class TableWorkload implements TieringWorkload {
  readonly name: string;
  readonly pages: number;
  readonly windows: number;
  readonly #tables: readonly PageTable[];
  readonly #tableOf: Uint16Array;

  /**
   * @param tables the histograms, all of the same length
   * @param tableOf `[windows]` index into `tables`
   */
  constructor(name: string, tables: readonly PageTable[], tableOf: Uint16Array) {
    this.name = name;
    this.pages = tables[0]!.access.length;
    this.windows = tableOf.length;
    this.#tables = tables;
    this.#tableOf = tableOf;
  }

  fill(index: number, out: WindowHistogram): void {
    assertWindow(this, index);
    const table = this.#tables[this.#tableOf[index]!]!;
    out.access.set(table.access);
    out.write.set(table.write);
  }
}
