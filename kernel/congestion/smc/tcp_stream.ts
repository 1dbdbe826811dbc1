import { TCP_POST_BYTES, TCP_UPDATE_BYTES } from "./constants.ts";
import type { SmcState } from "./smc_state.ts";

/**
 * The byte stream of a connection that fell back to TCP. Acknowledgements carry the window and no bytes. An
 * acknowledgement that only announces a window takes as long as the last measured one.
 */

/** Sends the next piece of direction `d`. Returns its bytes, 0 when there is nothing to send or no window. */
export function sendSegment({ streams, ends, rings, counters }: SmcState, d: number): number {
  const bytes = Math.min(streams.unsent(d), streams.space(d), TCP_POST_BYTES);
  ends.wantsSend[d] = 0;
  if (bytes === 0) return 0;
  ends.lacksSpace[d] = 0;
  streams.sent[d] += bytes;
  counters.tcpBytes += bytes;
  rings[d].post(streams.sent[d], 0, 0);
  return bytes;
}

/** Handles the arrival of a piece. Bytes that are read before `acknowledge` is called go with its acknowledgement. */
export function receiveSegment({ streams, ends, rings }: SmcState, d: number, now: number): void {
  const ring = rings[d];
  const position = ring.handled++;
  if (position === ring.completed) ends.ackedSince[d] = now;
  streams.arrived[d] = ring.producer(position);
  streams.announced[d] = streams.arrived[d];
}

/** Sends the acknowledgement of the last piece. */
export function acknowledge({ streams, rings }: SmcState, d: number): void {
  streams.announced[d] = streams.consumed[d];
  rings[d].setConsumer(rings[d].handled - 1, streams.consumed[d]);
}

/** Handles the arrival of the acknowledgement for the piece at `position`. */
export function acknowledged(state: SmcState, d: number, position: number, now: number): void {
  const { ends, rings } = state;
  if (!Number.isNaN(ends.ackedSince[d])) {
    ends.ackNs[d] = now - ends.ackedSince[d];
    ends.ackedSince[d] = Number.NaN;
  }
  openWindow(state, d, rings[d].consumer(position));
}

/** Tells the sender that `consumed` bytes were read. */
export function openWindow({ streams, ends }: SmcState, d: number, consumed: number): void {
  if (consumed <= streams.confirmed[d]) return;
  streams.confirmed[d] = consumed;
  if (streams.unsent(d) > 0) ends.wantsSend[d] = 1;
}

/** Whether to announce now what was read since the last acknowledgement. The announcement arrives after `ackNs`. */
export function announceWindow({ streams, ends }: SmcState, d: number): boolean {
  if (Number.isNaN(ends.ackNs[d]) || ends.windowNews[d] >= 0) return false;
  const unannounced = streams.consumed[d] - streams.announced[d];
  if (unannounced < Math.min(streams.window[d] / 2, TCP_UPDATE_BYTES)) return false;
  streams.announced[d] = streams.consumed[d];
  ends.windowNews[d] = streams.consumed[d];
  return true;
}
