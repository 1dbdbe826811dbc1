import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../../../kernel/congestion/decision.ts";
import type { QueuePairTable } from "../../../kernel/congestion/queue_pair_table.ts";
import type { Marking, RateControl } from "../../../kernel/congestion/rate_control.ts";
import type { CongestionScenario } from "../../../kernel/congestion/scenario.ts";
import { CabledTopology } from "../../../kernel/congestion/topologies/cabled_topology.ts";
import type { Topology } from "../../../kernel/congestion/topology.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";

export { congestionScenarioOf as scenarioOf } from "../../../harness/scenarios/congestion.ts";

/** A message of 100 kB at time 0, changed by `details`. */
export function message(src: number, dst: number, details: Partial<Message> = {}): Message {
  return { src, dst, bytes: 100_000, start: 0, after: -1, group: -1, connection: -1, ...details };
}

/** Hosts around one switch, with links of 100 Gb/s and a buffer that may be small. */
export function switchOf(
  hosts: number,
  { delayNs = 1000, gbps = 100, buffer = 2 ** 25 }: { delayNs?: number; gbps?: number; buffer?: number } = {},
): Topology {
  const cables = Array.from({ length: hosts }, (_, host) => ({ a: host, b: hosts, gbps, delayNs }));
  return new CabledTopology({ name: "one switch", hosts, switches: 1, cables, buffer });
}

export function workloadOf(topology: Topology, messages: readonly Message[], makespan = false): CongestionWorkload {
  return { name: "test", topology, messages, makespan, smc: null };
}

/** `senders` hosts that each send `bytes` to the last host. */
export function incastOf(senders: number, bytes: number, topology = switchOf(senders + 1)): CongestionWorkload {
  return workloadOf(
    topology,
    Array.from({ length: senders }, (_, src) => message(src, senders, { bytes })),
  );
}

/** The behaviour of a scripted program. */
export interface Script {
  telemetry?: boolean;
  marking?: Marking | null;
  rearms?: boolean;
  /**
   * Share of the line rate, and window in bytes, at the start of a queue pair. Default: the full rate and no window.
   */
  share?: number;
  window?: number;
  /** Called at every acknowledgement. */
  acknowledge?(queuePair: number, table: QueuePairTable): void;
  lose?(queuePair: number, timeout: boolean, table: QueuePairTable): void;
  begin?(queuePair: number, table: QueuePairTable): void;
}

/** A program that follows a test's script and reports acknowledgements to it. Its copies share the script. */
export class Scripted implements RateControl {
  readonly name = "scripted";
  readonly telemetry: boolean;
  readonly marking: Marking | null;
  readonly rearms: boolean;
  readonly #script: Script;
  #table!: QueuePairTable;

  constructor(script: Script = {}) {
    this.#script = script;
    this.telemetry = script.telemetry ?? false;
    this.marking = script.marking ?? null;
    this.rearms = script.rearms ?? true;
  }

  reset(table: QueuePairTable): void {
    this.#table = table;
  }

  begin(queuePair: number): void {
    const { share = 1, window = Number.POSITIVE_INFINITY } = this.#script;
    this.#table.rate[queuePair] = share * this.#table.line[queuePair];
    this.#table.window[queuePair] = window;
    this.#script.begin?.(queuePair, this.#table);
  }

  acknowledge(queuePair: number): void {
    this.#script.acknowledge?.(queuePair, this.#table);
  }

  lose(queuePair: number, timeout: boolean): void {
    this.#script.lose?.(queuePair, timeout, this.#table);
  }

  beforeSend(): void {}

  fork(table: QueuePairTable): RateControl {
    const copy = new Scripted(this.#script);
    copy.#table = table;
    return copy;
  }
}

/**
 * A program that checks a kernel's invariants at every `every`th acknowledgement, and otherwise does what another
 * program does.
 */
export class Checking implements RateControl {
  readonly name = "checking";
  readonly #kernel: CongestionKernel;
  readonly #inner: RateControl;
  readonly #every: number;
  #heard = 0;

  constructor(kernel: CongestionKernel, inner: RateControl, every: number) {
    this.#kernel = kernel;
    this.#inner = inner;
    this.#every = every;
  }

  get telemetry(): boolean {
    return this.#inner.telemetry;
  }

  get marking(): Marking | null {
    return this.#inner.marking;
  }

  get rearms(): boolean {
    return this.#inner.rearms;
  }

  reset(table: QueuePairTable): void {
    this.#inner.reset(table);
  }

  begin(queuePair: number): void {
    this.#inner.begin(queuePair);
  }

  acknowledge(queuePair: number): void {
    this.#inner.acknowledge(queuePair);
    if (this.#heard++ % this.#every === 0) this.#kernel.checkInvariants();
  }

  lose(queuePair: number, timeout: boolean): void {
    this.#inner.lose(queuePair, timeout);
    this.#kernel.checkInvariants();
  }

  beforeSend(queuePair: number): void {
    this.#inner.beforeSend(queuePair);
  }

  fork(table: QueuePairTable): RateControl {
    return new Checking(this.#kernel, this.#inner.fork(table), this.#every);
  }
}

/** A decision that lets the NICs run a program. */
export function runs(program: RateControl): CongestionDecision {
  return { program, rate: new Float64Array(0), window: new Float64Array(0) };
}

/** Plays a scenario to its end under a program, then checks every invariant. */
export function play(
  scenario: CongestionScenario,
  program: RateControl = new Scripted(),
  { seed = 1, kernel = new CongestionKernel() } = {},
): CongestionKernel {
  kernel.reset(scenario, seed);
  const decision = runs(program);
  while (!kernel.done) kernel.decide(decision);
  kernel.checkInvariants();
  return kernel;
}

/** Completion time of each message, ns. */
export function times({ messages }: CongestionKernel): number[] {
  return [...messages.finished].map((finished, i) => finished - messages.released[i]);
}
