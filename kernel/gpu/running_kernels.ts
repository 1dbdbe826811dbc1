import type { KernelSequence } from "./workload.ts";

/** The kernels that run side by side, one a group, and how fast. A reused list: the first `count` elements of each array count. */
export class RunningKernels {
  count = 0;
  /** Whose it is. */
  readonly group: Uint8Array;
  /** Time alone on the GPU, ns. */
  readonly lengthNs: Float64Array;
  /** Share of the multiprocessors it can fill. */
  readonly occupancy: Float64Array;
  /** What limits it: 1 arithmetic, 0 memory, -1 unknown. */
  readonly limit: Int8Array;
  /** Speed, 1 for that alone on the GPU. */
  readonly rate: Float64Array;
  /** Share of the multiprocessors it keeps. All together are at most 1. */
  readonly held: Float64Array;

  /** @param most kernels at once */
  constructor(most: number) {
    this.group = new Uint8Array(most);
    this.lengthNs = new Float64Array(most);
    this.occupancy = new Float64Array(most);
    this.limit = new Int8Array(most);
    this.rate = new Float64Array(most);
    this.held = new Float64Array(most);
  }

  /** Adds kernel `kernel` of a sequence, of that length in the present request, as group `group`'s. */
  add(group: number, kernel: number, lengthNs: number, { occupancy, limit }: KernelSequence): void {
    const i = this.count++;
    this.group[i] = group;
    this.lengthNs[i] = lengthNs;
    this.occupancy[i] = occupancy[kernel];
    this.limit[i] = limit[kernel];
  }

  /** Becomes what `other` is. */
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
