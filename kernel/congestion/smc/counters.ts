/** Counts of what the socket layer has done so far. */
export class SmcCounters {
  /** Connection data control messages, with and without data. */
  cdcMessages = 0;
  /** Messages among them without data: announcements of what was read. */
  windowUpdates = 0;
  /** RDMA writes: one for a message's data, or two when the data wraps around the end of the RMBE. */
  rdmaWrites = 0;
  /** Bytes of applications that were posted over RDMA, through memory and over TCP. */
  rdmaBytes = 0;
  localBytes = 0;
  tcpBytes = 0;
  /** Write and read calls of applications. */
  writes = 0;
  reads = 0;
  /** How many times a writer found its send buffer full. */
  blockedOnSendBuffer = 0;
  /** How many times prepared data found the peer's RMBE full, or for TCP the peer's window. */
  blockedOnRmbe = 0;
  blockedOnTcpWindow = 0;
  /** How many times a message found no free send slot. */
  blockedOnSlots = 0;
}
