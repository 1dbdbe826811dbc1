import type { DeviceProfile } from "./device.ts";
import type { SwapDevice } from "./swap_device.ts";

/**
 * Compressed memory: the thread that faults reads every page itself before it goes on, and the thread that reclaims
 * compresses every page itself. There is no bus, no queue and no other tenant. The object has no state.
 */
export class SynchronousDevice implements SwapDevice {
  readonly bypassesSwapCache = true;
  readonly inflicted = 0;
  readonly backgroundRequests = 0;
  readonly busy = 0;
  readonly #profile: DeviceProfile;
  readonly #readableFrames: number;

  /** @param threads threads of the program; each may read its share of half of the `frames` */
  constructor(profile: DeviceProfile, frames: number, threads: number) {
    this.#profile = profile;
    this.#readableFrames = Math.floor((frames >> 1) / threads);
  }

  readableFrames(): number {
    return this.#readableFrames;
  }

  submitAhead(now: number, nth: number): number {
    const { latencyUs, pageUs } = this.#profile;
    return now + latencyUs + nth * pageUs;
  }

  /** Submits nothing: the thread reads the demand page last, see `waitUs`. */
  submitDemand(): number {
    return Number.NaN;
  }

  readingUs(pages: number, demand: boolean): number {
    if (pages === 0) return 0;
    const { latencyUs, pageUs } = this.#profile;
    // One read of all pages has one fixed cost; with a demand page `waitUs` has it.
    return (demand ? 0 : latencyUs) + pages * pageUs;
  }

  waitUs(clock: number): number {
    const { latencyUs, pageUs } = this.#profile;
    return clock + latencyUs + pageUs - clock;
  }

  submittingUs(): number {
    return 0;
  }

  write(_now: number, pages: number): number {
    return pages * this.#profile.storeUs;
  }

  inFlight(): number {
    return 0;
  }

  queueWait(): number {
    return 0;
  }

  advance(): void {}

  fork(): SwapDevice {
    return this;
  }
}
