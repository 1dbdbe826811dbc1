import { BACKGROUND_PAGES } from "./device_queue.ts";
import type { ReadaheadView } from "./view.ts";

/**
 * Requests of 128 KiB behind which a major fault waits when an asynchronous device is critical. Source: choice; at random arrivals
 * so many wait where the bus is busy for 16/17 of the time, and without bound soon after.
 */
const CRITICAL_REQUESTS = 8;

/**
 * How many times slower swapping makes a program when a synchronous device is critical. Source: choice; what is usual for programs
 * with a tenth of their memory comes to about 75 at times, and at 200 nothing gets done.
 */
const CRITICAL_SLOWDOWN = 200;

/**
 * How critical the load on the swap device is, 0 to 1. Asynchronous: what major faults wait for beyond the device's own time, in
 * requests that are ahead of them. Synchronous, where reads do not queue: the logarithm of the slowdown by all time that is stalled.
 * PSI is of no use: programs that do not fit their memory stall for most of their time under any policy.
 */
export function readaheadPressure({ device, majorUs, stallShare }: ReadaheadView): number {
  const { synchronous, latencyUs, pageUs } = device;
  if (synchronous) return Math.min(1, -Math.log(1 - stallShare) / Math.log(CRITICAL_SLOWDOWN));
  const waited = Math.max(0, majorUs - latencyUs - pageUs);
  return Math.min(1, waited / (CRITICAL_REQUESTS * BACKGROUND_PAGES * pageUs));
}
