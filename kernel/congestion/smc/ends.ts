import { copyState } from "../copy_state.ts";

/** Jobs of the processor at an end of a connection; `IDLE` for none. */
export const IDLE = 0;
export const RECEIVE = 1;
export const SEND = 2;
export const READ = 3;
export const WRITE = 4;

/**
 * State of both ends of every connection, apart from their cursors. End 2c is the client of connection c, end 2c + 1
 * its server.
 */
export class Ends {
  /** Current job of the processor, and its number of bytes. */
  readonly job: Uint8Array;
  readonly amount: Float64Array;
  /** 1 when the end has to check whether there is something to send. */
  readonly wantsSend: Uint8Array;
  /** 1 when the end has to announce what its application has read. */
  readonly owesUpdate: Uint8Array;
  /** 1 while its application reads. */
  readonly awake: Uint8Array;
  /** 1 when a timer will make its application read. */
  readonly waking: Uint8Array;
  /** 1 when its application waits for room in the send buffer; 1 when its data waits for room in the peer's buffer. */
  readonly lacksRoom: Uint8Array;
  readonly lacksSpace: Uint8Array;
  /** 1 when its last message with data used up the peer's buffer; 1 when the peer's last message said so. */
  readonly stopped: Uint8Array;
  readonly peerStopped: Uint8Array;
  /** 1 when a timer will make it write a response. */
  readonly answering: Uint8Array;
  /** TCP: the window that is being announced to this end, -1 for none. */
  readonly windowNews: Float64Array;
  /**
   * TCP: time that an acknowledgement takes to this end, ns, NaN before the first; arrival of the message that measures
   * it, else NaN.
   */
  readonly ackNs: Float64Array;
  readonly ackedSince: Float64Array;

  constructor(count: number) {
    this.job = new Uint8Array(count);
    this.amount = new Float64Array(count);
    this.wantsSend = new Uint8Array(count);
    this.owesUpdate = new Uint8Array(count);
    this.awake = new Uint8Array(count);
    this.waking = new Uint8Array(count);
    this.lacksRoom = new Uint8Array(count);
    this.lacksSpace = new Uint8Array(count);
    this.stopped = new Uint8Array(count);
    this.peerStopped = new Uint8Array(count);
    this.answering = new Uint8Array(count);
    this.windowNews = new Float64Array(count).fill(-1);
    this.ackNs = new Float64Array(count).fill(Number.NaN);
    this.ackedSince = new Float64Array(count).fill(Number.NaN);
  }

  fork(): Ends {
    const copy = new Ends(0);
    copyState(this, copy);
    return copy;
  }
}
