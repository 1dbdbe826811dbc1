import { EXACT, GENERATION, OWNER, PAYLOAD, type Packets, REQUEST, SEQUENCE, WHOLE } from "./packets.ts";
import type { Paths } from "./paths.ts";

/** Verdicts of a receiver on a packet: it takes the packet, discards it silently, or complains of a gap. */
export const TAKEN = 0;
/** The receiver discards the packet silently. */
export const IGNORED = 1;
/** The receiver discards the packet and asks for the missing one. */
export const COMPLAINED = 2;

/** Least time between two complaints of one queue pair about the same gap, ns. Source: HPCC's simulator. */
const COMPLAINT_NS = 500_000;

/**
 * Go-back-N: the receiver takes only the packet that is next in order, and acknowledges repeated packets again. When it
 * complains, the packet's `sequence` becomes the position that it waits for.
 */
export function judge(packets: Packets, paths: Paths, packet: number, arrival: number): number {
  const { whole, exact } = packets;
  const at = packet * WHOLE;
  const exactAt = packet * EXACT;
  const queuePair = whole[at + OWNER];
  if (whole[at + GENERATION] !== paths.generation[queuePair]) return IGNORED;
  const end = exact[exactAt + SEQUENCE];
  const expected = paths.expected[queuePair];
  const begin = end - whole[at + PAYLOAD];
  if (begin <= expected) {
    if (end > expected) {
      paths.expected[queuePair] = end;
      paths.complained[queuePair] = Number.NEGATIVE_INFINITY;
      return TAKEN;
    }
    // The work request was delivered before.
    whole[at + REQUEST] = -1;
    return TAKEN;
  }
  if (arrival - paths.complained[queuePair] < COMPLAINT_NS) return IGNORED;
  paths.complained[queuePair] = arrival;
  exact[exactAt + SEQUENCE] = expected;
  return COMPLAINED;
}
