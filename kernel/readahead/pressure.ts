import { BACKGROUND_PAGES } from "./device_queue.ts";
import type { ReadaheadView } from "./view.ts";

/**
 * An asynchronous device is critical when a major fault waits behind this many requests of 128 KiB. Source: choice.
 * With random arrivals that many requests wait when the bus is busy for 16/17 of the time; soon after, the queue grows
 * without bound.
 */
const CRITICAL_REQUESTS = 8;

/**
 * A synchronous device is critical when swapping makes a program this many times slower. Source: choice. Usual programs
 * with a tenth of their memory reach about 75 at times, and at 200 nothing gets done.
 */
const CRITICAL_SLOWDOWN = 200;

/**
 * Returns how critical the load on the swap device is, 0 to 1. Asynchronous: how long major faults wait beyond the
 * device's own time, measured in requests that are ahead of them. Synchronous devices do not queue reads: there it is
 * the logarithm of the slowdown by all stalled time. PSI does not help: programs that do not fit their memory stall for
 * most of their time under any policy.
 */
export function readaheadPressure({ device, majorUs, stallShare }: ReadaheadView): number {
  const { synchronous, latencyUs, pageUs } = device;
  if (synchronous) return Math.min(1, -Math.log(1 - stallShare) / Math.log(CRITICAL_SLOWDOWN));
  const waited = Math.max(0, majorUs - latencyUs - pageUs);
  return Math.min(1, waited / (CRITICAL_REQUESTS * BACKGROUND_PAGES * pageUs));
}
