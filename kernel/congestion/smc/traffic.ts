/** Sockets between applications that exchange requests and responses. Immutable. */
export interface SmcTraffic {
  readonly connections: readonly SmcConnection[];
  /** Sorted by `start`. */
  readonly requests: readonly SmcRequest[];
  readonly settings: SmcSettings;
}

/** A socket between two hosts. Sockets between the same two hosts with the same transport share a link group. */
export interface SmcConnection {
  readonly client: number;
  readonly server: number;
  /**
   * Transport: RDMA (`smc-r`), the memory of one machine without a network (`smc-d`), or TCP after the peer has
   * declined.
   */
  readonly transport: "smc-r" | "smc-d" | "tcp";
  /** Time until the application at either end reads data that has arrived, ns. */
  readonly readDelayNs: number;
}

/** A request and its response. Requests of one connection are answered in order. */
export interface SmcRequest {
  readonly connection: number;
  /** Time at which the client writes the request, ns. */
  readonly start: number;
  readonly requestBytes: number;
  /** 0 for a stream in one direction, which is done when the server has read the request. */
  readonly responseBytes: number;
  /** Time between the server's read of the request and its write of the response, ns. */
  readonly serviceNs: number;
}

/** Settings of the socket layer. */
export interface SmcSettings {
  /** Send buffer of a connection at each end, bytes. */
  readonly sendBuffer: number;
  /** Remote memory buffer element of a connection at each end, bytes. It bounds the bytes on their way or unread. */
  readonly rmbe: number;
  /** Send work requests of a link that may be open at once, over all its connections. */
  readonly sendSlots: number;
  /**
   * Active links of a link group. Each has a queue pair in each direction, and connections are assigned to links in
   * turn.
   */
  readonly links: number;
  /**
   * When a receiver announces what it has read: at the larger of the two limits (since Linux 5.18) or at the smaller.
   */
  readonly windowUpdate: "max" | "min";
  /** Whether a small write waits while a message of its connection is on its way (since Linux 5.18). Default true. */
  readonly autocork?: boolean;
  /** Most bytes that an application writes or reads in one call, at least 1. Default: no limit. */
  readonly callBytes?: number;
  /** Time that the sockets' work takes on the hosts' processors. Default: none. */
  readonly hostCosts?: SmcHostCosts;
  /** Receive buffer of a TCP connection at each end, bytes. Default: as large as `rmbe`. */
  readonly receiveBuffer?: number;
}

/**
 * Time that the sockets' work takes on a processor, ns. Each end of a connection has one processor, which does one job
 * at a time.
 */
export interface SmcHostCosts {
  /** A write call of the application, also one that continues after waiting for room. */
  readonly write: number;
  /** A read call of the application. */
  readonly read: number;
  /** Copying one byte from or to the application. */
  readonly copyByte: number;
  /** Posting a message with its data, and handling its completion. Not for TCP. */
  readonly send: number;
  /** Handling a message that has arrived. Not for TCP. */
  readonly receive: number;
}
