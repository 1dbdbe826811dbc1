import { HEADER, MTU } from "../scenario.ts";
import { LEAST_SHARE, Program } from "./program.ts";

/** Within what a window-based program moves. */
export interface WindowLimits {
  /** Window a queue pair begins with: packets, and bandwidth-delay products, added. */
  readonly startPackets: number;
  readonly startShare: number;
  /** Rate over window / base round trip; Infinity for line rate. */
  readonly pace: number;
}

/** Bytes on the wire for a byte of payload. */
export const WIRE = (MTU + HEADER) / MTU;

/** A program that decides on a window, in packets; the rate follows from it. */
export abstract class WindowProgram<Constants extends WindowLimits> extends Program<Constants> {
  /** The window it begins with, packets. */
  protected startWindow(queuePair: number): number {
    const { startPackets, startShare } = this.constants;
    return Math.max(startPackets + startShare * this.bandwidthDelay(queuePair), this.leastWindow(queuePair));
  }

  /** What flows at line rate without a queue, packets. */
  protected bandwidthDelay(queuePair: number): number {
    const { line, base } = this.table;
    return (line[queuePair] * base[queuePair]) / (MTU * WIRE);
  }

  /** Least window, packets. */
  protected leastWindow(queuePair: number): number {
    return LEAST_SHARE * this.bandwidthDelay(queuePair);
  }

  /**
   * Sets a window of so many packets. A chunk is always let through; where the window is smaller than that, the rate is what
   * it would be with this window at a round trip of `rtt` ns.
   */
  protected setWindow(queuePair: number, packets: number, rtt: number): void {
    const { table, constants } = this;
    const bytes = packets * MTU;
    table.window[queuePair] = Math.max(table.chunk, bytes);
    let rate = Math.min(table.line[queuePair], (constants.pace * bytes * WIRE) / table.base[queuePair]);
    if (bytes < table.chunk) rate = Math.min(rate, (bytes * WIRE) / rtt);
    table.rate[queuePair] = rate;
  }

  /** Whether it is the window that keeps it from sending more: else it must not grow. Source: RFC 7661. */
  protected limited(queuePair: number, packets: number): boolean {
    const { sent, acked, chunk, ack } = this.table;
    return sent[queuePair] - acked[queuePair] + ack.bytes + chunk >= packets * MTU;
  }
}
