/** Kinds of events; an event is its kind plus `KINDS` times what it concerns. */
export const KINDS = 16;
/** A message is released; of a message. */
export const RELEASE = 0;
/** A queue pair's next packet is due. */
export const PACED = 1;
/** A link has sent what it was sending; of a link. */
export const LINK_FREE = 2;
/** A packet reaches a switch. */
export const ARRIVE = 3;
/** An acknowledgement reaches the sender; of a packet. */
export const ACKNOWLEDGE = 4;
/** A link may not begin another packet. */
export const PAUSE = 5;
export const RESUME = 6;
/** The last byte of a work request reaches the receiver. */
export const DELIVER = 7;
/** A timer of the traffic source; of one of its timers. */
export const TIMER = 8;
/** Somebody outside decides. */
export const DECIDE = 9;
/** Nothing was acknowledged for long; of a queue pair. */
export const TIMEOUT = 10;
/** A queue pair was idle for long. */
export const RETIRE = 11;
/** The run is over. */
export const LIMIT = 12;
