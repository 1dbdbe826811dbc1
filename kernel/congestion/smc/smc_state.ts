import { copyState } from "../copy_state.ts";
import { SmcCounters } from "./counters.ts";
import { Ends } from "./ends.ts";
import { type LinkGroups, linkGroups, NO_LINK } from "./link_groups.ts";
import { MessageRing } from "./message_ring.ts";
import { RequestProgress } from "./request_progress.ts";
import { SendSlots } from "./send_slots.ts";
import { Streams } from "./streams.ts";
import type { SmcTraffic } from "./traffic.ts";

/** Kinds of connections. */
export const RDMA = 0;
export const LOCAL = 1;
export const TCP = 2;

const KINDS = { "smc-r": RDMA, "smc-d": LOCAL, tcp: TCP } as const;

/** The complete state of the sockets. */
export class SmcState {
  readonly traffic: SmcTraffic;
  /** `[connections]` `RDMA`, `LOCAL` or `TCP`. */
  readonly kind: Uint8Array;
  /** Links of the SMC-R connections. */
  readonly groups: LinkGroups;
  readonly counters: SmcCounters;
  readonly progress: RequestProgress;
  readonly streams: Streams;
  readonly ends: Ends;
  readonly slots: SendSlots;
  /** `[directions]` messages of each direction */
  readonly rings: readonly MessageRing[];

  constructor(traffic: SmcTraffic, from: SmcState | null = null) {
    const { connections, settings } = traffic;
    const count = 2 * connections.length;
    this.traffic = traffic;
    this.kind = from?.kind ?? Uint8Array.from(connections, ({ transport }) => KINDS[transport]);
    this.groups = from?.groups ?? linkGroups(traffic);
    this.counters = new SmcCounters();
    if (from !== null) copyState(from.counters, this.counters);
    this.progress = from?.progress.fork() ?? new RequestProgress(traffic);
    const { rmbe, receiveBuffer = rmbe, sendBuffer, sendSlots } = settings;
    this.streams =
      from?.streams.fork() ??
      new Streams(
        Float64Array.from({ length: count }, (_, d) => (this.kind[d >> 1] === TCP ? receiveBuffer : rmbe)),
        sendBuffer,
      );
    this.ends = from?.ends.fork() ?? new Ends(count);
    this.slots = from?.slots.fork() ?? new SendSlots(2 * this.groups.client.length, count, sendSlots);
    this.rings = from?.rings.map((ring) => ring.fork()) ?? Array.from({ length: count }, () => new MessageRing());
  }

  /** Link end whose slots an end of a connection uses, -1 for none. */
  linkEnd(end: number): number {
    const link = this.groups.linkOf[end >> 1];
    return link === NO_LINK ? -1 : 2 * link + (end & 1);
  }

  /** Returns an exact copy. */
  fork(): SmcState {
    return new SmcState(this.traffic, this);
  }
}
