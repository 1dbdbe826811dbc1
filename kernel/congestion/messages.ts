import type { Connections } from "./connections.ts";
import { copyState } from "./copy_state.ts";
import { idealNs, requestIdealNs } from "./ideal_time.ts";
import type { Routes } from "./least_slowdown.ts";
import { type MessagePlan, messagePlan } from "./message_plan.ts";
import type { CongestionWorkload } from "./workload.ts";

/** The progress of a workload's messages and of its sockets' requests: released, delivered, acknowledged. */
export class Messages {
  /** `[messages]` time of release, ns; -1 before. */
  released: Float64Array;
  /** `[messages]` time at which the last byte was acknowledged, ns; -1 before. */
  finished: Float64Array;
  /** `[requests]` time of the answer, ns; -1 before. */
  answered: Float64Array;
  /** Number of messages that are not finished. */
  left: number;
  /** `[groups]` number of messages that are not delivered. */
  missing: Int32Array;
  /** `[connections]` number of messages that are not finished. */
  leftOf: Int32Array;
  readonly #workload: CongestionWorkload;
  readonly #plan: MessagePlan;
  readonly #connections: Connections;

  /**
   * Adds the connections: those that messages name, then one for each message. Their numbers do not depend on events.
   */
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

  /** Whether all messages are finished. */
  get done(): boolean {
    return this.left === 0;
  }

  /** The connection that carries a message. */
  connectionOf(message: number): number {
    const { connection } = this.#workload.messages[message];
    return connection >= 0 ? connection : this.#plan.connections + message;
  }

  /** Whether a connection of messages that has sent everything so far will carry nothing more. */
  isLast(connection: number): boolean {
    if (connection < this.#plan.connections) return this.leftOf[connection] === 0;
    return connection < this.#plan.connections + this.#workload.messages.length;
  }

  /** Calls `schedule` with every message that waits for no group, and its time. */
  start(schedule: (message: number, time: number) => void): void {
    for (const message of this.#plan.roots) schedule(message, this.#workload.messages[message].start);
  }

  /** Records that a message is released. */
  release(message: number, now: number): void {
    this.released[message] = now;
  }

  /**
   * Records the delivery of a message. Calls `schedule` with each message that waited for its group, and its remaining
   * delay, ns.
   */
  deliver(message: number, schedule: (message: number, delay: number) => void): void {
    const { group } = this.#workload.messages[message];
    if (group < 0 || --this.missing[group] > 0) return;
    const { first, waiters } = this.#plan;
    for (let i = first[group]; i < first[group + 1]; i++) {
      schedule(waiters[i], this.#workload.messages[waiters[i]].start);
    }
  }

  /** Records that a message is acknowledged. Returns its slowdown. */
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

  /** Index of a request among messages and requests together. */
  indexOf(request: number): number {
    return this.finished.length + request;
  }

  /** Records that a request is answered. Returns its slowdown. */
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

  /** The paths of a request and of its response; empty within one machine. */
  #requestPaths(index: number): { there: Int32Array; back: Int32Array } {
    const { topology, smc } = this.#workload;
    const { client, server, transport } = smc!.connections[smc!.requests[index].connection];
    if (transport === "smc-d") return { there: NO_LINKS, back: NO_LINKS };
    return { there: topology.path(client, server, 0), back: topology.path(server, client, 0) };
  }

  /** The links that messages and requests take. */
  routes(): Routes {
    return {
      message: (index) => this.#connections.pathOf(this.connectionOf(index)),
      request: (index) => this.#requestPaths(index).there,
      response: (index) => this.#requestPaths(index).back,
    };
  }

  /**
   * Called when the run stops: calls `count` with the slowdown so far of everything unfinished, 0 if it was not
   * released.
   */
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

/** The empty path of traffic within one machine. */
const NO_LINKS = new Int32Array(0);
