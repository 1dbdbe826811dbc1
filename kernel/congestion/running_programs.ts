import type { Connections } from "./connections.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RateControl } from "./rate_control.ts";

/**
 * The congestion control programs that NICs run: one for queue pairs that carry TCP, and one or none for all others.
 */
export class RunningPrograms {
  /** The program of all queue pairs without TCP; null while their rates come from outside. */
  running: RateControl | null = null;
  /** The object that was handed in, to recognize it again. A copy of it runs. */
  #given: RateControl | null = null;
  #tcp: RateControl | null;
  readonly #table: QueuePairTable;
  readonly #connections: Connections;

  /** @param tcp program of TCP's queue pairs, of which a copy runs; null when nothing carries TCP */
  constructor(tcp: RateControl | null, table: QueuePairTable, connections: Connections) {
    this.#table = table;
    this.#connections = connections;
    this.#tcp = tcp?.fork(table) ?? null;
  }

  /** Starts a run. */
  reset(): void {
    this.#tcp?.reset(this.#table);
  }

  /** Whether a queue pair carries TCP. */
  carriesTcp(queuePair: number): boolean {
    return this.#connections.tcp[this.#connections.connection[queuePair]] !== 0;
  }

  /** The program that controls a queue pair; null when decisions from outside do. */
  of(queuePair: number): RateControl | null {
    return this.#tcp !== null && this.carriesTcp(queuePair) ? this.#tcp : this.running;
  }

  /** Lets a copy of `program` take over. Returns false when it already runs. */
  install(program: RateControl): boolean {
    if (this.#given === program) return false;
    this.#given = program;
    this.running = program.fork(this.#table);
    this.running.reset(this.#table);
    return true;
  }

  /** Switches to rates from outside. Returns false when they already were. */
  leave(): boolean {
    if (this.running === null) return false;
    this.running = null;
    this.#given = null;
    return true;
  }

  /** Returns a copy that works on other tables with the same contents. */
  fork(table: QueuePairTable, connections: Connections): RunningPrograms {
    const copy = new RunningPrograms(this.#tcp, table, connections);
    copy.running = this.running?.fork(table) ?? null;
    copy.#given = this.#given;
    return copy;
  }
}
