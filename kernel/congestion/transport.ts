/** What a source of traffic may ask of the fabric. */
export interface Transport {
  /** Time, ns. */
  readonly now: number;
  /** A connection between two hosts: what is posted on it is sent in order by one queue pair. `tcp`: governed by TCP's program, not by the one under test. */
  open(src: number, dst: number, tcp: boolean): number;
  /** Sends `bytes` (at least 1) on a connection; `delivered` and `completed` are called with `token` later. */
  post(connection: number, bytes: number, token: number): void;
  /** Calls `timer` with `token` at `time`, which is not in the past. */
  at(time: number, token: number): void;
  /** A request that began at `start` is done now; it would have taken `idealNs` alone. */
  finished(request: number): void;
}

/** Traffic that reacts to what happens: posts more when something has arrived. */
export interface TrafficSource {
  /** The run begins. */
  start(transport: Transport): void;
  /** The last byte of what was posted with this token has arrived at the other host. */
  delivered(token: number): void;
  /** The sender has heard that it arrived. */
  completed(token: number): void;
  timer(token: number): void;
  /** Whether nothing is left to do. */
  readonly done: boolean;
  /** A source in the same state, on another transport. */
  fork(transport: Transport): TrafficSource;
  /** Throws an InvariantError that names the first conservation law that does not hold. */
  checkInvariants(): void;
}
