import type { Connections } from "./connections.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import type { RateControl } from "./rate_control.ts";

/** The congestion control programs that NICs run: one for queue pairs that carry TCP, one for all others or none. */
export class RunningPrograms {
  /** The program of all but TCP's queue pairs; null while their rates are set from outside. */
  running: RateControl | null = null;
  /** What was handed in, by which it is known again; a copy of it runs. */
  #given: RateControl | null = null;
  #tcp: RateControl | null;
  readonly #table: QueuePairTable;
  readonly #connections: Connections;

  /** @param tcp null where nothing carries TCP; a copy runs */
  constructor(tcp: RateControl | null, table: QueuePairTable, connections: Connections) {
    this.#table = table;
    this.#connections = connections;
    this.#tcp = tcp?.fork(table) ?? null;
  }

  /** A run begins. */
  reset(): void {
    this.#tcp?.reset(this.#table);
  }

  /** Whether a queue pair carries TCP. */
  carriesTcp(queuePair: number): boolean {
    return this.#connections.tcp[this.#connections.connection[queuePair]] !== 0;
  }

  /** The program that governs a queue pair; null when that is done from outside. */
  of(queuePair: number): RateControl | null {
    return this.#tcp !== null && this.carriesTcp(queuePair) ? this.#tcp : this.running;
  }

  /** Lets a copy of `program` take over. Returns false when it is the one that runs already. */
  install(program: RateControl): boolean {
    if (this.#given === program) return false;
    this.#given = program;
    this.running = program.fork(this.#table);
    this.running.reset(this.#table);
    return true;
  }

  /** Rates are set from outside from now on. Returns false when they were before. */
  leave(): boolean {
    if (this.running === null) return false;
    this.running = null;
    this.#given = null;
    return true;
  }

  /** The same on other tables of the same contents. */
  fork(table: QueuePairTable, connections: Connections): RunningPrograms {
    const copy = new RunningPrograms(this.#tcp, table, connections);
    copy.running = this.running?.fork(table) ?? null;
    copy.#given = this.#given;
    return copy;
  }
}
