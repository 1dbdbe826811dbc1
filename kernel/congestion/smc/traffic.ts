/** Sockets between applications that exchange requests and responses. Immutable. */
export interface SmcTraffic {
  readonly connections: readonly SmcConnection[];
  /** In the order of `start`. */
  readonly requests: readonly SmcRequest[];
  readonly settings: SmcSettings;
}

/** A socket between two hosts. Those between the same two hosts and of the same transport share a link group. */
export interface SmcConnection {
  readonly client: number;
  readonly server: number;
  /**
   * How it speaks: over RDMA, through the memory of one machine (no network), or over TCP after the peer has declined.
   */
  readonly transport: "smc-r" | "smc-d" | "tcp";
  /** Time until the application at either end reads what has arrived, ns. */
  readonly readDelayNs: number;
}

/** A request and its response. Requests of one connection are answered in order. */
export interface SmcRequest {
  readonly connection: number;
  /** When the client writes it, ns. */
  readonly start: number;
  readonly requestBytes: number;
  /** 0: it is a stream in one direction and done when the server has read it. */
  readonly responseBytes: number;
  /** Time between the server's reading the request and writing the response, ns. */
  readonly serviceNs: number;
}

/** Settings of the socket layer. */
export interface SmcSettings {
  /** Send buffer of a connection at each end, bytes. */
  readonly sendBuffer: number;
  /** Remote memory buffer element of a connection at each end: what may be on its way or unread, bytes. */
  readonly rmbe: number;
  /** Send work requests of a link that may be open at once, of all its connections together. */
  readonly sendSlots: number;
  /** Active links of a link group: queue pairs in each direction, to which connections are assigned in turn. */
  readonly links: number;
  /** When a receiver announces what it has read: by the larger of the two limits (since Linux 5.18) or the smaller. */
  readonly windowUpdate: "max" | "min";
  /**
   * Whether little that is written waits while a message of its connection is on its way (since Linux 5.18). Default true.
   */
  readonly autocork?: boolean;
  /** Most bytes that an application writes or reads by one call, at least 1. Default: no limit. */
  readonly callBytes?: number;
  /** What the sockets' work takes on the hosts' processors. Default: nothing. */
  readonly hostCosts?: SmcHostCosts;
  /** Receive buffer of a TCP connection at each end, bytes. Default: as large as `rmbe`. */
  readonly receiveBuffer?: number;
}

/** What the sockets' work takes on a processor, one for each end of a connection, which does one thing at a time; ns. */
export interface SmcHostCosts {
  /** A call by which the application writes, or goes on writing after it had to wait for room. */
  readonly write: number;
  /** A call by which it reads. */
  readonly read: number;
  /** Copying a byte from or to the application. */
  readonly copyByte: number;
  /** Posting a message with what belongs to it, and handling its completion. Not for TCP. */
  readonly send: number;
  /** Handling a message that has arrived. Not for TCP. */
  readonly receive: number;
}
