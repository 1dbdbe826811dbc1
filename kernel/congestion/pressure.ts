import type { CongestionView } from "./view.ts";

/**
 * Packets of each queue pair in a base round trip at which the load is critical: twice as many as fit. Source: choice,
 * above the 1.8 that the greatest incast of the training workloads comes to.
 */
const CRITICAL = 2;

/**
 * Pressure of a fabric's load, 0 to 1: the queue pairs that send to one host, divided by twice the packets that its
 * link carries in their base round trip. From one packet per queue pair on, no window keeps queues short: Swift
 * (SIGCOMM 2020) has to pace below one packet there. Unlike pauses and queues, it does not depend on the policy.
 */
export function congestionPressure({ crowding }: CongestionView): number {
  return Math.min(1, crowding / CRITICAL);
}
