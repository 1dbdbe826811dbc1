import { HEADER, MTU } from "../scenario.ts";
import { LEAST_SHARE, Program } from "./program.ts";

/** Constants of every window-based program. */
export interface WindowLimits {
  /** Initial window: the sum of `startPackets` packets and `startShare` bandwidth-delay products. */
  readonly startPackets: number;
  readonly startShare: number;
  /** Pacing rate relative to window / base round trip; Infinity for line rate. */
  readonly pace: number;
}

/** Bytes on the wire per byte of payload. */
export const WIRE = (MTU + HEADER) / MTU;

/** A program that controls a window, in packets. The rate follows from the window. */
export abstract class WindowProgram<Constants extends WindowLimits> extends Program<Constants> {
  /** Initial window, packets. */
  protected startWindow(queuePair: number): number {
    const { startPackets, startShare } = this.constants;
    return Math.max(startPackets + startShare * this.bandwidthDelay(queuePair), this.leastWindow(queuePair));
  }

  /** Packets in flight at line rate without a queue. */
  protected bandwidthDelay(queuePair: number): number {
    const { line, base } = this.table;
    return (line[queuePair] * base[queuePair]) / (MTU * WIRE);
  }

  /** Least window, packets. */
  protected leastWindow(queuePair: number): number {
    return LEAST_SHARE * this.bandwidthDelay(queuePair);
  }

  /**
   * Sets a window of `packets` packets. One chunk is always allowed. If the window is smaller than a chunk, the rate is
   * limited to this window per round trip of `rtt` ns.
   */
  protected setWindow(queuePair: number, packets: number, rtt: number): void {
    const { table, constants } = this;
    const bytes = packets * MTU;
    table.window[queuePair] = Math.max(table.chunk, bytes);
    let rate = Math.min(table.line[queuePair], (constants.pace * bytes * WIRE) / table.base[queuePair]);
    if (bytes < table.chunk) rate = Math.min(rate, (bytes * WIRE) / rtt);
    table.rate[queuePair] = rate;
  }

  /**
   * Whether the window limits what the queue pair sends. If it does not, the window must not grow. Source: RFC 7661.
   */
  protected limited(queuePair: number, packets: number): boolean {
    const { sent, acked, chunk, ack } = this.table;
    return sent[queuePair] - acked[queuePair] + ack.bytes + chunk >= packets * MTU;
  }
}
