import type { Connections } from "./connections.ts";
import { copyState } from "./copy_state.ts";
import { idealNs, requestIdealNs } from "./ideal_time.ts";
import type { Routes } from "./least_slowdown.ts";
import { type MessagePlan, messagePlan } from "./message_plan.ts";
import type { CongestionWorkload } from "./workload.ts";

/** How far the messages of a workload and the requests of its sockets are: released, delivered, acknowledged. */
export class Messages {
  /** When each message was released, ns; -1 before. */
  released: Float64Array;
  /** When its last byte was acknowledged, ns; -1 before. */
  finished: Float64Array;
  /** When each request was answered, ns; -1 before. */
  answered: Float64Array;
  /** Messages that are not finished. */
  left: number;
  /** Messages of each group that are not delivered. */
  missing: Int32Array;
  /** Messages of each connection that are not finished. */
  leftOf: Int32Array;
  readonly #workload: CongestionWorkload;
  readonly #plan: MessagePlan;
  readonly #connections: Connections;

  /** Adds the connections: those that messages name, then one for each message; numbers do not depend on what happens. */
  constructor(workload: CongestionWorkload, connections: Connections, add = true) {
    const { messages, smc } = workload;
    this.#workload = workload;
    this.#plan = messagePlan(workload);
    this.#connections = connections;
    this.released = new Float64Array(messages.length).fill(-1);
    this.finished = new Float64Array(messages.length).fill(-1);
    this.answered = new Float64Array(smc?.requests.length ?? 0).fill(-1);
    this.left = messages.length;
    this.missing = this.#plan.groupSizes.slice();
    this.leftOf = new Int32Array(this.#plan.connections);
    if (add) this.#addConnections();
    for (const { connection } of messages) if (connection >= 0) this.leftOf[connection]++;
  }

  #addConnections(): void {
    const { messages } = this.#workload;
    const named = new Array<number>(this.#plan.connections).fill(-1);
    messages.forEach(({ connection }, index) => {
      if (connection >= 0) named[connection] = index;
    });
    for (const index of named) {
      const { src, dst } = messages[Math.max(0, index)];
      this.#connections.add(src, dst, false);
    }
    for (const { src, dst } of messages) this.#connections.add(src, dst, false);
  }

  get done(): boolean {
    return this.left === 0;
  }

  /** The connection on which a message is sent. */
  connectionOf(message: number): number {
    const { connection } = this.#workload.messages[message];
    return connection >= 0 ? connection : this.#plan.connections + message;
  }

  /** Whether nothing more will be sent on a connection of messages that has sent all it was given so far. */
  isLast(connection: number): boolean {
    if (connection < this.#plan.connections) return this.leftOf[connection] === 0;
    return connection < this.#plan.connections + this.#workload.messages.length;
  }

  /** Calls `schedule` with every message that waits for none and its time. */
  start(schedule: (message: number, time: number) => void): void {
    for (const message of this.#plan.roots) schedule(message, this.#workload.messages[message].start);
  }

  release(message: number, now: number): void {
    this.released[message] = now;
  }

  /** A message has arrived: calls `schedule` with those that waited for its group and how long they still wait, ns. */
  deliver(message: number, schedule: (message: number, delay: number) => void): void {
    const { group } = this.#workload.messages[message];
    if (group < 0 || --this.missing[group] > 0) return;
    const { first, waiters } = this.#plan;
    for (let i = first[group]; i < first[group + 1]; i++) {
      schedule(waiters[i], this.#workload.messages[waiters[i]].start);
    }
  }

  /** A message is acknowledged; its slowdown. */
  finish(message: number, now: number): number {
    const { connection } = this.#workload.messages[message];
    this.finished[message] = now;
    this.left--;
    if (connection >= 0) this.leftOf[connection]--;
    return this.#slowdown(message, now);
  }

  #slowdown(message: number, now: number): number {
    const path = this.#connections.pathOf(this.connectionOf(message));
    const { topology, messages } = this.#workload;
    return (now - this.released[message]) / idealNs(topology, path, messages[message].bytes);
  }

  /** Where a request stands among messages and requests together. */
  indexOf(request: number): number {
    return this.finished.length + request;
  }

  /** A request is answered; its slowdown. */
  finishRequest(request: number, now: number): number {
    this.answered[request] = now;
    return this.#requestSlowdown(request, now);
  }

  #requestSlowdown(index: number, now: number): number {
    const { topology, smc } = this.#workload;
    const request = smc!.requests[index];
    const connection = smc!.connections[request.connection];
    const { there, back } = this.#requestPaths(index);
    return (now - request.start) / requestIdealNs(topology, request, connection, there, back);
  }

  /** The paths of a request and its response; empty within one machine. */
  #requestPaths(index: number): { there: Int32Array; back: Int32Array } {
    const { topology, smc } = this.#workload;
    const { client, server, transport } = smc!.connections[smc!.requests[index].connection];
    if (transport === "smc-d") return { there: NO_LINKS, back: NO_LINKS };
    return { there: topology.path(client, server, 0), back: topology.path(server, client, 0) };
  }

  /** Links that messages and requests take. */
  routes(): Routes {
    return {
      message: (index) => this.#connections.pathOf(this.connectionOf(index)),
      request: (index) => this.#requestPaths(index).there,
      response: (index) => this.#requestPaths(index).back,
    };
  }

  /** The run was stopped: calls `count` with the slowdown so far of everything that is not done, 0 if it was not released. */
  abandon(now: number, count: (slowdown: number) => void): void {
    this.finished.forEach((time, message) => {
      if (time < 0) count(this.released[message] < 0 ? 0 : this.#slowdown(message, now));
    });
    this.answered.forEach((time, request) => {
      if (time < 0) count(Math.max(0, this.#requestSlowdown(request, now)));
    });
  }

  fork(connections: Connections): Messages {
    const copy = new Messages(this.#workload, connections, false);
    copyState(this, copy);
    return copy;
  }
}

/** The path within one machine. */
const NO_LINKS = new Int32Array(0);
