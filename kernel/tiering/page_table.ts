import { InvariantError } from "../subsystem.ts";
import { LINE_BYTES, type Machine, WRITE_BACK } from "./machine.ts";
import type { WindowHistogram } from "./workload.ts";

/**
 * Which page is in which tier, which share of the accesses of the current window each tier therefore serves, and how
 * often the program has touched each page so far.
 */
export class PageTable {
  readonly pages: number;
  readonly machine: Machine;
  /** Tier of each page. */
  readonly tierOf: Uint8Array;
  /** Pages in each tier. */
  readonly used: Int32Array;
  /** The current window: access share and write share of each page. */
  readonly window: WindowHistogram;
  /** Share of accesses of each tier. */
  readonly share: Float64Array;
  /** Accesses to each page since the start. */
  readonly touched: Float64Array;
  /** Time at which each page last entered the fast tier by a promotion, s; -Infinity for never. */
  readonly promotedAt: Float64Array;
  readonly #writeShare: Float64Array;

  constructor(pages: number, machine: Machine) {
    this.pages = pages;
    this.machine = machine;
    const tiers = machine.tiers.length;
    this.tierOf = new Uint8Array(pages);
    this.used = new Int32Array(tiers);
    this.window = { access: new Float64Array(pages), write: new Float32Array(pages) };
    this.share = new Float64Array(tiers);
    this.#writeShare = new Float64Array(tiers);
    this.touched = new Float64Array(pages);
    this.promotedAt = new Float64Array(pages).fill(Number.NEGATIVE_INFINITY);
    // First touch: the program touches page 0 first, and each page goes to the fastest tier with room.
    let tier = 0;
    for (let page = 0; page < pages; page++) {
      while (this.used[tier] >= machine.tiers[tier].capacity) tier++;
      this.tierOf[page] = tier;
      this.used[tier]++;
    }
  }

  /** Recomputes the shares of the tiers after the caller has refilled `window`. */
  windowChanged(): void {
    const { share, tierOf } = this;
    const { access, write } = this.window;
    const writeShare = this.#writeShare;
    share.fill(0);
    writeShare.fill(0);
    for (let page = 0; page < this.pages; page++) {
      const tier = tierOf[page];
      share[tier] += access[page];
      writeShare[tier] += access[page] * write[page];
    }
  }

  /** Number of pages that still fit in tier `tier`. */
  free(tier: number): number {
    return this.machine.tiers[tier].capacity - this.used[tier];
  }

  /** Moves `page` to tier `to`, which must have room. */
  move(page: number, to: number): void {
    const from = this.tierOf[page];
    const access = this.window.access[page];
    const write = access * this.window.write[page];
    this.share[from] = Math.max(0, this.share[from] - access);
    this.share[to] += access;
    this.#writeShare[from] = Math.max(0, this.#writeShare[from] - write);
    this.#writeShare[to] += write;
    this.used[from]--;
    this.used[to]++;
    this.tierOf[page] = to;
  }

  /** Bytes of bandwidth that one access to tier `tier` takes now: the line, and its write-back for writing accesses. */
  bytesPerAccess(tier: number): number {
    const share = this.share[tier];
    const written = share > 0 ? Math.min(1, this.#writeShare[tier] / share) : 0;
    return LINE_BYTES * (1 + WRITE_BACK * this.machine.tiers[tier].writeCost * written);
  }

  /** Counts `accesses` accesses of the current window. */
  touch(accesses: number): void {
    const { access } = this.window;
    const { touched } = this;
    for (let page = 0; page < touched.length; page++) touched[page] += accesses * access[page];
  }

  /** Copies the state of `other`, for the same machine and number of pages, into this object. */
  copyFrom(other: PageTable): void {
    this.tierOf.set(other.tierOf);
    this.used.set(other.used);
    this.window.access.set(other.window.access);
    this.window.write.set(other.window.write);
    this.share.set(other.share);
    this.#writeShare.set(other.#writeShare);
    this.touched.set(other.touched);
    this.promotedAt.set(other.promotedAt);
  }

  /** Throws an InvariantError if pages are lost, a tier is overfull, or the shares do not add up. */
  checkInvariants(): void {
    const tiers = this.machine.tiers;
    const counted = new Int32Array(tiers.length);
    const share = new Float64Array(tiers.length);
    for (let page = 0; page < this.pages; page++) {
      counted[this.tierOf[page]]++;
      share[this.tierOf[page]] += this.window.access[page];
    }
    tiers.forEach((tier, i) => {
      if (counted[i] !== this.used[i]) {
        throw new InvariantError(`tier ${tier.name} holds ${counted[i]} pages, its count says ${this.used[i]}`);
      }
      if (counted[i] > tier.capacity) {
        throw new InvariantError(`tier ${tier.name} holds ${counted[i]} pages, its capacity is ${tier.capacity}`);
      }
      if (Math.abs(share[i] - this.share[i]) > 1e-9) {
        throw new InvariantError(`tier ${tier.name} serves ${share[i]} of accesses, its sum says ${this.share[i]}`);
      }
    });
  }
}
