import { InvariantError } from "../subsystem.ts";
import { RECLAIM_PAGE_US } from "./device.ts";
import { ACTIVE, INACTIVE, PageLists } from "./page_lists.ts";
import type { ReadaheadScenario } from "./scenario.ts";
import type { SwapDevice } from "./swap_device.ts";
import { SwapSlots } from "./swap_slots.ts";
import { CACHED, MAPPED, NONE, type ReadaheadCounters, SWAPPED } from "./view.ts";

/** Pages reclaimed at a time. Source: include/linux/swap.h, SWAP_CLUSTER_MAX. */
const RECLAIM_BATCH = 32;

/** Flag of a page: its page-table entry was used. */
export const YOUNG = 1;
/** Flag: reclaim found the page young once. */
const REFERENCED = 2;
/** Flag: the page differs from its copy on the swap device. */
export const DIRTY = 4;
/** Flag: the first use of the page is a decision point. */
export const MARKED = 8;

/** In search of a batch, reclaim scans the lists at most this many times. Source: choice. */
const MOST_SCANS = 4;

/** Reclaim begins below this share of the frames, and below this number of frames. Source: choice. */
const LOW_SHARE = 1 / 128;
const LEAST_LOW = 4;

/**
 * A program's memory: where each page is, the two lists, the swap slots, and reclaim when free frames run short.
 * Reclaim is direct, as at the limit of a memory control group: the thread that needs a frame does the work and waits
 * for it.
 */
export class SwapMemory {
  /** `[pages]` state of each page. */
  readonly state: Uint8Array;
  /** `[pages]` flags of each page. */
  readonly flags: Uint8Array;
  /** `[pages]` slot of each page, 0 for none. */
  readonly slotOf: Int32Array;
  /** `[pages]` time at which a page read ahead is in memory, us. */
  readonly readyAt: Float64Array;
  /** `[pages]` number of pages reclaimed before this page was reclaimed, -1 for never. */
  readonly reclaimedAt: Int32Array;
  /** `[pages]` book of a page read ahead, see `bookOf`. */
  readonly bookOf: Uint8Array;
  /** `[pages]` instruction whose fault caused the page to be read ahead. */
  readonly pcOf: Uint16Array;
  /** `[pages]` decision that read a page ahead, counted from 1. */
  readonly decisionOf: Int32Array;
  readonly slots: SwapSlots;
  readonly #lists: PageLists;
  readonly #scenario: ReadaheadScenario;
  readonly #device: SwapDevice;
  readonly #counters: ReadaheadCounters;
  /** Reclaim keeps at least this many frames free. */
  readonly #low: number;
  #free: number;
  /** Called with each page that is thrown out unused. */
  readonly #onWaste: (page: number) => void;

  constructor(
    scenario: ReadaheadScenario,
    seed: number,
    device: SwapDevice,
    counters: ReadaheadCounters,
    onWaste: (page: number) => void,
  ) {
    const { pages } = scenario.workload;
    this.#scenario = scenario;
    this.#device = device;
    this.#counters = counters;
    this.#onWaste = onWaste;
    this.state = new Uint8Array(pages);
    this.flags = new Uint8Array(pages);
    this.slotOf = new Int32Array(pages);
    this.readyAt = new Float64Array(pages);
    this.reclaimedAt = new Int32Array(pages).fill(-1);
    this.bookOf = new Uint8Array(pages);
    this.pcOf = new Uint16Array(pages);
    this.decisionOf = new Int32Array(pages);
    this.slots = new SwapSlots(pages, scenario.fragmentation, seed);
    this.#lists = new PageLists(pages);
    this.#free = scenario.frames;
    this.#low = scenario.singleList ? 0 : Math.max(LEAST_LOW, Math.floor(scenario.frames * LOW_SHARE));
  }

  /** Free frames. */
  get free(): number {
    return this.#free;
  }

