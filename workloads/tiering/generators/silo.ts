import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload, WindowHistogram } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { scaleToSum, zipfWeights } from "../../weights.ts";
import { assertWindow } from "../assert_window.ts";
import { drawPhases } from "./draw_phases.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import type { PageTable } from "./table_workload.ts";

/**
 * A table of the database: its share of the pages, its share of the accesses, and the share of its accesses that write.
 */
interface TableSpec {
  readonly pages: number;
  readonly access: number;
  readonly write: number;
}

/**
 * Tables in order of loading. The growing orders table follows them. Source: choice after TPC-C's schema and
 * transaction mix.
 */
const ITEM: TableSpec = { pages: 0.015, access: 0.1, write: 0 };
const WAREHOUSE: TableSpec = { pages: 0.005, access: 0.08, write: 0.6 };
const STOCK: TableSpec = { pages: 0.34, access: 0.28, write: 0.5 };
const CUSTOMER: TableSpec = { pages: 0.22, access: 0.14, write: 0.4 };
const INDEX: TableSpec = { pages: 0.04, access: 0.2, write: 0.05 };
const RECENT_ORDERS = { access: 0.15, write: 0.6 };
const OLD_ORDERS = { access: 0.05 };
/** Share of the order pages that counts as recent; these are the newest. */
const RECENT_SHARE = 0.06;
/** Warehouses. Each one is a stretch of the stock table and of the customer table. */
const WAREHOUSES = 32;

/**
 * An in-memory database under new-order and payment transactions, like Silo running TPC-C.
 *
 * Items, warehouses and indexes are small hot tables. In stock and customers, the busy warehouses change every 15 to 40
 * windows (Zipf 0.7 over 32 warehouses). Orders are appended all the time: the newest are hot and written, older ones
 * are nearly cold, and pages of orders that do not exist yet are not touched. Write shares differ by table.
 */
export function silo(pages: number, seed: number, options: TieringGeneratorOptions = {}): TieringWorkload {
  return new SiloWorkload(pages, seed, options);
}

class SiloWorkload implements TieringWorkload {
  readonly name = "silo";
  readonly pages: number;
  readonly windows: number;
  readonly #tables: PageTable[] = [];
  readonly #phaseOf: Uint16Array;
  /** First page of orders. */
  readonly #orders: number;
  /** Share of the order pages that exist at the start. */
  readonly #loaded: number;

  constructor(pages: number, seed: number, options: TieringGeneratorOptions) {
    this.windows = checkedWindows(this.name, pages, options);
    this.pages = pages;
    const random = randomStream(seed, "workload/silo");
    this.#loaded = random.uniform(0.35, 0.6);
    this.#phaseOf = drawPhases(this.windows, 15, 40, random);
    const popularity = zipfWeights(WAREHOUSES, 0.7);
    const sizes = [ITEM, WAREHOUSE, STOCK, CUSTOMER, INDEX].map((table) =>
      Math.max(1, Math.round(table.pages * pages)),
    );
    this.#orders = sizes.reduce((sum, size) => sum + size, 0);
    const skew = sizes.map((size) => drawSkew(size, random));
    for (let phase = 0; phase <= this.#phaseOf.at(-1)!; phase++) {
      const rankOf = shuffled(WAREHOUSES, random);
      const access = new Float64Array(pages);
      const write = new Float32Array(pages);
      let start = 0;
      for (const [t, table] of [ITEM, WAREHOUSE, STOCK, CUSTOMER, INDEX].entries()) {
        const size = sizes[t]!;
        const part = access.subarray(start, start + size);
        part.set(skew[t]!);
        if (table === STOCK || table === CUSTOMER) {
          for (let i = 0; i < size; i++) part[i]! *= popularity[rankOf[Math.floor((i * WAREHOUSES) / size)]!]!;
        }
        scaleToSum(part, table.access);
        write.fill(table.write, start, start + size);
        start += size;
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
    const room = this.pages - this.#orders;
    const exist = Math.max(1, Math.ceil(room * (this.#loaded + (1 - this.#loaded) * ((index + 1) / this.windows))));
    const recent = Math.min(exist, Math.max(1, Math.round(RECENT_SHARE * room)));
    const end = this.#orders + Math.min(room, exist);
    const old = OLD_ORDERS.access / (end - this.#orders);
    access.fill(old, this.#orders, end);
    const fresh = old + RECENT_ORDERS.access / recent;
    access.fill(fresh, end - recent, end);
    write.fill((RECENT_ORDERS.write * (fresh - old)) / fresh, end - recent, end);
  }
}

/** Unequal popularity of the pages of a table: exponentially distributed weights, never 0. */
function drawSkew(size: number, random: RandomStream): Float64Array {
  return Float64Array.from({ length: size }, () => 0.2 + random.exponential());
}
