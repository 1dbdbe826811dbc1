import type { CongestionView } from "./view.ts";

/**
 * How critical the load on a fabric is, 0 to 1: the queue pairs that send to one host, over the packets that its link carries in their
 * base round trip. At 1 a packet of each fills the round trip, and no window keeps queues short any more: Swift (SIGCOMM 2020) has
 * to pace below one packet there. It does not depend on who decides, as pauses and queues do.
 */
export function congestionPressure({ crowding }: CongestionView): number {
  return Math.min(1, crowding);
}
