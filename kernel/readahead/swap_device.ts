/**
 * What a swap device does to the thread that uses it. Synchronous and asynchronous devices differ in everything here, so
 * each kind has a class of its own and the kernel asks this interface. All times in us.
 *
 * One decision reads at most one demand page (the page that faulted) and any number of pages ahead of use. The kernel
 * calls `submitAhead` and, at a fault, `submitDemand` in the order of submission; then it charges the thread
 * `readingUs`, at a fault `waitUs`, and `submittingUs`.
 */
export interface SwapDevice {
  /**
   * Whether a mapped page bypasses the swap cache, so that its slot is freed when it is mapped. Source: mm/memory.c,
   * should_try_to_free_swap.
   */
  readonly bypassesSwapCache: boolean;
  /** Delay inflicted on other tenants since the start, us. */
  readonly inflicted: number;
  /** Requests of other tenants since the start. */
  readonly backgroundRequests: number;
  /** Time for which the bus has carried this program's pages, us. */
  readonly busy: number;

  /**
   * Frames that pages under way may take at `now`. A page under way cannot be reclaimed, so half of the frames stay free
   * of such pages.
   */
  readableFrames(now: number): number;
  /** Submits the read of a page ahead of use for a decision, the `nth` of that decision (from 1). Returns when it ends. */
  submitAhead(now: number, nth: number, decision: number): number;
  /**
   * Submits the read of the demand page. Returns what `waitUs` needs.
   *
   * @param onDelay told of every decision whose pages hold up this read, and for how long each page does
   */
  submitDemand(now: number, onDelay: (decision: number, us: number) => void): number;
  /** Time for which the thread itself reads `pages` pages ahead of use, before it waits for a demand page if there is one. */
  readingUs(pages: number, demand: boolean): number;
  /** Time for which the thread waits for its demand page. @param submitted what `submitDemand` returned */
  waitUs(clock: number, submitted: number): number;
  /** Time for which the thread submits `pages` pages ahead of use; charged after the wait. */
  submittingUs(pages: number): number;
  /** Writes reclaimed pages, at least one. Returns the time that the reclaiming thread takes for it. */
  write(now: number, pages: number): number;

  /** Reads submitted and not complete at `now`. */
  inFlight(now: number): number;
  /** Time for which a read submitted at `now` would wait for the bus or a channel. */
  queueWait(now: number): number;
  /** Lets the requests of other tenants take their turn until `time`. */
  advance(time: number): void;
  /** An exact copy with its own state. */
  fork(): SwapDevice;
}
