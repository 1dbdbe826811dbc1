/**
 * What each queue pair measured in its last complete round trip, by its index in the table. A round trip ends with the
 * first acknowledgement of a packet that was sent after it began, at least a base round trip later.
 */
export class RoundTrips {
  /** Complete round trips since the queue pair began; 0: there is nothing to know yet. */
  count = new Int32Array(0);
  /** How long it took, ns. */
  duration = new Float64Array(0);
  /** Mean round-trip time of the acknowledged packets, weighted by bytes, ns. */
  rtt = new Float64Array(0);
  /** The same of the round trip before; the base in the first. */
  rttBefore = new Float64Array(0);
  /** Payload acknowledged, bytes. */
  bytes = new Float64Array(0);
  /** Share of the acknowledged bytes that were marked. */
  marked = new Float64Array(0);
  /** Losses it was told of. */
  losses = new Float64Array(0);
  /** With telemetry: greatest utilisation among the hops of the last packet, 1 = the link is full; else 0. */
  utilisation = new Float64Array(0);
  /** With telemetry: greatest queue of the hops, bytes; else 0. */
  queue = new Float64Array(0);
}
