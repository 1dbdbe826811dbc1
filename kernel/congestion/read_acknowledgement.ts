import { ACKED_AT_SEND, COUNT, EXACT, MARKED, PAYLOAD, type Packets, SENT_AT, STAMPS, WHOLE } from "./packets.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import { MOST_HOPS } from "./topology.ts";

/** Writes the acknowledgement of `packet`, up to `sequence`, into `table.ack`. */
export function readAcknowledgement(packets: Packets, packet: number, sequence: number, table: QueuePairTable): void {
  const { whole, exact } = packets;
  const at = packet * WHOLE;
  const exactAt = packet * EXACT;
  const { ack, now } = table;
  ack.bytes = whole[at + PAYLOAD];
  ack.packets = whole[at + COUNT];
  ack.sentAt = exact[exactAt + SENT_AT];
  ack.rtt = now - ack.sentAt;
  ack.marked = whole[at + MARKED];
  ack.ackedAtSend = exact[exactAt + ACKED_AT_SEND];
  ack.sequence = sequence;
  ack.hops = whole[at + STAMPS];
  for (let hop = 0; hop < ack.hops; hop++) {
    const stamp = packet * MOST_HOPS + hop;
    ack.queue[hop] = packets.stampQueue[stamp];
    ack.sent[hop] = packets.stampSent[stamp];
    ack.time[hop] = packets.stampTime[stamp];
    ack.rate[hop] = packets.stampRate[stamp];
  }
}
