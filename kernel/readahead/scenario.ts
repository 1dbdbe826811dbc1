import type { DeviceProfile } from "./device.ts";
import type { ReadaheadWorkload } from "./workload.ts";

/** The program, its memory and device, and the load beside it. */
export interface ReadaheadScenario {
  readonly workload: ReadaheadWorkload;
  /** Page frames the program may use, at least `MIN_FRAMES`: the limit of its memory control group. */
  readonly frames: number;
  readonly device: DeviceProfile;
  /** Share of the bus that other tenants use, 0 to below 1. Their requests of 128 KiB come at random times. */
  readonly backgroundLoad: number;
  /** Share of the swap device's slots that other programs hold, at random places. 0 to below 1. */
  readonly fragmentation: number;
  /** Whether the faulting page is read before those pages of a window that precede it. Linux: false. */
  readonly demandFirst: boolean;
  /**
   * Whether one LRU list without second chance replaces Linux's two lists. This gives memory the stack property: more
   * frames never cause more faults.
   */
  readonly singleList: boolean;
  /** Whether a shadow of the memory without readahead counts the major faults that readahead caused. Costs time. */
  readonly countPollution: boolean;
}

/** Fewest frames. Source: choice; reclaim works in batches of 32, and windows reach 64 pages. */
export const MIN_FRAMES = 64;

/** Throws a RangeError that names the first impossible setting. */
export function assertScenario({ workload, frames, backgroundLoad, fragmentation }: ReadaheadScenario): void {
  if (!Number.isInteger(frames) || frames < MIN_FRAMES) {
    throw new RangeError(`${workload.name}: frames must be a whole number of at least ${MIN_FRAMES}, got ${frames}`);
  }
  for (const [name, value] of Object.entries({ backgroundLoad, fragmentation })) {
    if (!(value >= 0 && value < 1)) throw new RangeError(`${name} must be at least 0 and below 1, got ${value}`);
  }
}
