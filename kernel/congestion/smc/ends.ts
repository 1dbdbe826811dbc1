import { copyState } from "../copy_state.ts";

/** What a processor at an end of a connection may do; `IDLE` for nothing. */
export const IDLE = 0;
export const RECEIVE = 1;
export const SEND = 2;
export const READ = 3;
export const WRITE = 4;

/** State of both ends of every connection, beside their cursors: end 2c is the client of connection c, 2c + 1 its server. */
export class Ends {
  /** What its processor does, and with how many bytes. */
  readonly job: Uint8Array;
  readonly amount: Float64Array;
  /** 1: it is to look whether there is something to send. */
  readonly wantsSend: Uint8Array;
  /** 1: it is to announce what its application has read. */
  readonly owesUpdate: Uint8Array;
  /** 1: its application reads. */
  readonly awake: Uint8Array;
  /** 1: its application will read, there is a timer for it. */
  readonly waking: Uint8Array;
  /** 1: its application waits for room in the send buffer; its data wait for room in the peer's buffer. */
  readonly lacksRoom: Uint8Array;
  readonly lacksSpace: Uint8Array;
  /** 1: its last message with data used up the peer's buffer; the peer's last message said so. */
  readonly stopped: Uint8Array;
  readonly peerStopped: Uint8Array;
  /** 1: it will write a response, there is a timer for it. */
  readonly answering: Uint8Array;
  /** Of TCP: the window that is being announced to it, -1 for none. */
  readonly windowNews: Float64Array;
  /** Of TCP: ns that an acknowledgement takes to it, NaN before the first; when the message it is measured by arrived, else NaN. */
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
