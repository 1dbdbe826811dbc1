import { grown } from "./copy_state.ts";
import type { Acknowledgement, QueuePairTable } from "./queue_pair_table.ts";
import { MOST_HOPS } from "./topology.ts";

/**
 * Measurements of each queue pair's last complete round trip, by its index in the table. A round trip ends with the
 * first acknowledgement of a packet that was sent after the round trip began, at least a base round trip later.
 */
export class RoundTrips {
  /** Complete round trips since the queue pair began. At 0 there is no measurement yet. */
  count = new Int32Array(0);
  /** Duration of the round trip, ns. */
  duration = new Float64Array(0);
  /** Mean round-trip time of the acknowledged packets, weighted by bytes, ns. */
  rtt = new Float64Array(0);
  /** The mean round-trip time of the round trip before; the base round trip in the first. */
  rttBefore = new Float64Array(0);
  /** Round-trip time of the packet whose acknowledgement ended the round trip, ns. */
  lastRtt = new Float64Array(0);
  /** Payload acknowledged, bytes. */
  bytes = new Float64Array(0);
  /** Share of the acknowledged bytes that were marked. */
  marked = new Float64Array(0);
  /** Number of losses reported. */
  losses = new Float64Array(0);
  /**
   * With telemetry: greatest utilisation of the hops between two packets, the one that ended the previous round trip
   * (in the first round trip: the first that came back) and the one that ended this one. 1 = full. Without telemetry 0.
   */
  utilisation = new Float64Array(0);
  /**
   * With telemetry: longest queue that the packet which ended the round trip met on a hop, bytes. Without telemetry 0.
   */
  queue = new Float64Array(0);
  /** 1 from the time it resumes, after being idle for a base round trip, to the end of the next round trip. */
  resumed = new Uint8Array(0);
  /** Start and sums of the current round trip. */
  since = new Float64Array(0);
  counted = new Float64Array(0);
  sumRtt = new Float64Array(0);
  sumBytes = new Float64Array(0);
  sumMarked = new Float64Array(0);
  sumLosses = new Float64Array(0);
  /**
   * Bytes that each hop had sent at the packet from which utilisation counts, and the time of that, ns; -1 before there
   * is one.
   */
  hopSent = new Float64Array(0);
  hopTime = new Float64Array(0);

  grow(capacity: number): void {
    this.count = grown(this.count, capacity);
    this.resumed = grown(this.resumed, capacity);
    for (const key of [
      "duration",
      "rtt",
      "rttBefore",
      "lastRtt",
      "bytes",
      "marked",
      "losses",
      "utilisation",
      "queue",
      "since",
      "counted",
      "sumRtt",
      "sumBytes",
      "sumMarked",
      "sumLosses",
    ] as const) {
      this[key] = grown(this[key], capacity);
    }
    for (const key of ["hopSent", "hopTime"] as const) this[key] = grown(this[key], capacity * MOST_HOPS);
  }

  /** Initializes the entries of a queue pair that begins. */
  begin(queuePair: number, table: QueuePairTable): void {
    this.count[queuePair] = 0;
    this.resumed[queuePair] = 0;
    this.duration[queuePair] = 0;
    this.rtt[queuePair] = table.base[queuePair];
    this.rttBefore[queuePair] = table.base[queuePair];
    this.lastRtt[queuePair] = table.base[queuePair];
    this.bytes[queuePair] = 0;
    this.marked[queuePair] = 0;
    this.losses[queuePair] = 0;
    this.utilisation[queuePair] = 0;
    this.queue[queuePair] = 0;
    this.#forgetHops(queuePair);
    this.#clear(queuePair, table.now);
    this.since[queuePair] = table.now;
  }

  #clear(queuePair: number, now: number): void {
    this.counted[queuePair] = now;
    this.sumRtt[queuePair] = 0;
    this.sumBytes[queuePair] = 0;
    this.sumMarked[queuePair] = 0;
    this.sumLosses[queuePair] = 0;
  }

  /** Adds the acknowledgement in `table.ack`. Returns whether it completes a round trip. */
  note(queuePair: number, table: QueuePairTable): boolean {
    const { ack, now } = table;
    this.sumRtt[queuePair] += ack.rtt * ack.bytes;
    this.sumBytes[queuePair] += ack.bytes;
    this.sumMarked[queuePair] += ack.marked * ack.bytes;
    if (ack.hops > 0 && this.hopTime[queuePair * MOST_HOPS] < 0) this.#keepHops(queuePair, ack);
    if (ack.sentAt < this.since[queuePair] || now < this.since[queuePair] + table.base[queuePair]) return false;
    const bytes = this.sumBytes[queuePair];
    this.count[queuePair]++;
    this.resumed[queuePair] = 0;
    this.duration[queuePair] = now - this.counted[queuePair];
    this.rttBefore[queuePair] = this.rtt[queuePair];
    this.rtt[queuePair] = this.sumRtt[queuePair] / bytes;
    this.lastRtt[queuePair] = ack.rtt;
    this.bytes[queuePair] = bytes;
    this.marked[queuePair] = this.sumMarked[queuePair] / bytes;
    this.losses[queuePair] = this.sumLosses[queuePair];
    if (ack.hops > 0) this.#readHops(queuePair, ack);
    this.#clear(queuePair, now);
    this.since[queuePair] = now;
    return true;
  }

  #readHops(queuePair: number, ack: Acknowledgement): void {
    let utilisation = 0;
    let queue = 0;
    for (let hop = 0; hop < ack.hops; hop++) {
      const at = queuePair * MOST_HOPS + hop;
      const elapsed = ack.time[hop] - this.hopTime[at];
      if (elapsed > 0)
        utilisation = Math.max(utilisation, (ack.sent[hop] - this.hopSent[at]) / (elapsed * ack.rate[hop]));
      queue = Math.max(queue, ack.queue[hop]);
    }
    this.utilisation[queuePair] = utilisation;
    this.queue[queuePair] = queue;
    this.#keepHops(queuePair, ack);
  }

  #keepHops(queuePair: number, ack: Acknowledgement): void {
    for (let hop = 0; hop < ack.hops; hop++) {
      this.hopSent[queuePair * MOST_HOPS + hop] = ack.sent[hop];
      this.hopTime[queuePair * MOST_HOPS + hop] = ack.time[hop];
    }
  }

  #forgetHops(queuePair: number): void {
    this.hopTime.fill(-1, queuePair * MOST_HOPS, (queuePair + 1) * MOST_HOPS);
  }

  /** Handles an idle queue pair that has something to send again: the idle time belongs to no round trip. */
  resume(queuePair: number, now: number): void {
    this.#clear(queuePair, now);
    this.#forgetHops(queuePair);
    if (this.since[queuePair] !== Number.POSITIVE_INFINITY) this.since[queuePair] = now;
  }

  /** Lets no round trip end before `restart`, because a decision is awaited. */
  suspend(queuePair: number): void {
    this.since[queuePair] = Number.POSITIVE_INFINITY;
  }

  /** Starts the next round trip now, because a decision has taken effect. */
  restart(queuePair: number, now: number): void {
    this.since[queuePair] = now;
  }

  /** Records a loss. */
  lose(queuePair: number): void {
    this.sumLosses[queuePair]++;
  }
}
