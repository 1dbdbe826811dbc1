import { type RandomStream, randomStream } from "../random.ts";
import type { DeviceProfile } from "./device.ts";

/** Pages of a request of the other tenants. Source: choice, 128 KiB. */
export const BACKGROUND_PAGES = 32;

/** Completions remembered for the count of reads under way; more than can be. */
const REMEMBERED = 4096;

/**
 * An asynchronous device: media that answer after a fixed latency, a number of requests at a time, and a bus that carries
 * pages one after another in the order in which the media deliver them. Swap-in, swap-out and the requests of other
 * tenants share the bus.
 *
 * A second clock carries the other tenants' requests alone; the difference between both is the delay that this program
 * inflicted on them. Every request takes the media's latency before the bus, writes too (choice), so that the order on
 * the bus is the order of submission. All times in us.
 */
export class DeviceQueue {
  readonly #device: DeviceProfile;
  readonly #meanGap: number;
  readonly #arrivals: RandomStream;
  #nextArrival = Number.POSITIVE_INFINITY;
  #busFree = 0;
  /** Since when the bus has carried one transfer after another. */
  #busySince = 0;
  #backgroundFree = 0;
  #inflicted = 0;
  #backgroundRequests = 0;
  /** When each channel is free; requests take them in turn, which with one latency for all is the order of completion. */
  readonly #channels: Float64Array;
  #channel = 0;
  readonly #completions = new Float64Array(REMEMBERED);
  /** Whose reads they are. */
  readonly #owners = new Int32Array(REMEMBERED);
  #submitted = 0;
  #completed = 0;
  #busy = 0;

  private constructor(device: DeviceProfile, meanGap: number, arrivals: RandomStream) {
    this.#device = device;
    this.#meanGap = meanGap;
    this.#arrivals = arrivals;
    this.#channels = new Float64Array(device.queueDepth);
  }

  /** An idle device. @param backgroundLoad share of the bus that other tenants use, 0 to below 1 */
  static create(device: DeviceProfile, backgroundLoad: number, seed: number): DeviceQueue {
    const meanGap = (BACKGROUND_PAGES * device.pageUs) / backgroundLoad;
    const queue = new DeviceQueue(device, meanGap, randomStream(seed, "readahead/background"));
    if (backgroundLoad > 0) queue.#nextArrival = meanGap * queue.#arrivals.exponential();
    return queue;
  }

  /** Delay inflicted on the other tenants' requests so far, us. */
  get inflicted(): number {
    return this.#inflicted;
  }

  /** Requests of other tenants so far. */
  get backgroundRequests(): number {
    return this.#backgroundRequests;
  }

  /** Time for which the bus has carried this program's pages, us. */
  get busy(): number {
    return this.#busy;
  }

  /**
   * Submits a read of one page, of an owner (a number of the caller's) or of none. Returns when it is complete. Requests come by rising time, but for the few us that a
   * thread decides and makes room between its fault and its read; they take their turn as they come.
   */
  read(now: number, owner = -1): number {
    const done = this.#submit(now, 1);
    if (this.#submitted - this.#completed === REMEMBERED) this.#completed++;
    this.#owners[this.#submitted % REMEMBERED] = owner;
    this.#completions[this.#submitted++ % REMEMBERED] = done;
    return done;
  }

  /**
   * Tells of reads with an owner (0 or above) that will hold up a read submitted now, and for how long each does, us: those since which
   * the bus has not been idle, the newest first, as everything behind a transfer comes later by its length. Together that is no longer than
   * the read will wait for the bus. Call it right before the read.
   */
  heldUpBy(now: number, receive: (owner: number, us: number) => void): void {
    const { latencyUs, pageUs } = this.#device;
    const answered = Math.max(now, this.#channels[this.#channel]) + latencyUs;
    this.advance(answered);
    let wait = this.#busFree - answered;
    const oldest = Math.max(0, this.#submitted - REMEMBERED);
    for (let i = this.#submitted - 1; i >= oldest && wait > 0; i--) {
      if (this.#completions[i % REMEMBERED] <= this.#busySince) return;
      const owner = this.#owners[i % REMEMBERED];
      if (owner < 0) continue;
      receive(owner, Math.min(wait, pageUs));
      wait -= pageUs;
    }
  }

  /** Submits a write of neighbouring slots, one request. Nobody waits for it. */
  write(now: number, pages: number): void {
    this.#submit(now, pages);
  }

  #submit(now: number, pages: number): number {
    const { latencyUs, pageUs } = this.#device;
    const arrival = Math.max(now, this.#channels[this.#channel]) + latencyUs;
    this.advance(arrival);
    const done = this.#carry(arrival, pages * pageUs);
    this.#busy += pages * pageUs;
    this.#channels[this.#channel] = done;
    this.#channel = this.#channel + 1 === this.#channels.length ? 0 : this.#channel + 1;
    return done;
  }

  /** Gives the bus to what arrives for so long, after all before it. Returns when it is done. */
  #carry(arrival: number, length: number): number {
    if (arrival >= this.#busFree) this.#busySince = arrival;
    this.#busFree = Math.max(arrival, this.#busFree) + length;
    return this.#busFree;
  }

  /** Lets the other tenants' requests that reach the bus until `time` take their turn. */
  advance(time: number): void {
    const length = BACKGROUND_PAGES * this.#device.pageUs;
    while (this.#nextArrival <= time) {
      const arrival = this.#nextArrival;
      this.#carry(arrival, length);
      this.#backgroundFree = Math.max(arrival, this.#backgroundFree) + length;
      this.#inflicted += this.#busFree - this.#backgroundFree;
      this.#backgroundRequests++;
      this.#nextArrival = arrival + this.#meanGap * this.#arrivals.exponential();
    }
  }

  /** Reads submitted and not complete at `now`. */
  inFlight(now: number): number {
    while (this.#completed < this.#submitted && this.#completions[this.#completed % REMEMBERED] <= now) {
      this.#completed++;
    }
    return this.#submitted - this.#completed;
  }

  /** What a read submitted at `now` would wait beyond media latency and its own transfer, as far as known now, us. */
  wait(now: number): number {
    const start = Math.max(now, this.#channels[this.#channel]);
    return start - now + Math.max(0, this.#busFree - start - this.#device.latencyUs);
  }

  /** An exact copy with its own state. */
  fork(): DeviceQueue {
    const copy = new DeviceQueue(this.#device, this.#meanGap, this.#arrivals.fork());
    copy.#nextArrival = this.#nextArrival;
    copy.#busFree = this.#busFree;
    copy.#busySince = this.#busySince;
    copy.#backgroundFree = this.#backgroundFree;
    copy.#inflicted = this.#inflicted;
    copy.#backgroundRequests = this.#backgroundRequests;
    copy.#channels.set(this.#channels);
    copy.#channel = this.#channel;
    copy.#completions.set(this.#completions);
    copy.#owners.set(this.#owners);
    copy.#submitted = this.#submitted;
    copy.#completed = this.#completed;
    copy.#busy = this.#busy;
    return copy;
  }
}
