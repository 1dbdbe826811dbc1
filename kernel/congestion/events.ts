/** Kinds of events. An event is the number `KINDS` times its subject (for example a packet) plus its kind. */
export const KINDS = 16;
/** Message: it is released. */
export const RELEASE = 0;
/** Queue pair: its next packet is due. */
export const PACED = 1;
/** Link: it has finished sending. */
export const LINK_FREE = 2;
/** Packet: it reaches a switch. */
export const ARRIVE = 3;
/** Packet: its acknowledgement reaches the sender. */
export const ACKNOWLEDGE = 4;
/** Link: it may not start another packet until it resumes. */
export const PAUSE = 5;
/** Link: it may start packets again. */
export const RESUME = 6;
/** Work request: its last byte reaches the receiver. */
export const DELIVER = 7;
/** Timer of the traffic source. */
export const TIMER = 8;
/** A decision from outside is due. */
export const DECIDE = 9;
/** Queue pair: check whether it has heard nothing for a long time. */
export const TIMEOUT = 10;
/** Queue pair: check whether it has been idle for a long time. */
export const RETIRE = 11;
/** The run reaches its time limit. */
export const LIMIT = 12;
