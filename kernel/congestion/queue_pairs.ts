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

/**
 * Idle time after which the queue pair of a connection ends, ns. The next message then gets a new one. Source: choice.
 */
const KEEP_NS = 100_000;

/** Number of queue pairs for which there is room at first. */
const FIRST_CAPACITY = 64;

/** The parts of the kernel that hold the state of queue pairs. */
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

/** The life cycle of queue pairs: they begin, resume after being idle, rest and end. Their state is in the parts. */
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

  /** Adds bytes to send to a connection's queue pair. Starts a queue pair if the connection has none. */
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
    // A queue pair sends nothing before its first decision. That decision is due at once: it can be computed ahead,
    // because nothing has been measured yet.
    table.window[queuePair] = 0;
    table.rate[queuePair] = table.line[queuePair];
    points.ask(queuePair, table.now);
  }

  /** Lets an idle queue pair continue. After more than a base round trip it needs a new decision before it sends. */
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

  /**
   * Handles a queue pair that has nothing to send. It ends if its connection is finished, and is kept for a while
   * otherwise.
   */
  rest(queuePair: number, messages: Messages): void {
    const { table, nics, connections, wheel } = this.#parts;
    nics.rested[queuePair] = table.now;
    connections.share(queuePair, -1);
    if (messages.isLast(connections.connection[queuePair])) this.#retire(queuePair);
    else wheel.push(table.now + KEEP_NS, queuePair * KINDS + RETIRE);
  }

  /** Handles the event: ends a queue pair that has been idle for `KEEP_NS`. */
  retireIfIdle(queuePair: number): void {
    const { table, nics } = this.#parts;
    if (table.active[queuePair] === 0 || table.remaining[queuePair] > 0) return;
    // The event may belong to an earlier rest: the queue pair may have rested again since.
    if (nics.rested[queuePair] + KEEP_NS <= table.now) this.#retire(queuePair);
  }

  #retire(queuePair: number): void {
    const { points, nics, connections } = this.#parts;
    points.forget(queuePair);
    nics.retire(queuePair);
    connections.retire(queuePair);
  }
}
