import { SUBMIT_PAGE_US } from "./device.ts";
import type { DeviceQueue } from "./device_queue.ts";
import type { SwapDevice } from "./swap_device.ts";

/**
 * A drive or remote memory behind a queue. Reads go on while threads run, and share the bus with writes and other
 * tenants.
 */
export class AsynchronousDevice implements SwapDevice {
  readonly bypassesSwapCache = false;
  readonly #queue: DeviceQueue;
  readonly #halfOfFrames: number;

  /** @param queue the device's queue, which this object owns */
  constructor(queue: DeviceQueue, frames: number) {
    this.#queue = queue;
    this.#halfOfFrames = frames >> 1;
  }

  get inflicted(): number {
    return this.#queue.inflicted;
  }

  get backgroundRequests(): number {
    return this.#queue.backgroundRequests;
  }

  get busy(): number {
    return this.#queue.busy;
  }

  readableFrames(now: number): number {
    return this.#halfOfFrames - this.#queue.inFlight(now);
  }

  submitAhead(now: number, _nth: number, decision: number): number {
    return this.#queue.read(now, decision);
  }

  /** Returns when the page is there. */
  submitDemand(now: number, onDelay: (decision: number, us: number) => void): number {
    this.#queue.heldUpBy(now, onDelay);
    return this.#queue.read(now);
  }

  readingUs(): number {
    return 0;
  }

  waitUs(clock: number, submitted: number): number {
    return submitted - clock;
  }

  /** After the wait, although part of it falls into it: a processor that works is not free for others (choice). */
  submittingUs(pages: number): number {
    return pages * SUBMIT_PAGE_US;
  }

  /** No thread waits for a write. */
  write(now: number, pages: number): number {
    this.#queue.write(now, pages);
    return 0;
  }

  inFlight(now: number): number {
    return this.#queue.inFlight(now);
  }

  queueWait(now: number): number {
    return this.#queue.wait(now);
  }

  advance(time: number): void {
    this.#queue.advance(time);
  }

  fork(): SwapDevice {
    return new AsynchronousDevice(this.#queue.fork(), 2 * this.#halfOfFrames);
  }
}
