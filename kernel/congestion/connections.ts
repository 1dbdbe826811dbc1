import { hash32 } from "../random.ts";
import { copyState, grown } from "./copy_state.ts";
import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import { ACK_BYTES, HEADER, MTU } from "./scenario.ts";
import { MOST_HOPS, reverse, type Topology } from "./topology.ts";

/**
 * Connections between hosts and the queue pairs that serve them: one while there is something to send and a while after; the
 * lowest free index each time.
 */
export class Connections {
  src = new Int32Array(0);
  dst = new Int32Array(0);
  /** 1 for those that carry TCP. */
  tcp = new Uint8Array(0);
  /** Queue pair that serves it, -1 for none. */
  queuePair = new Int32Array(0);
  count = 0;
  /** Of each queue pair: its connection. */
  connection = new Int32Array(0);
  /** Of each queue pair: since when it has had something to send or to be acknowledged, ns. */
  busySince = new Float64Array(0);
  /** Of each link: queue pairs with something to send whose path ends with it. */
  sharers: Float64Array;
  /**
   * Of the most crowded link that paths end with: its queue pairs with something to send, over the packets it carries in the shortest
   * base round trip of one of them. The host at its end counts both.
   */
  crowding = 0;
  /** The most of it since the last decision: a program decides once, for all that comes. */
  crowded = 0;
  /** No index below is free. */
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

  /** Adds a connection; its number. */
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

  /** The links that a connection's packets take: chosen by its number and the run's key, whatever happened before. */
  pathOf(connection: number): Int32Array {
    return this.#topology.path(this.src[connection], this.dst[connection], hash32(this.#key, connection, 0));
  }

  grow(capacity: number): void {
    this.connection = grown(this.connection, capacity);
    this.busySince = grown(this.busySince, capacity);
  }

  /** The lowest index that is free; there may be no room for it yet. */
  free(): number {
    const { active, count } = this.#table;
    while (this.lowest < count && active[this.lowest] !== 0) this.lowest++;
    return this.lowest;
  }

  /** Gives a connection the queue pair `queuePair`, which is free. `chunk`: payload of a chunk, bytes. */
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

  /** A queue pair has something to send again (1), or nothing any more (-1). */
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

  /** A queue pair ends. */
  retire(queuePair: number): void {
    this.queuePair[this.connection[queuePair]] = -1;
    this.#table.active[queuePair] = 0;
    this.lowest = Math.min(this.lowest, queuePair);
  }

  copyFrom(from: Connections): void {
    copyState(from, this);
  }
}
