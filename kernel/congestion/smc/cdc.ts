import { UPDATE_BYTES, UPDATE_SHARE } from "./constants.ts";
import { LOCAL, type SmcState } from "./smc_state.ts";

/**
 * Connection data control (CDC) messages, which carry the cursors of an SMC connection, and the data sent before them.
 * Source: Linux net/smc, smc_tx.c and smc_cdc.c; RFC 7609.
 */

/** Handles the next message from the peer of `end`. Returns whether data came with it. */
export function receiveMessage({ streams, ends, rings }: SmcState, end: number): boolean {
  const incoming = end ^ 1;
  const ring = rings[incoming];
  const position = ring.handled++;
  ends.peerStopped[end] = ring.blocked(position);
  if (ring.consumer(position) > streams.confirmed[end]) {
    streams.confirmed[end] = ring.consumer(position);
    if (streams.unsent(end) > 0) ends.wantsSend[end] = 1;
  }
  const data = ring.producer(position) > streams.arrived[incoming];
  streams.arrived[incoming] = ring.producer(position);
  return data;
}

/** Bytes that a receiver must have read before it announces them in a message without data. */
export function updateLimit(rmbe: number, rule: "max" | "min"): number {
  return Math[rule](UPDATE_SHARE * rmbe, UPDATE_BYTES);
}

/**
 * Decides whether the read progress of the application at `end` needs a message of its own. It does when more than
 * `limit` bytes are unannounced and the sender knows of at most half of the buffer as free, or has stopped for lack of
 * space.
 */
export function considerUpdate({ streams, ends }: SmcState, end: number, limit: number): void {
  const incoming = end ^ 1;
  const { arrived, consumed, announced, window } = streams;
  const senderFree = window[incoming] - (arrived[incoming] - announced[incoming]);
  if (
    consumed[incoming] - announced[incoming] > limit &&
    (senderFree <= window[incoming] / 2 || ends.peerStopped[end] === 1)
  ) {
    ends.owesUpdate[end] = 1;
    ends.wantsSend[end] = 1;
  }
  if (streams.unread(incoming) === 0) ends.peerStopped[end] = 0;
}

/**
 * Sends a message from `end`, behind the data for which there is space. Returns the bytes of that data; 0 for an
 * announcement only.
 */
export function sendMessage({ streams, ends, rings, counters, kind }: SmcState, end: number): number {
  const unsent = streams.unsent(end);
  const space = streams.space(end);
  const bytes = Math.min(unsent, space);
  counters.cdcMessages++;
  if (bytes > 0) {
    ends.stopped[end] = unsent >= space ? 1 : 0;
    ends.lacksSpace[end] = 0;
    if (kind[end >> 1] === LOCAL) counters.localBytes += bytes;
    else {
      const window = streams.window[end];
      counters.rdmaWrites += (streams.sent[end] % window) + bytes > window ? 2 : 1;
      counters.rdmaBytes += bytes;
    }
    streams.sent[end] += bytes;
  } else {
    counters.windowUpdates++;
  }
  ends.wantsSend[end] = 0;
  ends.owesUpdate[end] = 0;
  streams.announced[end ^ 1] = streams.consumed[end ^ 1];
  rings[end].post(streams.sent[end], streams.consumed[end ^ 1], ends.stopped[end]);
  return bytes;
}