  /**
   * Reclaims until there are `wanted` free frames beside the reserve, or until nothing more can be reclaimed.
   *
   * @returns the time it took, us
   */
  makeRoom(wanted: number, now: number): number {
    const target = wanted + this.#low;
    let time = 0;
    while (this.#free < target) {
      const before = this.#free;
      time += this.#reclaim(now + time);
      if (this.#free === before) break;
    }
    return time;
  }

  /** Reclaims one batch. Returns the time it took, us. */
  #reclaim(now: number): number {
    const { singleList } = this.#scenario;
    const { state, flags, readyAt } = this;
    const lists = this.#lists;
    const batch = singleList ? 1 : RECLAIM_BATCH;
    let scanned = 0;
    let reclaimed = 0;
    let writes = 0;
    const most = MOST_SCANS * (lists.length(INACTIVE) + lists.length(ACTIVE)) + batch;
    while (reclaimed < batch && scanned < most) {
      // Below 1 GiB both lists should have the same length. Source: mm/vmscan.c, inactive_is_low.
      if (lists.length(INACTIVE) < lists.length(ACTIVE)) {
        for (let i = 0; i < RECLAIM_BATCH; i++) {
          const page = lists.tail(ACTIVE);
          if (page < 0) break;
          flags[page] &= ~YOUNG;
          lists.addHead(INACTIVE, page);
          scanned++;
        }
      }
      const page = lists.tail(INACTIVE);
      if (page < 0) break;
      scanned++;
      if (state[page] === CACHED) {
        if (readyAt[page] > now) {
          // The page is locked while its read is under way.
          lists.addHead(INACTIVE, page);
          continue;
        }
        this.#counters.ra_waste++;
        this.#onWaste(page);
      } else {
        if ((flags[page] & YOUNG) !== 0 && !singleList) {
          const again = (flags[page] & REFERENCED) !== 0;
          flags[page] = (flags[page] & ~YOUNG) | REFERENCED;
          lists.addHead(again ? ACTIVE : INACTIVE, page);
          continue;
        }
        if (this.slotOf[page] === 0) {
          this.slotOf[page] = this.slots.allocate(page);
          writes++;
        } else if ((flags[page] & DIRTY) !== 0) {
          writes++;
        }
      }
      lists.remove(page);
      state[page] = SWAPPED;
      flags[page] = 0;
      this.reclaimedAt[page] = this.#counters.reclaimed++;
      this.#free++;
      reclaimed++;
    }
    this.#counters.swap_outs += writes;
    const time = scanned * RECLAIM_PAGE_US;
    return writes === 0 ? time : time + this.#device.write(now + time, writes);
  }

  /** Maps a page that had no frame. */
  mapNew(page: number, write: boolean): void {
    this.#free--;
    this.#map(page, write);
    this.#lists.addHead(INACTIVE, page);
  }

  /** Maps a page of the swap cache. The page keeps its place on its list. */
  mapCached(page: number, write: boolean): void {
    this.#map(page, write);
  }

  #map(page: number, write: boolean): void {
    this.state[page] = MAPPED;
    this.flags[page] = write ? YOUNG | DIRTY : YOUNG;
    // Source: mm/memory.c, should_try_to_free_swap. Swap-in from a synchronous device bypasses the swap cache, so
    // nothing uses the slot any more.
    if (this.slotOf[page] !== 0 && (write || this.slots.full || this.#device.bypassesSwapCache)) {
      this.slots.free(this.slotOf[page]);
      this.slotOf[page] = 0;
    }
  }

  /** Puts a swapped-out page into the swap cache. */
  cache(page: number, readyAt: number, book: number, pc: number, marked: boolean): void {
    this.#free--;
    this.state[page] = CACHED;
    this.flags[page] = marked ? MARKED : 0;
    this.readyAt[page] = readyAt;
    this.bookOf[page] = book;
    this.pcOf[page] = pc;
    this.decisionOf[page] = this.#counters.decisions;
    this.#lists.addHead(INACTIVE, page);
  }

  /** Moves a mapped page to the head of its list, so that `singleList` has the exact order of use. */
  touch(page: number): void {
    this.#lists.addHead(INACTIVE, page);
  }

  /** Throws an InvariantError that names the first conservation law that does not hold. */
  checkInvariants(): void {
    const { state, slotOf, slots } = this;
    let used = 0;
    for (let page = 0; page < state.length; page++) {
      if (state[page] === MAPPED || state[page] === CACHED) used++;
      const slot = slotOf[page];
      if (slot !== 0 && slots.owner[slot] !== page) {
        throw new InvariantError(`page ${page} has slot ${slot}, which belongs to ${slots.owner[slot]}`);
      }
      if (slot === 0 && (state[page] === SWAPPED || state[page] === CACHED)) {
        throw new InvariantError(`page ${page} is on the swap device, but has no slot`);
      }
      if (slot !== 0 && state[page] === NONE) throw new InvariantError(`page ${page} was never used, but has a slot`);
    }
    for (let slot = 0; slot < slots.owner.length; slot++) {
      const owner = slots.owner[slot];
      if (owner >= 0 && slotOf[owner] !== slot) {
        throw new InvariantError(`slot ${slot} belongs to page ${owner}, which has slot ${slotOf[owner]}`);
      }
    }
    if (slots.owner[0] >= 0)
      throw new InvariantError(`slot 0 is the header and must have no owner, got page ${slots.owner[0]}`);
    if (used + this.#free !== this.#scenario.frames || this.#free < 0) {
      throw new InvariantError(`${used} used and ${this.#free} free frames must add up to ${this.#scenario.frames}`);
    }
    this.#lists.checkInvariants((page) => state[page] === MAPPED || state[page] === CACHED);
  }

  /** Copies the state of `other`, which has the same scenario, into this object. */
  copyFrom(other: SwapMemory): void {
    this.state.set(other.state);
    this.flags.set(other.flags);
    this.slotOf.set(other.slotOf);
    this.readyAt.set(other.readyAt);
    this.reclaimedAt.set(other.reclaimedAt);
    this.bookOf.set(other.bookOf);
    this.pcOf.set(other.pcOf);
    this.decisionOf.set(other.decisionOf);
    this.slots.copyFrom(other.slots);
    this.#lists.copyFrom(other.#lists);
    this.#free = other.#free;
  }
}
