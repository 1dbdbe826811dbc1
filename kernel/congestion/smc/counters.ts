/** What the socket layer has done so far. */
export class SmcCounters {
  /** Connection data control messages, with and without data. */
  cdcMessages = 0;
  /** Those of them that carried no data: announcements of what was read. */
  windowUpdates = 0;
  /** RDMA writes: one for a message's data, two where it goes round the end of the RMBE. */
  rdmaWrites = 0;
  /** Bytes of applications that were posted over RDMA, through memory and over TCP. */
  rdmaBytes = 0;
  localBytes = 0;
  tcpBytes = 0;
  /** Calls by which applications wrote and read. */
  writes = 0;
  reads = 0;
  /** Times that a writer found its send buffer full. */
  blockedOnSendBuffer = 0;
  /** Times that prepared data found the peer's RMBE full; of TCP, its window. */
  blockedOnRmbe = 0;
  blockedOnTcpWindow = 0;
  /** Times that a message found no free send slot. */
  blockedOnSlots = 0;
}
