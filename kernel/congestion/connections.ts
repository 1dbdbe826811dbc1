import { hash32 } from "../random.ts";
import { copyState, grown } from "./copy_state.ts";
import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import { ACK_BYTES, HEADER, MTU } from "./scenario.ts";
import { MOST_HOPS, reverse, type Topology } from "./topology.ts";

/**
 * Connections between hosts, and the queue pairs that serve them. A connection has a queue pair while it has something
 * to send and for a while after. A new queue pair takes the lowest free index.
 */
export class Connections {
  src = new Int32Array(0);
  dst = new Int32Array(0);
  /** 1 for connections that carry TCP. */
  tcp = new Uint8Array(0);
  /** `[connections]` queue pair of the connection, -1 for none. */
  queuePair = new Int32Array(0);
  count = 0;
  /** `[queue pairs]` connection of the queue pair. */
  connection = new Int32Array(0);
  /** `[queue pairs]` time since which it has had bytes to send or to be acknowledged, ns. */
  busySince = new Float64Array(0);
  /** `[links]` number of queue pairs with something to send whose path ends with the link. */
  sharers: Float64Array;
  /**
   * Crowding of the most crowded last link of a path: the number of its queue pairs with something to send, divided by
   * the packets that the link carries in the shortest base round trip of one of them. The host at its end can count
   * both.
   */
  crowding = 0;
  /** Greatest crowding since the last decision. A program is a single decision, for the rest of the run. */
  crowded = 0;
  /** No index below this one is free. */
  lowest = 0;
  readonly #topology: Topology;
  readonly #key: number;
  readonly #paths: Paths;
  readonly #table: QueuePairTable;

  constructor(topology: Topology, key: number, paths: Paths, table: QueuePairTable) {
    this.#topology = topology;
    this.#key = key;
    this.#paths = paths;
    this.#table = table;
    this.sharers = new Float64Array(topology.rate.length);
  }

  /** Adds a connection and returns its number. */
  add(src: number, dst: number, tcp: boolean): number {
    if (this.count === this.src.length) {
      const capacity = Math.max(64, 2 * this.count);
      this.src = grown(this.src, capacity);
      this.dst = grown(this.dst, capacity);
      this.tcp = grown(this.tcp, capacity);
      this.queuePair = grown(this.queuePair, capacity);
    }
    const connection = this.count++;
    this.src[connection] = src;
    this.dst[connection] = dst;
    this.tcp[connection] = tcp ? 1 : 0;
    this.queuePair[connection] = -1;
    return connection;
  }

  /** The links that a connection's packets take. They depend only on the connection's number and the run's key. */
  pathOf(connection: number): Int32Array {
    return this.#topology.path(this.src[connection], this.dst[connection], hash32(this.#key, connection, 0));
  }

  /** Makes room for `capacity` queue pairs. */
  grow(capacity: number): void {
    this.connection = grown(this.connection, capacity);
    this.busySince = grown(this.busySince, capacity);
  }

  /** The lowest free index. The arrays may not have room for it yet. */
  free(): number {
    const { active, count } = this.#table;
    while (this.lowest < count && active[this.lowest] !== 0) this.lowest++;
    return this.lowest;
  }

  /** Gives a connection the free queue pair `queuePair`, and resets its entries. */
  serve(connection: number, queuePair: number): void {
    const table = this.#table;
    const paths = this.#paths;
    const { rate, delay } = this.#topology;
    const path = this.pathOf(connection);
    this.queuePair[connection] = queuePair;
    this.connection[queuePair] = connection;
    table.count = Math.max(table.count, queuePair + 1);
    const wire = table.chunk + Math.ceil(table.chunk / MTU) * HEADER;
    let back = 0;
    let forth = 0;
    for (let hop = 0; hop < path.length; hop++) {
      const link = path[hop];
      paths.links[queuePair * MOST_HOPS + hop] = link;
      forth += delay[link] + wire / rate[link];
      back += delay[reverse(link)] + ACK_BYTES / rate[reverse(link)];
    }
    paths.length[queuePair] = path.length;
    paths.lastLink[queuePair] = path[path.length - 1];
    paths.back[queuePair] = back;
    paths.key[queuePair] = connection;
    paths.generation[queuePair]++;
    paths.expected[queuePair] = 0;
    paths.complained[queuePair] = Number.NEGATIVE_INFINITY;
    paths.launched[queuePair] = 0;
    paths.ended[queuePair] = 0;
    table.active[queuePair] = 1;
    table.line[queuePair] = rate[path[0]];
    table.base[queuePair] = forth + back;
    table.hops[queuePair] = path.length;
    table.sent[queuePair] = 0;
    table.acked[queuePair] = 0;
    table.remaining[queuePair] = 0;
    table.began[queuePair] = table.now;
  }

  /** Records that a queue pair has something to send again (`change` 1) or no longer has (`change` -1). */
  share(queuePair: number, change: number): void {
    const { count, active, sharers, base, now } = this.#table;
    const { lastLink } = this.#paths;
    const { rate } = this.#topology;
    const link = lastLink[queuePair];
    this.sharers[link] += change;
    if (change > 0) this.busySince[queuePair] = now;
    let crowding = 0;
    for (let i = 0; i < count; i++) {
      if (active[i] === 0) continue;
      const last = lastLink[i];
      if (last === link) sharers[i] = this.sharers[link];
      crowding = Math.max(crowding, (sharers[i] * MTU) / (base[i] * rate[last]));
    }
    this.crowding = crowding;
    if (crowding > this.crowded) this.crowded = crowding;
  }

  /** Frees a queue pair. */
  retire(queuePair: number): void {
    this.queuePair[this.connection[queuePair]] = -1;
    this.#table.active[queuePair] = 0;
    this.lowest = Math.min(this.lowest, queuePair);
  }

  copyFrom(from: Connections): void {
    copyState(from, this);
  }
}
