import type { Marking, RateControl } from "./rate_control.ts";
import type { CongestionWorkload } from "./workload.ts";

/** Everything a run needs: the workload with its fabric, and how it is simulated. Immutable. */
export interface CongestionScenario {
  readonly workload: CongestionWorkload;
  /** Number of packets that are simulated as one: 1 is exact, 4 is fast and within 10 % of it. */
  readonly mtuPerChunk: number;
  /**
   * Whether priority flow control keeps switches from dropping packets. Otherwise packets that do not fit are dropped
   * and sent again.
   */
  readonly lossless: boolean;
  /** Time at which a run stops, ns. Messages that are not finished by then count as unfinished. */
  readonly limitNs: number;
  /** Delay between a decision from outside and its effect, ns. A program in the NIC has no such delay. */
  readonly decisionNs: number;
  /** How switches mark while rates come from outside; null for no marks. */
  readonly marking: Marking | null;
  /** Whether packets carry telemetry while rates come from outside. */
  readonly telemetry: boolean;
  /** Program of the queue pairs that carry TCP. A copy of it runs. null when no workload needs one. */
  readonly tcp: RateControl | null;
}

/** Payload of a packet, bytes. Source: the packet simulators of HPCC and PowerTCP. */
export const MTU = 1000;

/** Header of a packet on the wire, bytes: PPP 2, IP 20, UDP 8, sequence and time 6. Source: the same. */
export const HEADER = 36;

/** Bytes that in-band telemetry adds to a packet: five hops of 8 bytes and 2. Source: HPCC. */
export const TELEMETRY = 42;

/** Size of an acknowledgement on the wire, bytes. Source: choice, header and 24 bytes. */
export const ACK_BYTES = 60;
