import type { KernelSequence } from "./workload.ts";

/**
 * The kernels that run side by side, at most one per group, and their speeds. The list is reused: the first `count`
 * elements of each array are valid.
 */
export class RunningKernels {
  count = 0;
  /** Group of the kernel. */
  readonly group: Uint8Array;
  /** Time of the kernel alone on the GPU, ns. */
  readonly lengthNs: Float64Array;
  /** Share of the multiprocessors that the kernel can fill. */
  readonly occupancy: Float64Array;
  /** What limits the kernel: 1 arithmetic, 0 memory, -1 unknown. */
  readonly limit: Int8Array;
  /** Speed relative to the kernel alone on the GPU. */
  readonly rate: Float64Array;
  /** Share of the multiprocessors that the kernel keeps busy. All together are at most 1. */
  readonly held: Float64Array;

  /** @param most largest number of kernels at once */
  constructor(most: number) {
    this.group = new Uint8Array(most);
    this.lengthNs = new Float64Array(most);
    this.occupancy = new Float64Array(most);
    this.limit = new Int8Array(most);
    this.rate = new Float64Array(most);
    this.held = new Float64Array(most);
  }

  /** Adds kernel `kernel` of a sequence for group `group`; `lengthNs` is its length in the current request. */
  add(group: number, kernel: number, lengthNs: number, { occupancy, limit }: KernelSequence): void {
    const i = this.count++;
    this.group[i] = group;
    this.lengthNs[i] = lengthNs;
    this.occupancy[i] = occupancy[kernel];
    this.limit[i] = limit[kernel];
  }

  /** Copies all of `other` into this object. */
  copy(other: RunningKernels): void {
    this.count = other.count;
    this.group.set(other.group);
    this.lengthNs.set(other.lengthNs);
    this.occupancy.set(other.occupancy);
    this.limit.set(other.limit);
    this.rate.set(other.rate);
    this.held.set(other.held);
  }
}
