import { copyState, grown } from "./copy_state.ts";
import type { EventWheel } from "./event_wheel.ts";
import { KINDS, PACED, TIMEOUT } from "./events.ts";
import type { Fabric } from "./fabric.ts";
import {
  ACKED_AT_SEND,
  COUNT,
  EXACT,
  GENERATION,
  HOP,
  MARKED,
  OWNER,
  PAYLOAD,
  type Packets,
  REQUEST,
  SENT_AT,
  SEQUENCE,
  STAMPS,
  WAITED,
  WHOLE,
  WIRE,
} from "./packets.ts";
import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RunningPrograms } from "./running_programs.ts";
import { HEADER, MTU, TELEMETRY } from "./scenario.ts";
import { MOST_HOPS } from "./topology.ts";
import type { WorkRequests } from "./work_requests.ts";

/**
 * States of a queue pair. RESTING: it has nothing to send, or its window is full. LIMITED: it waits for its rate
 * limiter. READY: it waits for its turn on the link.
 */
const RESTING = 0;
const LIMITED = 1;
const READY = 2;

/**
 * Time without an acknowledgement after which everything in flight is sent again, ns. Only where switches drop. Source:
 * choice.
 */
const TIMEOUT_NS = 1_000_000;

/**
 * The senders. A queue pair sends a chunk when its rate limiter and its window allow it. The ready queue pairs of one
 * NIC take turns on its link.
 */
export class Nics {
  /** RESTING, LIMITED or READY. */
  state = new Uint8Array(0);
  /** Time at which the limiter allows the next packet, ns, with fractions. */
  available = new Float64Array(0);
  /** Start of the last packet, ns, and its bytes on the wire. */
  lastStart = new Float64Array(0);
  lastWire = new Float64Array(0);
  /** Time of the event that ends the wait for the limiter. Events at other times are stale. */
  wakeAt = new Float64Array(0);
  /** Payload that the queue pair was given since it began, bytes. */
  posted = new Float64Array(0);
  /** Next queue pair among those that are ready on the same link. */
  next = new Int32Array(0);
  /**
   * Work requests: the first that is not completely sent, the first that is not completely acknowledged, and the last.
   */
  sending = new Int32Array(0);
  unacknowledged = new Int32Array(0);
  last = new Int32Array(0);
  /** 1 when packets carry telemetry. */
  telemetry = new Uint8Array(0);
  /** Time of the last acknowledgement, or of the first packet after silence. */
  heard = new Float64Array(0);
  /** 1 while the timeout's event is pending. */
  timing = new Uint8Array(0);
  /** Time since which the queue pair has had nothing to send, ns; valid only then. */
  rested = new Float64Array(0);
  /** `[links]` first and last ready queue pair of a NIC's link, -1 for none. */
  readyHead: Int32Array;
  readyTail: Int32Array;
  readonly #chunkPackets: number;
  readonly #lossless: boolean;
  readonly #wheel: EventWheel;
  readonly #packets: Packets;
  readonly #paths: Paths;
  readonly #requests: WorkRequests;
  readonly #table: QueuePairTable;
  readonly #fabric: Fabric;
  readonly #programs: RunningPrograms;

  constructor(
    setup: { links: number; mtuPerChunk: number; lossless: boolean },
    parts: {
      wheel: EventWheel;
      packets: Packets;
      paths: Paths;
      requests: WorkRequests;
      table: QueuePairTable;
      fabric: Fabric;
      programs: RunningPrograms;
    },
  ) {
    this.readyHead = new Int32Array(setup.links).fill(-1);
    this.readyTail = new Int32Array(setup.links).fill(-1);
    this.#chunkPackets = setup.mtuPerChunk;
    this.#lossless = setup.lossless;
    this.#wheel = parts.wheel;
    this.#packets = parts.packets;
    this.#paths = parts.paths;
    this.#requests = parts.requests;
    this.#table = parts.table;
    this.#fabric = parts.fabric;
    this.#programs = parts.programs;
  }

  /** Makes room for `capacity` queue pairs. */
  grow(capacity: number): void {
    for (const key of ["state", "telemetry", "timing"] as const) this[key] = grown(this[key], capacity);
    for (const key of ["next", "sending", "unacknowledged", "last"] as const) this[key] = grown(this[key], capacity);
    for (const key of ["available", "lastStart", "lastWire", "wakeAt", "posted", "heard", "rested"] as const) {
      this[key] = grown(this[key], capacity);
    }
  }

