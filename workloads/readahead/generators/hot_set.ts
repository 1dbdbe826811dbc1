import type { RandomStream } from "../../../kernel/random.ts";
import { shuffled } from "../../shuffled.ts";
import type { AccessBuilder } from "./access_builder.ts";
import type { ThreadBuilder } from "./thread_builder.ts";
import { zipfRank } from "./zipf_rank.ts";

export interface HotSetOptions {
  /** Zipf exponent of page popularity. Default 0.8. */
  exponent?: number;
  /** Share of accesses that write. Default 0.3. */
  writes?: number;
  /** Instructions that access the set; each one serves its own part of the pages. Default 4. */
  sites?: number;
}

/** A region in constant use beside the big data: stack, tables, metadata. */
export class HotSet {
  readonly #random: RandomStream;
  readonly #start: number;
  readonly #order: Uint32Array;
  readonly #exponent: number;
  readonly #writes: number;
  readonly #site: number;
  readonly #sites: number;

  constructor(builder: AccessBuilder, pages: number, options: HotSetOptions = {}) {
    const { exponent = 0.8, writes = 0.3, sites = 4 } = options;
    this.#random = builder.random;
    this.#start = builder.region(pages);
    this.#order = shuffled(pages, builder.random);
    this.#exponent = exponent;
    this.#writes = writes;
    this.#site = builder.sites(sites);
    this.#sites = sites;
  }

  /** Writes every page once, in order. */
  fill(thread: ThreadBuilder, ns: number): void {
    for (let i = 0; i < this.#order.length; i++) thread.touch(this.#start + i, this.#site, true, ns);
  }

  /** Makes one access. */
  touch(thread: ThreadBuilder, ns: number): void {
    const page = this.#order[zipfRank(this.#random.next(), this.#order.length, this.#exponent)];
    thread.touch(this.#start + page, this.#site + (page % this.#sites), this.#random.next() < this.#writes, ns);
  }
}
