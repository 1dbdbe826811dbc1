import type { TrafficSource, Transport } from "../transport.ts";
import { considerUpdate, receiveMessage, sendMessage, updateLimit } from "./cdc.ts";
import { checkSmcInvariants } from "./check_invariants.ts";
import { AUTOCORK_BYTES, CDC_BYTES, LOCAL_COPY_NS, NO_HOST_COSTS } from "./constants.ts";
import { IDLE, READ, RECEIVE, WRITE } from "./ends.ts";
import { chooseJob, jobCost } from "./jobs.ts";
import { LOCAL, RDMA, SmcState, TCP } from "./smc_state.ts";
import { acknowledge, acknowledged, announceWindow, openWindow, receiveSegment, sendSegment } from "./tcp_stream.ts";
import type { SmcHostCosts, SmcTraffic } from "./traffic.ts";

/** Kinds of timers. A token is `KINDS` times a connection, an end or a direction, plus the kind. */
const RELEASE = 0;
const ANSWER = 1;
const WAKE = 2;
const JOB = 3;
const COPIED = 4;
const ANNOUNCED = 5;
const KINDS = 8;

/** Marks that there is no connection of the transport. */
const NO_WIRE = -1;

/**
 * Applications that communicate over SMC-R, SMC-D and TCP, with the flow control of Linux's net/smc: send buffers,
 * remote memory buffer elements (RMBE), messages that carry cursors (CDC), shared send slots and the rule of window
 * updates.
 *
 * A message and the RDMA writes before it are posted as one work request, in order on one queue pair. The bytes of a
 * TCP connection are posted in pieces. Not modelled: urgent data and the forced updates that go with it, failover
 * between links, and connection setup.
 */
export class SmcSource implements TrafficSource {
  /** State of the sockets, with counters and the times of requests. */
  readonly state: SmcState;
  readonly #costs: SmcHostCosts;
  /** Most bytes of one read or write call. */
  readonly #call: number;
  /** Most bytes that are held back while a message is on its way. */
  readonly #cork: number;
  /** `[directions]` connection of the transport, or `NO_WIRE`. */
  readonly #wire: Int32Array;
  /** Bytes read after which the receiver may send a window update. */
  readonly #updateLimit: number;
  #transport!: Transport;

  /**
   * @param traffic must pass `assertSmcTraffic`
   * @param from the source to copy; null for a new one
   */
  constructor(traffic: SmcTraffic, from: SmcSource | null = null) {
    const {
      autocork = true,
      callBytes = Number.POSITIVE_INFINITY,
      hostCosts,
      sendBuffer,
      rmbe,
      windowUpdate,
    } = traffic.settings;
    this.state = from?.state.fork() ?? new SmcState(traffic);
    this.#costs = hostCosts ?? NO_HOST_COSTS;
    this.#call = callBytes;
    this.#cork = autocork ? Math.min(AUTOCORK_BYTES, Math.floor(sendBuffer / 2)) : 0;
    this.#updateLimit = updateLimit(rmbe, windowUpdate);
    this.#wire = from !== null ? from.#wire : new Int32Array(2 * traffic.connections.length).fill(NO_WIRE);
  }

  get done(): boolean {
    return this.state.progress.open === 0;
  }

  start(transport: Transport): void {
    this.#transport = transport;
    this.#open(transport);
    for (let c = 0; c < this.state.kind.length; c++) this.#awaitRequest(c);
  }

  delivered(d: number): void {
    const { state } = this;
    const tcp = state.kind[d >> 1] === TCP;
    state.rings[d].delivered++;
    if (tcp) {
      receiveSegment(state, d, this.#transport.now);
      this.#wake(d ^ 1);
    }
    this.#run(d ^ 1);
    if (tcp) acknowledge(state, d);
  }

  completed(d: number): void {
    const { state } = this;
    const { streams, ends, slots } = state;
    const kind = state.kind[d >> 1];
    const ring = state.rings[d];
    const position = ring.completed++;
    streams.freed[d] = ring.producer(position);
    if (kind === TCP) {
      acknowledged(state, d, position, this.#transport.now);
      this.#announceWindow(d);
    } else if (ring.posted === ring.completed) {
      // The completion may release data that was held back while messages were on their way.
      ends.wantsSend[d] = 1;
    }
    const next = kind === RDMA ? slots.release(state.linkEnd(d)) : -1;
    this.#run(d);
    if (next >= 0 && next !== d) this.#run(next);
  }

  timer(token: number): void {
    const index = Math.floor(token / KINDS);
    switch (token % KINDS) {
      case RELEASE:
        this.#release(index);
        break;
      case ANSWER:
        this.state.ends.answering[2 * index + 1] = 0;
        this.#answer(index);
        this.#run(2 * index + 1);
        break;
      case WAKE:
        this.state.ends.waking[index] = 0;
        this.state.ends.awake[index] = 1;
        this.#run(index);
        break;
      case JOB:
        this.#finishJob(index);
        this.#run(index);
        break;
      case COPIED:
        this.delivered(index);
        this.completed(index);
        break;
      case ANNOUNCED:
        openWindow(this.state, index, this.state.ends.windowNews[index]);
        this.state.ends.windowNews[index] = -1;
        this.#announceWindow(index);
        this.#run(index);
        break;
    }
  }

  fork(transport: Transport): SmcSource {
    const copy = new SmcSource(this.state.traffic, this);
    copy.#transport = transport;
    return copy;
  }

  checkInvariants(): void {
    checkSmcInvariants(this.state);
  }

  /** Opens a queue pair in each direction for every link and for every TCP connection. */
  #open(transport: Transport): void {
    const { traffic, kind, groups } = this.state;
    const links = groups.client.map((client, link) => [
      transport.open(client, groups.server[link], false),
      transport.open(groups.server[link], client, false),
    ]);
    traffic.connections.forEach(({ client, server }, c) => {
      if (kind[c] === LOCAL) return;
      const wires =
        kind[c] === RDMA
          ? links[groups.linkOf[c]]
          : [transport.open(client, server, true), transport.open(server, client, true)];
      this.#wire.set(wires, 2 * c);
    });
  }

  #awaitRequest(c: number): void {
    const start = this.state.progress.nextStart(c);
    if (start >= 0) this.#transport.at(start, RELEASE + KINDS * c);
  }