  /** Initializes the entries of a queue pair that begins. */
  begin(queuePair: number, telemetry: boolean): void {
    this.state[queuePair] = RESTING;
    this.available[queuePair] = 0;
    this.lastStart[queuePair] = 0;
    this.lastWire[queuePair] = 0;
    this.wakeAt[queuePair] = -1;
    this.posted[queuePair] = 0;
    this.sending[queuePair] = -1;
    this.unacknowledged[queuePair] = -1;
    this.last[queuePair] = -1;
    this.telemetry[queuePair] = telemetry ? 1 : 0;
    this.timing[queuePair] = 0;
  }

  /** Adds a work request to a queue pair. */
  post(queuePair: number, bytes: number, token: number, foreign: boolean): void {
    const requests = this.#requests;
    const request = requests.allocate();
    this.posted[queuePair] += bytes;
    this.#table.remaining[queuePair] += bytes;
    requests.queuePair[request] = queuePair;
    requests.end[request] = this.posted[queuePair];
    requests.next[request] = -1;
    requests.token[request] = token;
    requests.foreign[request] = foreign ? 1 : 0;
    if (this.unacknowledged[queuePair] < 0) this.unacknowledged[queuePair] = request;
    else requests.next[this.last[queuePair]] = request;
    if (this.sending[queuePair] < 0) this.sending[queuePair] = request;
    this.last[queuePair] = request;
  }

  /** Lets a resting queue pair continue if it may. */
  wake(queuePair: number): void {
    if (this.state[queuePair] !== RESTING || !this.#mayPost(queuePair)) return;
    const { now } = this.#wheel;
    if (this.available[queuePair] > now) {
      this.state[queuePair] = LIMITED;
      this.#wait(queuePair);
      return;
    }
    this.#queue(queuePair);
    const link = this.#paths.links[queuePair * MOST_HOPS];
    if (this.#fabric.idle(link)) this.sendNext(link);
    else this.#fabric.await(link);
  }

  /** Handles the limiter's event. */
  paced(queuePair: number): void {
    if (this.state[queuePair] !== LIMITED || this.wakeAt[queuePair] !== this.#wheel.now) return;
    this.state[queuePair] = RESTING;
    this.wakeAt[queuePair] = -1;
    this.wake(queuePair);
  }

  /** Moves the time of the next packet after a rate change: the gap since the last packet follows the new rate. */
  rearm(queuePair: number): void {
    const available = this.lastStart[queuePair] + this.lastWire[queuePair] / this.#table.rate[queuePair];
    const earlier = available < this.available[queuePair];
    this.available[queuePair] = available;
    if (!earlier || this.state[queuePair] !== LIMITED) return;
    if (available > this.#wheel.now) {
      this.#wait(queuePair);
    } else {
      this.state[queuePair] = RESTING;
      this.wakeAt[queuePair] = -1;
      this.wake(queuePair);
    }
  }

  #wait(queuePair: number): void {
    const at = Math.ceil(this.available[queuePair]);
    this.wakeAt[queuePair] = at;
    this.#wheel.push(at, queuePair * KINDS + PACED);
  }

  #mayPost(queuePair: number): boolean {
    const { sent, acked, window } = this.#table;
    return this.posted[queuePair] > sent[queuePair] && sent[queuePair] - acked[queuePair] < window[queuePair];
  }

  #queue(queuePair: number): void {
    const link = this.#paths.links[queuePair * MOST_HOPS];
    this.state[queuePair] = READY;
    this.next[queuePair] = -1;
    if (this.readyHead[link] < 0) this.readyHead[link] = queuePair;
    else this.next[this.readyTail[link]] = queuePair;
    this.readyTail[link] = queuePair;
  }

