import { hashKey, hashUniform } from "../random.ts";
import { InvariantError } from "../subsystem.ts";

/** Slots of a cluster. Source: mm/swapfile.c, SWAPFILE_CLUSTER with huge pages. */
export const CLUSTER_SLOTS = 512;

/** Slots for each page of the program. Source: choice; swap space is commonly larger than what is swapped out. */
const SLOTS_PER_PAGE = 2.5;

const FREE = -1;
/** Owner of a slot that another program holds. */
const FOREIGN = -2;

/**
 * The slots of the swap device. Slots are handed out in rising order inside the current cluster, so slots side by side
 * were swapped out together. When no cluster is entirely free, the holes of used clusters are filled. Slot 0 is the
 * header.
 */
export class SwapSlots {
  /** `[slots]` page that owns the slot, -1 for a free slot, -2 for a slot that another program holds. */
  readonly owner: Int32Array;
  /** `[clusters]` slots in use. */
  readonly #used: Int32Array;
  #free: number;
  #cluster = -1;
  #next = 0;

  /**
   * @param fragmentation share of the slots that other programs hold, at random places
   */
  constructor(pages: number, fragmentation: number, seed: number) {
    const wanted = 1 + Math.ceil((pages * SLOTS_PER_PAGE) / (1 - fragmentation)) + CLUSTER_SLOTS;
    const clusters = Math.ceil(wanted / CLUSTER_SLOTS);
    this.owner = new Int32Array(clusters * CLUSTER_SLOTS).fill(FREE);
    this.#used = new Int32Array(clusters);
    this.owner[0] = FOREIGN;
    this.#used[0] = 1;
    this.#free = this.owner.length - 1;
    if (fragmentation === 0) return;
    const key = hashKey(seed, "readahead/fragmentation");
    for (let slot = 1; slot < this.owner.length; slot++) {
      if (hashUniform(key, slot, 0) >= fragmentation) continue;
      this.owner[slot] = FOREIGN;
      this.#used[Math.floor(slot / CLUSTER_SLOTS)]++;
      this.#free--;
    }
  }

  /** Whether less than half of the device is free. Then slots are freed at swap-in. Source: mm/swap.h, vm_swap_full. */
  get full(): boolean {
    return this.#free * 2 < this.owner.length;
  }

  /** Gives a page a slot. Returns the slot. */
  allocate(page: number): number {
    for (;;) {
      while (this.#next < (this.#cluster + 1) * CLUSTER_SLOTS) {
        const slot = this.#next++;
        if (this.owner[slot] !== FREE) continue;
        this.owner[slot] = page;
        this.#used[this.#cluster]++;
        this.#free--;
        return slot;
      }
      this.#nextCluster();
    }
  }

  /** Moves to the next cluster that is entirely free, or else to the next cluster with a hole. */
  #nextCluster(): void {
    const clusters = this.#used.length;
    let chosen = -1;
    for (let i = 1; i <= clusters; i++) {
      const cluster = (this.#cluster + i) % clusters;
      if (this.#used[cluster] === 0) {
        chosen = cluster;
        break;
      }
      if (chosen < 0 && this.#used[cluster] < CLUSTER_SLOTS) chosen = cluster;
    }
    if (chosen < 0) throw new InvariantError(`all ${this.owner.length} swap slots are in use`);
    this.#cluster = chosen;
    this.#next = chosen * CLUSTER_SLOTS;
  }

  /** Frees a slot. */
  free(slot: number): void {
    this.owner[slot] = FREE;
    this.#used[Math.floor(slot / CLUSTER_SLOTS)]--;
    this.#free++;
  }

  /** Copies the state of `other`, which has the same size, into this object. */
  copyFrom(other: SwapSlots): void {
    this.owner.set(other.owner);
    this.#used.set(other.#used);
    this.#free = other.#free;
    this.#cluster = other.#cluster;
    this.#next = other.#next;
  }
}
