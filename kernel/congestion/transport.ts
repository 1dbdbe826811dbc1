/** What a traffic source may ask of the fabric. */
export interface Transport {
  /** Current time, ns. */
  readonly now: number;
  /**
   * Opens a connection between two hosts and returns its number. One queue pair sends what is posted on it, in order.
   * `tcp`: TCP's program controls it, and not the one under test.
   */
  open(src: number, dst: number, tcp: boolean): number;
  /** Sends `bytes` (at least 1) on a connection. Later calls `delivered` and `completed` with `token`. */
  post(connection: number, bytes: number, token: number): void;
  /** Calls `timer` with `token` at `time`, which is not in the past. */
  at(time: number, token: number): void;
  /** Reports that a request is done now. */
  finished(request: number): void;
}

/** Traffic that reacts to events, for example posts more when something has arrived. */
export interface TrafficSource {
  /** Starts the run. */
  start(transport: Transport): void;
  /** The last byte of the post with this token has arrived at the other host. */
  delivered(token: number): void;
  /** The sender knows that the post with this token has arrived. */
  completed(token: number): void;
  /** A timer set with `at` is due. */
  timer(token: number): void;
  /** Whether nothing is left to do. */
  readonly done: boolean;
  /** Returns a source in the same state, on another transport. */
  fork(transport: Transport): TrafficSource;
  /** Throws an InvariantError that names the first conservation law that does not hold. */
  checkInvariants(): void;
}