  /** Sends a chunk of the next ready queue pair; `link` must be idle. */
  sendNext(link: number): void {
    for (;;) {
      const queuePair = this.readyHead[link];
      if (queuePair < 0) return;
      this.readyHead[link] = this.next[queuePair];
      this.state[queuePair] = RESTING;
      this.#programs.of(queuePair)?.beforeSend(queuePair);
      if (!this.#mayPost(queuePair)) continue;
      this.#sendChunk(queuePair, link);
      this.wakeAfterSending(queuePair);
      if (this.readyHead[link] >= 0) this.#fabric.await(link);
      return;
    }
  }

  /** After a packet, the queue pair waits for the limiter or joins the end of the line. */
  wakeAfterSending(queuePair: number): void {
    if (!this.#mayPost(queuePair)) return;
    if (this.available[queuePair] > this.#wheel.now) {
      // A gap that ends while the link is busy anyway needs no event.
      const link = this.#paths.links[queuePair * MOST_HOPS];
      if (this.available[queuePair] > this.#fabric.busyUntil[link]) {
        this.state[queuePair] = LIMITED;
        this.#wait(queuePair);
        return;
      }
    }
    this.#queue(queuePair);
  }

  #sendChunk(queuePair: number, link: number): void {
    const table = this.#table;
    const requests = this.#requests;
    const begin = table.sent[queuePair];
    const request = this.sending[queuePair];
    const bytes = Math.min(this.#chunkPackets * MTU, requests.end[request] - begin);
    const count = Math.ceil(bytes / MTU);
    const wire = bytes + count * (HEADER + this.telemetry[queuePair] * TELEMETRY);
    const end = begin + bytes;
    const packet = this.#packets.allocate();
    const { whole, exact } = this.#packets;
    const at = packet * WHOLE;
    const exactAt = packet * EXACT;
    whole[at + OWNER] = queuePair;
    whole[at + GENERATION] = this.#paths.generation[queuePair];
    whole[at + PAYLOAD] = bytes;
    whole[at + WIRE] = wire;
    whole[at + COUNT] = count;
    exact[exactAt + SEQUENCE] = end;
    exact[exactAt + ACKED_AT_SEND] = table.acked[queuePair];
    whole[at + MARKED] = 0;
    exact[exactAt + WAITED] = 0;
    whole[at + HOP] = 0;
    whole[at + STAMPS] = 0;
    whole[at + REQUEST] = end === requests.end[request] ? request : -1;
    if (end === requests.end[request]) this.sending[queuePair] = requests.next[request];
    table.sent[queuePair] = end;
    this.#paths.launched[queuePair] += bytes;
    this.#fabric.send(link, packet);
    const start = this.#fabric.begun[link];
    exact[exactAt + SENT_AT] = start;
    this.lastStart[queuePair] = start;
    this.lastWire[queuePair] = wire;
    this.available[queuePair] = start + wire / table.rate[queuePair];
    if (!this.#lossless && this.timing[queuePair] === 0) {
      this.timing[queuePair] = 1;
      this.heard[queuePair] = this.#wheel.now;
      this.#wheel.push(this.#wheel.now + TIMEOUT_NS, queuePair * KINDS + TIMEOUT);
    }
  }

  /** Sends again from the first byte that is not acknowledged, or from `sequence` if that is later. */
  rewind(queuePair: number, sequence: number): void {
    const table = this.#table;
    const from = Math.max(sequence, table.acked[queuePair]);
    if (from < table.sent[queuePair]) this.#goOnFrom(queuePair, from);
  }

  /** Skips bytes up to `sequence` that were to be sent again: their acknowledgement came late. */
  skip(queuePair: number, sequence: number): void {
    if (this.#table.sent[queuePair] < sequence) this.#goOnFrom(queuePair, sequence);
  }

  #goOnFrom(queuePair: number, sequence: number): void {
    this.#table.sent[queuePair] = sequence;
    const requests = this.#requests;
    let request = this.unacknowledged[queuePair];
    while (request >= 0 && requests.end[request] <= sequence) request = requests.next[request];
    this.sending[queuePair] = request;
  }

  /**
   * Removes a queue pair that ends from its link's line. It may be ready to send bytes again that were acknowledged
   * meanwhile.
   */
  retire(queuePair: number): void {
    if (this.state[queuePair] !== READY) return;
    const link = this.#paths.links[queuePair * MOST_HOPS];
    let before = -1;
    for (let other = this.readyHead[link]; other !== queuePair; other = this.next[other]) before = other;
    if (before < 0) this.readyHead[link] = this.next[queuePair];
    else this.next[before] = this.next[queuePair];
    if (this.readyTail[link] === queuePair) this.readyTail[link] = before;
  }

  /** Handles the timeout's event. Returns whether nothing was heard for `TIMEOUT_NS`; otherwise checks again later. */
  timedOut(queuePair: number): boolean {
    if (this.timing[queuePair] === 0) return false;
    const { now } = this.#wheel;
    if (this.#table.sent[queuePair] === this.#table.acked[queuePair]) {
      this.timing[queuePair] = 0;
      return false;
    }
    const due = this.heard[queuePair] + TIMEOUT_NS;
    const late = due <= now;
    if (late) this.heard[queuePair] = now;
    this.#wheel.push(late ? now + TIMEOUT_NS : due, queuePair * KINDS + TIMEOUT);
    return late;
  }

  copyFrom(from: Nics): void {
    copyState(from, this);
  }
}