  #release(c: number): void {
    const { progress, streams } = this.state;
    streams.wanted[2 * c] += progress.release(c, this.#transport.now);
    this.#awaitRequest(c);
    this.#run(2 * c);
  }

  /** Writes the due responses of a connection's server. */
  #answer(c: number): void {
    const { progress, streams, ends } = this.state;
    const server = 2 * c + 1;
    if (ends.answering[server] === 1) return;
    let due = progress.nextAnswer(c);
    for (; due <= this.#transport.now; due = progress.nextAnswer(c)) streams.wanted[server] += progress.answer(c);
    if (due < Number.POSITIVE_INFINITY) {
      ends.answering[server] = 1;
      this.#transport.at(due, ANSWER + KINDS * c);
    }
  }

  /** Lets the processor at an end work until it is busy with a job that takes time, or has nothing to do. */
  #run(end: number): void {
    const { ends } = this.state;
    while (ends.job[end] === IDLE) {
      const job = chooseJob(this.state, end, this.#call);
      if (job === IDLE) return;
      ends.job[end] = job;
      const cost = jobCost(this.state, end, this.#costs);
      if (cost > 0) {
        this.#transport.at(this.#transport.now + cost, JOB + KINDS * end);
        return;
      }
      this.#finishJob(end);
    }
  }

  #finishJob(end: number): void {
    const { ends, kind } = this.state;
    const job = ends.job[end];
    ends.job[end] = IDLE;
    if (job === RECEIVE) {
      if (receiveMessage(this.state, end)) this.#wake(end);
    } else if (job === READ) this.#read(end);
    else if (job === WRITE) this.#write(end);
    else if (kind[end >> 1] === TCP) this.#sendSegments(end);
    else this.#send(end);
  }

  /** Something has arrived at an end: schedules the application's read. */
  #wake(end: number): void {
    const { ends, traffic } = this.state;
    if (ends.awake[end] === 1 || ends.waking[end] === 1) return;
    const { readDelayNs } = traffic.connections[end >> 1];
    if (readDelayNs === 0) {
      ends.awake[end] = 1;
      return;
    }
    ends.waking[end] = 1;
    this.#transport.at(this.#transport.now + readDelayNs, WAKE + KINDS * end);
  }

  #write(end: number): void {
    const { streams, ends, rings, counters, kind } = this.state;
    counters.writes++;
    streams.prepared[end] += ends.amount[end];
    ends.lacksRoom[end] = 0;
    const underWay = rings[end].posted - rings[end].completed;
    const held = kind[end >> 1] !== TCP && underWay > 0 && streams.unsent(end) <= this.#cork;
    if (!held) ends.wantsSend[end] = 1;
  }

  #read(end: number): void {
    const { streams, ends, counters, kind } = this.state;
    const incoming = end ^ 1;
    const c = end >> 1;
    counters.reads++;
    streams.consumed[incoming] += ends.amount[end];
    if (kind[c] === TCP) this.#announceWindow(incoming);
    else considerUpdate(this.state, end, this.#updateLimit);
    if (end === 2 * c) this.#readResponses(c, streams.consumed[incoming]);
    else this.#readRequests(c, streams.consumed[incoming]);
  }

  /** Handles that the client of a connection has read `bytes` in total. */
  #readResponses(c: number, bytes: number): void {
    const { progress } = this.state;
    for (let request = progress.done(c, bytes); request >= 0; request = progress.done(c, bytes)) this.#finish(request);
  }

  /** Handles that the server of a connection has read `bytes` in total. */
  #readRequests(c: number, bytes: number): void {
    const { progress, traffic } = this.state;
    const { now } = this.#transport;
    for (let request = progress.read(c, bytes, now); request >= 0; request = progress.read(c, bytes, now)) {
      if (traffic.requests[request].responseBytes === 0) this.#finish(request);
    }
    this.#answer(c);
  }

  #finish(request: number): void {
    this.state.progress.finish(request, this.#transport.now);
    this.#transport.finished(request);
  }

  #send(end: number): void {
    const bytes = sendMessage(this.state, end);
    if (this.state.kind[end >> 1] === LOCAL) {
      this.#transport.at(this.#transport.now + LOCAL_COPY_NS, COPIED + KINDS * end);
      return;
    }
    this.state.slots.use(end);
    this.#transport.post(this.#wire[end], bytes + CDC_BYTES, end);
  }

  #sendSegments(d: number): void {
    for (let bytes = sendSegment(this.state, d); bytes > 0; bytes = sendSegment(this.state, d)) {
      this.#transport.post(this.#wire[d], bytes, d);
    }
  }

  #announceWindow(d: number): void {
    if (!announceWindow(this.state, d)) return;
    this.#transport.at(this.#transport.now + this.state.ends.ackNs[d], ANNOUNCED + KINDS * d);
  }
}
