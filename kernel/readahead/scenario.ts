import type { DeviceProfile } from "./device.ts";
import type { ReadaheadWorkload } from "./workload.ts";

/** What runs, on what, beside what. */
export interface ReadaheadScenario {
  readonly workload: ReadaheadWorkload;
  /** Page frames the program may use, at least `MIN_FRAMES`: the limit of its memory control group. */
  readonly frames: number;
  readonly device: DeviceProfile;
  /** Share of the bus that other tenants use: requests of 128 KiB at random times. 0 to below 1. */
  readonly backgroundLoad: number;
  /** Share of the swap device's slots that somebody else holds, at random places. 0 to below 1. */
  readonly fragmentation: number;
  /** Whether the faulting page is read before the pages of a window that precede it. Linux: false. */
  readonly demandFirst: boolean;
  /** Whether one LRU list without second chance takes the place of Linux's two: for the stack property. */
  readonly singleList: boolean;
  /** Whether a shadow of the memory without readahead counts the majors that readahead caused. Costs time. */
  readonly countPollution: boolean;
}

/** Fewest frames: reclaim works in batches of 32 and windows reach 64 pages. Source: choice. */
export const MIN_FRAMES = 64;

/** Throws a RangeError that names the first setting that is impossible. */
export function assertScenario({ workload, frames, backgroundLoad, fragmentation }: ReadaheadScenario): void {
  if (!Number.isInteger(frames) || frames < MIN_FRAMES) {
    throw new RangeError(`${workload.name}: frames must be a whole number of at least ${MIN_FRAMES}, got ${frames}`);
  }
  for (const [name, value] of Object.entries({ backgroundLoad, fragmentation })) {
    if (!(value >= 0 && value < 1)) throw new RangeError(`${name} must be at least 0 and below 1, got ${value}`);
  }
}
