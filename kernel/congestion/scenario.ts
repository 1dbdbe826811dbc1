import type { Marking, RateControl } from "./rate_control.ts";
import type { CongestionWorkload } from "./workload.ts";

/** What a run is played on: the workload with its fabric, and how that is simulated. Immutable. */
export interface CongestionScenario {
  readonly workload: CongestionWorkload;
  /** Packets that are simulated as one: 1 is exact, 4 is fast and within 10 % of it. */
  readonly mtuPerChunk: number;
  /** Whether priority flow control keeps switches from dropping; else what does not fit is dropped and sent again. */
  readonly lossless: boolean;
  /** Time after which a run is stopped and messages that are not done count as such, ns. */
  readonly limitNs: number;
  /** Time a decision takes to come into effect when it is not made by a program in the NIC, ns. */
  readonly decisionNs: number;
  /** How switches mark while rates are set from outside; null for not at all. */
  readonly marking: Marking | null;
  /** Whether packets carry telemetry while rates are set from outside. */
  readonly telemetry: boolean;
  /** Program of queue pairs that carry TCP, a copy of which runs; null where no workload needs one. */
  readonly tcp: RateControl | null;
}

/** Payload of a packet, bytes. Source: the packet simulators of HPCC and PowerTCP. */
export const MTU = 1000;

/** Header of a packet on the wire, bytes: PPP 2, IP 20, UDP 8, sequence and time 6. Source: the same. */
export const HEADER = 36;

/** What in-band telemetry adds to a packet: five hops of 8 bytes and 2. Source: HPCC. */
export const TELEMETRY = 42;

/** An acknowledgement on the wire, bytes. Source: choice, header and 24 bytes. */
export const ACK_BYTES = 60;
