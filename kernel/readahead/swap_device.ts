/**
 * What a swap device does to the thread that uses it. Synchronous and asynchronous devices differ in everything here,
 * so each kind has its own class and the kernel uses only this interface. All times in us.
 *
 * One decision reads any number of pages ahead of use and, at a fault, the demand page (the page that faulted). The
 * kernel calls `submitAhead` and `submitDemand` in the order of submission. Then it charges the thread `readingUs`, at
 * a fault `waitUs`, and `submittingUs`.
 */
export interface SwapDevice {
  /**
   * Whether swap-in bypasses the swap cache. The slot of a page is then freed when the page is mapped. Source:
   * mm/memory.c, should_try_to_free_swap.
   */
  readonly bypassesSwapCache: boolean;
  /** Delay inflicted on other tenants since the start, us. */
  readonly inflicted: number;
  /** Requests of other tenants since the start. */
  readonly backgroundRequests: number;
  /** Time for which the bus has carried this program's pages, us. */
  readonly busy: number;

  /**
   * Returns how many more frames may hold pages under way at `now`. A page under way cannot be reclaimed, so pages
   * under way take at most half of all frames.
   */
  readableFrames(now: number): number;
  /**
   * Submits the read of a page ahead of use. Returns when the page is in memory.
   *
   * @param nth number of this page among the pages that the decision reads ahead, from 1
   * @param decision number of the decision that reads the page
   */
  submitAhead(now: number, nth: number, decision: number): number;
  /**
   * Submits the read of the demand page. Returns what `waitUs` needs.
   *
   * @param onDelay receives each earlier page that holds up this read: the decision that read the page, and the time
   */
  submitDemand(now: number, onDelay: (decision: number, us: number) => void): number;
  /**
   * Returns the time for which the thread itself reads `pages` pages ahead of use, before it waits for the demand page.
   *
   * @param demand whether the thread reads a demand page too
   */
  readingUs(pages: number, demand: boolean): number;
  /**
   * Returns the time for which a thread at `clock` waits for its demand page.
   *
   * @param submitted what `submitDemand` returned
   */
  waitUs(clock: number, submitted: number): number;
  /** Returns the time for which the thread submits `pages` pages ahead of use. It is charged after the wait. */
  submittingUs(pages: number): number;
  /** Writes reclaimed pages, at least one. Returns the time that this takes the reclaiming thread. */
  write(now: number, pages: number): number;

  /** Returns the number of reads submitted and not complete at `now`. */
  inFlight(now: number): number;
  /** Returns the time for which a read submitted at `now` would wait for the bus or a channel. */
  queueWait(now: number): number;
  /** Lets the requests of other tenants take their turn until `time`. */
  advance(time: number): void;
  /** An exact copy with its own state. */
  fork(): SwapDevice;
}
