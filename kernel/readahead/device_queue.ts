import { type RandomStream, randomStream } from "../random.ts";
import type { DeviceProfile } from "./device.ts";

/** Pages of one request of another tenant. Source: choice, 128 KiB. */
export const BACKGROUND_PAGES = 32;

/** Completions that are remembered to count the reads under way; more than can be under way. */
const REMEMBERED = 4096;

/**
 * The queue of an asynchronous device. Media answer after a fixed latency, a number of requests at a time. A bus then
 * carries pages one after another, in the order in which the media deliver them. Swap-in, swap-out and the requests of
 * other tenants share the bus.
 *
 * A second clock carries only the requests of the other tenants. The difference between both clocks is the delay that
 * this program inflicts on them. Every request, writes included, takes the latency of the media before the bus
 * (choice), so the order on the bus is the order of submission. All times in us.
 */
export class DeviceQueue {
  readonly #device: DeviceProfile;
  readonly #meanGap: number;
  readonly #arrivals: RandomStream;
  #nextArrival = Number.POSITIVE_INFINITY;
  #busFree = 0;
  /** Start of the current unbroken run of transfers on the bus. */
  #busySince = 0;
  #backgroundFree = 0;
  #inflicted = 0;
  #backgroundRequests = 0;
  /**
   * When each channel becomes free. Requests take channels in turn; because all have one latency, that is the order of
   * completion.
   */
  readonly #channels: Float64Array;
  #channel = 0;
  readonly #completions = new Float64Array(REMEMBERED);
  /** Owner of each remembered read. */
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

  /**
   * Creates an idle device.
   *
   * @param backgroundLoad share of the bus that other tenants use, 0 to below 1
   */
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
   * Submits a read of one page. Returns when it is complete. Requests come by rising time, except for the few us in
   * which a thread decides and makes room between its fault and its read; they take their turn in the order of
   * submission.
   *
   * @param owner a number that the caller chooses, -1 for none
   */
  read(now: number, owner = -1): number {
    const done = this.#submit(now, 1);
    if (this.#submitted - this.#completed === REMEMBERED) this.#completed++;
    this.#owners[this.#submitted % REMEMBERED] = owner;
    this.#completions[this.#submitted++ % REMEMBERED] = done;
    return done;
  }

  /**
   * Calls `receive` for each read with an owner (0 or above) that will delay a read submitted now, with the time by
   * which it does. These are the reads since the bus was last idle, the newest first: everything behind a transfer
   * comes later by the length of that transfer. The times add up to no more than the time for which the read will wait
   * for the bus. Call it right before the read.
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

  /** Submits a write of neighbouring slots as one request. No thread waits for it. */
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

  /** Uses the bus for `length` us from `arrival`, or after all earlier transfers. Returns when the transfer ends. */
  #carry(arrival: number, length: number): number {
    if (arrival >= this.#busFree) this.#busySince = arrival;
    this.#busFree = Math.max(arrival, this.#busFree) + length;
    return this.#busFree;
  }

  /** Lets the requests of other tenants that reach the bus until `time` take their turn. */
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

  /**
   * Time that a read submitted at `now` would wait, beyond the media latency and its own transfer, us. Later arrivals
   * are unknown and do not count.
   */
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
