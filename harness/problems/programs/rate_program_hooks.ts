import type { QueuePairTable } from "../../../kernel/congestion/queue_pair_table.ts";
import { QueuePairTable as EmptyTable } from "../../../kernel/congestion/queue_pair_table.ts";
import type { Marking, RateControl } from "../../../kernel/congestion/rate_control.ts";
import { MOST_HOPS } from "../../../kernel/congestion/topology.ts";
import type { CompiledProgram } from "../../program/compile_program.ts";
import { ProgramError } from "../../program/program_error.ts";
import type { ProgramRun } from "../../program/program_run.ts";
import { Returned } from "../../program/returned.ts";

/** Most numbers of state that a program may keep for each queue pair. Source: choice; Linux has room for 13. */
const MOST_STATE = 64;

type Numbers = Float64Array;
type Fields = Record<string, unknown>;

/** What a queue pair's hooks see of the last acknowledgement, in the order of `Acknowledgement`. */
const ACK_FIELDS = ["bytes", "packets", "rtt", "sentAt", "marked", "ackedAtSend", "sequence", "hops"] as const;
const ACK_ARRAYS = ["queue", "sent", "time", "rate"] as const;

/**
 * A program of a user as congestion control in the NICs. Its hooks are those of `RateControl`, each for one queue pair:
 * `begin(pair)`, `acknowledge(pair)` and, if it has them, `lose(pair, timeout)` and `beforeSend(pair)`. They set
 * `pair.rate` and `pair.window`. `pair` has `now`, `line`, `base`, `hops`, `sent`, `acked`, `chunk`, the
 * acknowledgement `ack`, and `state`: as many numbers as the program's field `state` says, 0 when the queue pair
 * begins. What a program keeps of a queue pair belongs in there: copies of a run copy it.
 *
 * The fields `telemetry`, `marking` and `rearms` of the program mean what they mean in `RateControl`.
 */
export class RateProgramHooks implements RateControl {
  readonly name: string;
  readonly telemetry: boolean;
  readonly marking: Marking | null;
  readonly rearms: boolean;
  readonly #run: ProgramRun;
  readonly #program: CompiledProgram;
  readonly #pair: Fields;
  readonly #ack: Fields;
  readonly #telemetry: readonly Numbers[];
  readonly #width: number;
  readonly #hasLose: boolean;
  readonly #hasBeforeSend: boolean;
  #states: Numbers[] = [];
  #table: QueuePairTable = new EmptyTable();

  /** @throws ProgramError when a field of the program cannot be used */
  constructor(run: ProgramRun, program: CompiledProgram) {
    this.name = program.file;
    this.#run = run;
    this.#program = program;
    const given = new Returned(program.file).take(run.instance);
    this.telemetry = given.flag("telemetry", false);
    this.rearms = given.flag("rearms", true);
    this.marking = given.has("marking") ? readMarking(given) : null;
    this.#width = given.number("state", 0);
    if (!Number.isInteger(this.#width) || this.#width < 0 || this.#width > MOST_STATE) {
      throw new ProgramError(`${program.file}: state must be 0 to ${MOST_STATE} numbers, got ${this.#width}`);
    }
    if (!run.has("begin")) throw new ProgramError(`${program.file}: begin(pair) is missing beside acknowledge(pair)`);
    this.#hasLose = run.has("lose");
    this.#hasBeforeSend = run.has("beforeSend");
    const { functions } = run.realm;
    this.#pair = functions.object();
    this.#ack = functions.object();
    this.#telemetry = ACK_ARRAYS.map(() => functions.numbers("Float64Array", MOST_HOPS) as Numbers);
    this.#pair.ack = this.#ack;
    ACK_ARRAYS.forEach((name, i) => {
      this.#ack[name] = this.#telemetry[i];
    });
  }

  reset(table: QueuePairTable): void {
    this.#table = table;
    this.#states = [];
    if (this.#run.has("reset")) this.#run.call("reset");
  }

  begin(queuePair: number): void {
    const state = this.#stateOf(queuePair);
    for (let i = 0; i < this.#width; i++) state[i] = 0;
    this.#table.rate[queuePair] = this.#table.line[queuePair];
    this.#table.window[queuePair] = Number.POSITIVE_INFINITY;
    this.#ask("begin", queuePair, false);
  }

  acknowledge(queuePair: number): void {
    const { ack } = this.#table;
    for (const name of ACK_FIELDS) this.#ack[name] = ack[name];
    if (this.telemetry) {
      for (let i = 0; i < ACK_ARRAYS.length; i++) {
        const [from, to] = [ack[ACK_ARRAYS[i]], this.#telemetry[i]];
        for (let hop = 0; hop < ack.hops; hop++) to[hop] = from[hop];
      }
    }
    this.#ask("acknowledge", queuePair, false);
  }

  lose(queuePair: number, timeout: boolean): void {
    if (this.#hasLose) this.#ask("lose", queuePair, timeout);
  }

  beforeSend(queuePair: number): void {
    if (this.#hasBeforeSend) this.#ask("beforeSend", queuePair, false);
  }

  fork(table: QueuePairTable): RateControl {
    const copy = new RateProgramHooks(this.#run.again(), this.#program);
    copy.#table = table;
    this.#states.forEach((state, queuePair) => {
      const own = copy.#stateOf(queuePair);
      for (let i = 0; i < this.#width; i++) own[i] = state[i];
    });
    return copy;
  }

  #stateOf(queuePair: number): Numbers {
    this.#states[queuePair] ??= this.#run.realm.functions.numbers("Float64Array", this.#width) as Numbers;
    return this.#states[queuePair];
  }

  #ask(hook: string, queuePair: number, timeout: boolean): void {
    const [table, pair] = [this.#table, this.#pair];
    pair.now = table.now;
    pair.line = table.line[queuePair];
    pair.base = table.base[queuePair];
    pair.hops = table.hops[queuePair];
    pair.sent = table.sent[queuePair];
    pair.acked = table.acked[queuePair];
    pair.chunk = table.chunk;
    pair.rate = table.rate[queuePair];
    pair.window = table.window[queuePair];
    pair.state = this.#stateOf(queuePair);
    this.#run.call(hook, pair, timeout);
    table.rate[queuePair] = this.#above0("rate", pair.rate);
    table.window[queuePair] = this.#above0("window", pair.window);
  }

  #above0(name: string, value: unknown): number {
    if (typeof value === "number" && value > 0) return value;
    const found = typeof value === "number" ? value : typeof value;
    throw new ProgramError(`${this.name}: pair.${name} must be a number above 0, got ${found}`);
  }
}

function readMarking(given: Returned): Marking | null {
  const marking = given.object("marking");
  return { kmin: marking.number("kmin"), kmax: marking.number("kmax"), pmax: marking.number("pmax") };
}
