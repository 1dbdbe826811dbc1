import type { Connections } from "./connections.ts";
import type { DecisionPoints } from "./decision_points.ts";
import type { EventWheel } from "./event_wheel.ts";
import { KINDS, RETIRE } from "./events.ts";
import type { Messages } from "./messages.ts";
import type { Nics } from "./nics.ts";
import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RoundTrips } from "./round_trips.ts";
import type { RunningPrograms } from "./running_programs.ts";
import type { CongestionScenario } from "./scenario.ts";

/** Time without anything to send after which the queue pair of a connection ends, ns: the next begins anew. Source: choice. */
const KEEP_NS = 100_000;

/** Queue pairs there is room for at first. */
const FIRST_CAPACITY = 64;

/** What the life of a queue pair touches. */
export interface QueuePairParts {
  readonly wheel: EventWheel;
  readonly table: QueuePairTable;
  readonly paths: Paths;
  readonly nics: Nics;
  readonly connections: Connections;
  readonly roundTrips: RoundTrips;
  readonly points: DecisionPoints;
  readonly programs: RunningPrograms;
}

/** How queue pairs begin, go on after they were idle, rest and end. What they are is in the parts. */
export class QueuePairs {
  readonly #scenario: CongestionScenario;
  readonly #parts: QueuePairParts;

  constructor(scenario: CongestionScenario, parts: QueuePairParts) {
    this.#scenario = scenario;
    this.#parts = parts;
  }

  /** Makes room for the first queue pairs of a run. */
  makeRoom(): void {
    this.#grow(Math.max(FIRST_CAPACITY, this.#parts.table.capacity));
  }

  #grow(capacity: number): void {
    const { table, paths, nics, connections, roundTrips } = this.#parts;
    table.grow(capacity);
    paths.grow(capacity);
    nics.grow(capacity);
    connections.grow(capacity);
    roundTrips.grow(capacity);
  }

  /** Gives a connection's queue pair something to send; it begins if there is none. */
  post(connection: number, bytes: number, token: number, foreign: boolean): void {
    const { connections, table, nics } = this.#parts;
    let queuePair = connections.queuePair[connection];
    const begins = queuePair < 0;
    if (begins) queuePair = this.#open(connection);
    const idle = table.remaining[queuePair] === 0;
    nics.post(queuePair, bytes, token, foreign);
    if (idle) {
      connections.share(queuePair, 1);
      if (!begins) this.#resume(queuePair);
    }
    if (begins) this.#begin(queuePair);
    nics.wake(queuePair);
  }

  #open(connection: number): number {
    const { connections, table, nics, roundTrips, programs } = this.#parts;
    const queuePair = connections.free();
    if (queuePair >= table.capacity) this.#grow(2 * table.capacity);
    connections.serve(connection, queuePair);
    const { telemetry } = programs.of(queuePair) ?? this.#scenario;
    nics.begin(queuePair, telemetry);
    roundTrips.begin(queuePair, table);
    return queuePair;
  }

  #begin(queuePair: number): void {
    const { table, points, programs } = this.#parts;
    const program = programs.of(queuePair);
    if (program !== null) {
      program.begin(queuePair);
      return;
    }
    // Nothing is sent before it is decided how fast; that was worked out ahead, as nothing has been measured yet.
    table.window[queuePair] = 0;
    table.rate[queuePair] = table.line[queuePair];
    points.ask(queuePair, table.now);
  }

  /** A queue pair that was idle goes on: after more than a base round trip it is asked again, before it sends. */
  #resume(queuePair: number): void {
    const { table, nics, points, roundTrips, programs } = this.#parts;
    const { now, base, window } = table;
    roundTrips.resume(queuePair, now);
    if (programs.of(queuePair) !== null || now - nics.heard[queuePair] < base[queuePair]) return;
    roundTrips.resumed[queuePair] = 1;
    points.forget(queuePair);
    points.ask(queuePair, now);
    window[queuePair] = 0;
  }

  /** A queue pair has nothing to send: one of a connection stays a while. */
  rest(queuePair: number, messages: Messages): void {
    const { table, nics, connections, wheel } = this.#parts;
    nics.rested[queuePair] = table.now;
    connections.share(queuePair, -1);
    if (messages.isLast(connections.connection[queuePair])) this.#retire(queuePair);
    else wheel.push(table.now + KEEP_NS, queuePair * KINDS + RETIRE);
  }

  /** The event: whether a queue pair has been idle all the time. */
  retireIfIdle(queuePair: number): void {
    const { table, nics } = this.#parts;
    if (table.active[queuePair] === 0 || table.remaining[queuePair] > 0) return;
    // An event of an earlier rest finds it rested again since.
    if (nics.rested[queuePair] + KEEP_NS <= table.now) this.#retire(queuePair);
  }

  #retire(queuePair: number): void {
    const { points, nics, connections } = this.#parts;
    points.forget(queuePair);
    nics.retire(queuePair);
    connections.retire(queuePair);
  }
}
