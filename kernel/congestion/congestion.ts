import { hashKey } from "../random.ts";
import { InvariantError, type Subsystem } from "../subsystem.ts";
import { assertDecision } from "./assert_decision.ts";
import { assertScenario } from "./assert_scenario.ts";
import { checkFabric } from "./check_fabric.ts";
import { Connections } from "./connections.ts";
import { copyState } from "./copy_state.ts";
import { CostLedger, QUEUE_WEIGHT } from "./cost.ts";
import { createTransport } from "./create_transport.ts";
import type { CongestionDecision } from "./decision.ts";
import { DecisionPoints } from "./decision_points.ts";
import { EventWheel } from "./event_wheel.ts";
import * as kind from "./events.ts";
import { Fabric } from "./fabric.ts";
import { FAIRNESS_ROUND_TRIPS, FairnessLedger } from "./fairness.ts";
import { lazyLeast } from "./lazy_least.ts";
import { longestBase } from "./longest_base.ts";
import { Messages } from "./messages.ts";
import { Nics } from "./nics.ts";
import type { CongestionOutcome } from "./outcome.ts";
import { EXACT, GENERATION, OWNER, PAYLOAD, Packets, SEQUENCE, VERDICT, WAITED, WHOLE } from "./packets.ts";
import { Paths } from "./paths.ts";
import { QueuePairTable } from "./queue_pair_table.ts";
import { QueuePairs } from "./queue_pairs.ts";
import { readAcknowledgement } from "./read_acknowledgement.ts";
import { COMPLAINED, IGNORED } from "./receiver.ts";
import { RoundTrips } from "./round_trips.ts";
import { RunningPrograms } from "./running_programs.ts";
import type { CongestionScenario } from "./scenario.ts";
import { MTU } from "./scenario.ts";
import { SmcSource } from "./smc/smc_source.ts";
import type { TrafficSource, Transport } from "./transport.ts";
import type { CongestionView } from "./view.ts";
import { WorkRequests } from "./work_requests.ts";

/** Number of low bits of an event that hold its kind. */
const KIND_BITS = Math.log2(kind.KINDS);

/**
 * A fabric of hosts, switches and links, and the queue pairs of the hosts' NICs. Packets (or chunks of them) are sent,
 * queued, marked, paused and acknowledged one by one. The rates come either from a program that NICs run at every
 * acknowledgement, or from outside: the kernel then asks for a decision once per round trip of each queue pair.
 *
 * Acknowledgements meet no queues. On each link of the way back they take the propagation and their own time on the
 * wire. Every counted quantity is a whole number of bytes.
 */
export class CongestionKernel
  implements Subsystem<CongestionScenario, CongestionView, CongestionDecision, CongestionOutcome>
{
  /**
   * Called with the index of a queue pair when it completes a round trip; for measurements. `fork` does not copy it.
   */
  onRoundTrip: ((queuePair: number) => void) | null = null;
  #scenario!: CongestionScenario;
  #seed = 0;
  #key = 0;
  #wheel = new EventWheel();
  #packets = new Packets();
  #paths = new Paths();
  #requests = new WorkRequests();
  #table = new QueuePairTable();
  #roundTrips = new RoundTrips();
  #points = new DecisionPoints(this.#wheel);
  #connections!: Connections;
  #fabric!: Fabric;
  #nics!: Nics;
  #messages!: Messages;
  #fairness!: FairnessLedger;
  #ledger!: CostLedger;
  #source: TrafficSource | null = null;
  #programs!: RunningPrograms;
  #queuePairs!: QueuePairs;
  #over = true;
  /** Whether the event loop has to stop. */
  #stop = false;
  readonly #outcome: CongestionOutcome = { cost: 0 };

  get scenario(): CongestionScenario {
    return this.#scenario;
  }

  get seed(): number {
    return this.#seed;
  }

  /** Current time, ns. */
  get time(): number {
    return this.#wheel.now;
  }

  /** Whether the run is over. */
  get done(): boolean {
    return this.#over;
  }

  readonly view: CongestionView = this.#createView();

  #createView(): CongestionView {
    const kernel = this;
    return {
      get time() {
        return kernel.#wheel.now;
      },
      get queuePairs() {
        return kernel.#table;
      },
      get roundTrips() {
        return kernel.#roundTrips;
      },
      get asked() {
        return kernel.#points.asked;
      },
      get askedCount() {
        return kernel.#points.askedCount;
      },
      get crowding() {
        return kernel.#connections.crowded;
      },
    };
  }

  get connections(): Connections {
    return this.#connections;
  }

  get paths(): Paths {
    return this.#paths;
  }

  get fabric(): Fabric {
    return this.#fabric;
  }

  get messages(): Messages {
    return this.#messages;
  }

  get fairness(): FairnessLedger {
    return this.#fairness;
  }

  get ledger(): CostLedger {
    return this.#ledger;
  }

  /** The socket layer; null when the workload has no sockets. */
  get source(): TrafficSource | null {
    return this.#source;
  }

  /** Cost J of the run at queue weight 0.25. Before the end it covers the finished messages. */
  get cost(): number {
    return this.#ledger.cost(QUEUE_WEIGHT);
  }

  /** @throws RangeError for an impossible scenario */
  reset(scenario: CongestionScenario, seed: number): void {
    assertScenario(scenario);
    const { workload, mtuPerChunk, lossless, limitNs } = scenario;
    const { topology } = workload;
    this.#scenario = scenario;
    this.#seed = seed;
    this.#key = hashKey(seed, "congestion/marks");
    this.#wheel.clear();
    this.#packets.clear();
    this.#requests.clear();
    this.#points.clear();
    this.#table.count = 0;
    this.#table.now = 0;
    this.#table.active.fill(0);
    this.#table.chunk = mtuPerChunk * MTU;
    this.#connections = new Connections(topology, hashKey(seed, "congestion/paths"), this.#paths, this.#table);
    this.#fabric = new Fabric(scenario, this.#key, this.#wheel, this.#packets, this.#paths);
    this.#programs = new RunningPrograms(scenario.tcp, this.#table, this.#connections);
    this.#nics = this.#createNics(mtuPerChunk, lossless);
    this.#queuePairs = this.#createQueuePairs();
    this.#queuePairs.makeRoom();
    this.#programs.reset();
    this.#serve();
    this.#over = false;
    const messages = new Messages(workload, this.#connections);
    this.#messages = messages;
    this.#source = workload.smc === null ? null : new SmcSource(workload.smc);
    this.#source?.start(this.#transport());
    this.#ledger = new CostLedger(
      workload.messages.length + (workload.smc?.requests.length ?? 0),
      workload.makespan,
      lazyLeast(workload, seed, messages.routes()),
    );
    this.#fairness = new FairnessLedger(FAIRNESS_ROUND_TRIPS * longestBase(workload), topology.rate);
    messages.start((message, time) => this.#wheel.push(time, message * kind.KINDS + kind.RELEASE));
    this.#wheel.push(limitNs, kind.LIMIT);
    this.#run();
  }

  #createQueuePairs(): QueuePairs {
    return new QueuePairs(this.#scenario, {
      wheel: this.#wheel,
      table: this.#table,
      paths: this.#paths,
      nics: this.#nics,
      connections: this.#connections,
      roundTrips: this.#roundTrips,
      points: this.#points,
      programs: this.#programs,
    });
  }

  #createNics(mtuPerChunk: number, lossless: boolean): Nics {
    return new Nics(
      { links: this.#scenario.workload.topology.rate.length, mtuPerChunk, lossless },
      {
        wheel: this.#wheel,
        packets: this.#packets,
        paths: this.#paths,
        requests: this.#requests,
        table: this.#table,
        fabric: this.#fabric,
        programs: this.#programs,
      },
    );
  }

  /** Applies a decision and runs to the next decision point. Throws a RangeError for an invalid decision. */
  decide(decision: CongestionDecision): CongestionOutcome {
    if (this.#over) throw new RangeError("the run is over; call reset first");
    assertDecision(decision, this.view);
    const before = this.cost;
    if (decision.program === null) this.#apply(decision);
    else if (this.#programs.install(decision.program)) this.#beginAll();
    this.#points.askedCount = 0;
    this.#connections.crowded = this.#connections.crowding;
    this.#run();
    this.#outcome.cost = this.cost - before;
    return this.#outcome;
  }

  /** Applies rates and windows from outside to the queue pairs that were asked. */
  #apply({ rate, window }: CongestionDecision): void {
    const { asked, askedCount } = this.#points;
    const table = this.#table;
    if (this.#programs.leave()) this.#serve();
    for (let i = 0; i < askedCount; i++) {
      const queuePair = asked[i];
      table.rate[queuePair] = Math.min(rate[i], table.line[queuePair]);
      table.window[queuePair] = window[i];
      this.#roundTrips.restart(queuePair, table.now);
      this.#nics.rearm(queuePair);
      this.#nics.wake(queuePair);
    }
  }

  /** A new program takes over: every queue pair begins with it. */
  #beginAll(): void {
    this.#serve();
    this.#points.clear();
    const { active, count, now } = this.#table;
    for (let queuePair = 0; queuePair < count; queuePair++) {
      if (active[queuePair] === 0 || this.#programs.carriesTcp(queuePair)) continue;
      const program = this.#programs.of(queuePair)!;
      this.#nics.telemetry[queuePair] = program.telemetry ? 1 : 0;
      this.#roundTrips.restart(queuePair, now);
      program.begin(queuePair);
      // The previous program may have left a long gap before the next packet.
      this.#nics.rearm(queuePair);
      this.#nics.wake(queuePair);
    }
  }

  /** Passes the program's needs to the switches: marking and telemetry. */
  #serve(): void {
    const { marking, telemetry } = this.#programs.running ?? this.#scenario;
    this.#fabric.serve(marking, telemetry);
  }

  /** Runs to the next decision point or to the end of the run. */
  #run(): void {
    const wheel = this.#wheel;
    const fabric = this.#fabric;
    const nics = this.#nics;
    const table = this.#table;
    this.#stop = false;
    while (!this.#stop) {
      const event = wheel.take();
      if (event < 0) throw new InvariantError("no event is left, but messages are not finished");
      const { now } = wheel;
      table.now = now;
      while (now >= this.#fairness.due) {
        this.#fairness.close(table, this.#paths, this.#connections.busySince, fabric.sent);
      }
      const of = event >> KIND_BITS;
      switch (event & (kind.KINDS - 1)) {
        case kind.ARRIVE:
          fabric.arrive(of);
          break;
        case kind.ACKNOWLEDGE:
          this.#acknowledge(of);
          break;
        case kind.LINK_FREE:
          fabric.awaited[of] = 0;
          this.#goOn(of);
          break;
        case kind.PACED:
          nics.paced(of);
          break;
        case kind.DELIVER:
          this.#deliver(of);
          break;
        case kind.RELEASE:
          this.#release(of);
          break;
        case kind.PAUSE:
          fabric.pause(of);
          break;
        case kind.RESUME:
          fabric.resume(of);
          this.#goOn(of);
          break;
        case kind.DECIDE:
          if (this.#points.collect()) this.#stop = true;
          break;
        case kind.TIMER:
          this.#source!.timer(of);
          this.#endIfDone();
          break;
        case kind.TIMEOUT:
          if (nics.timedOut(of)) this.#lose(of, 0, true);
          break;
        case kind.RETIRE:
          this.#queuePairs.retireIfIdle(of);
          break;
        default:
          this.#end();
      }
    }
  }

  /** Lets a link send again: a NIC's link its ready queue pairs, a switch's link its queue. */
  #goOn(link: number): void {
    if (!this.#fabric.idle(link)) {
      this.#fabric.await(link);
      return;
    }
    if (this.#scenario.workload.topology.from[link] < this.#scenario.workload.topology.hosts) this.#nics.sendNext(link);
    else this.#fabric.sendQueued(link);
  }

  #release(message: number): void {
    this.#messages.release(message, this.#table.now);
    const { bytes } = this.#scenario.workload.messages[message];
    this.#queuePairs.post(this.#messages.connectionOf(message), bytes, message, false);
  }

  #deliver(request: number): void {
    const requests = this.#requests;
    const token = requests.token[request];
    if (requests.foreign[request] !== 0) {
      this.#source!.delivered(token);
      this.#endIfDone();
    } else {
      this.#messages.deliver(token, (message, delay) => {
        this.#wheel.push(this.#table.now + delay, message * kind.KINDS + kind.RELEASE);
      });
    }
  }

  /**
   * Handles the receiver's answer to a packet when it reaches the sender: an acknowledgement, a complaint or nothing.
   */
  #acknowledge(packet: number): void {
    const packets = this.#packets;
    const { whole } = packets;
    const at = packet * WHOLE;
    const queuePair = whole[at + OWNER];
    const verdict = whole[at + VERDICT];
    if (whole[at + GENERATION] !== this.#paths.generation[queuePair]) {
      packets.release(packet);
      return;
    }
    this.#paths.ended[queuePair] += whole[at + PAYLOAD];
    const sequence = packets.exact[packet * EXACT + SEQUENCE];
    if (verdict === IGNORED) {
      packets.release(packet);
    } else if (verdict === COMPLAINED) {
      packets.release(packet);
      this.#nics.heard[queuePair] = this.#table.now;
      this.#lose(queuePair, sequence, false);
    } else {
      this.#hear(queuePair, packet, sequence);
    }
  }

  #hear(queuePair: number, packet: number, sequence: number): void {
    const table = this.#table;
    const packets = this.#packets;
    readAcknowledgement(packets, packet, sequence, table);
    const { bytes } = table.ack;
    this.#ledger.wait(bytes, packets.exact[packet * EXACT + WAITED]);
    this.#ledger.deliver(bytes, table.base[queuePair]);
    packets.release(packet);
    this.#nics.heard[queuePair] = table.now;
    if (sequence > table.acked[queuePair]) {
      table.remaining[queuePair] -= sequence - table.acked[queuePair];
      table.acked[queuePair] = sequence;
      this.#nics.skip(queuePair, sequence);
    }
    const complete = this.#roundTrips.note(queuePair, table);
    if (complete && this.onRoundTrip !== null) this.onRoundTrip(queuePair);
    const program = this.#programs.of(queuePair);
    if (program !== null) {
      const rate = table.rate[queuePair];
      program.acknowledge(queuePair);
      if (program.rearms && table.rate[queuePair] !== rate) this.#nics.rearm(queuePair);
    } else if (complete) {
      this.#roundTrips.suspend(queuePair);
      this.#points.ask(queuePair, table.now + this.#scenario.decisionNs);
    }
    this.#completeRequests(queuePair, sequence);
    this.#nics.wake(queuePair);
  }

  #lose(queuePair: number, sequence: number, timeout: boolean): void {
    this.#roundTrips.lose(queuePair);
    this.#nics.rewind(queuePair, sequence);
    const program = this.#programs.of(queuePair);
    if (program !== null) program.lose(queuePair, timeout);
    this.#nics.wake(queuePair);
  }

  /** Completes the work requests whose last byte is acknowledged. A queue pair without work requests is idle. */
  #completeRequests(queuePair: number, sequence: number): void {
    const requests = this.#requests;
    const nics = this.#nics;
    let request = nics.unacknowledged[queuePair];
    if (request < 0 || requests.end[request] > sequence) return;
    while (request >= 0 && requests.end[request] <= sequence) {
      const token = requests.token[request];
      const foreign = requests.foreign[request] !== 0;
      nics.unacknowledged[queuePair] = requests.next[request];
      requests.release(request);
      if (foreign) this.#source!.completed(token);
      else this.#finish(token);
      request = nics.unacknowledged[queuePair];
    }
    if (this.#table.remaining[queuePair] === 0) this.#queuePairs.rest(queuePair, this.#messages);
    this.#endIfDone();
  }

  #finish(message: number): void {
    const { now } = this.#table;
    this.#ledger.finish(message, this.#messages.finish(message, now), now);
  }

  #endIfDone(): void {
    if (this.#messages.done && (this.#source === null || this.#source.done)) this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop = true;
    this.#points.clear();
    const { now } = this.#table;
    this.#messages.abandon(now, (slowdown) => this.#ledger.abandon(slowdown, now));
  }

  #transport(): Transport {
    return createTransport({
      wheel: this.#wheel,
      connections: this.#connections,
      messages: () => this.#messages,
      ledger: () => this.#ledger,
      post: (connection, bytes, token) => this.#queuePairs.post(connection, bytes, token, true),
    });
  }

  fork(): CongestionKernel {
    const copy = new CongestionKernel();
    const { mtuPerChunk, lossless } = this.#scenario;
    copy.#scenario = this.#scenario;
    copy.#seed = this.#seed;
    copy.#key = this.#key;
    copy.#wheel = this.#wheel.fork();
    copyState(this.#packets, copy.#packets);
    copyState(this.#paths, copy.#paths);
    copyState(this.#requests, copy.#requests);
    copyState(this.#table, copy.#table);
    copyState(this.#roundTrips, copy.#roundTrips);
    copy.#points = this.#points.fork(copy.#wheel);
    const { topology } = this.#scenario.workload;
    copy.#connections = new Connections(topology, hashKey(this.#seed, "congestion/paths"), copy.#paths, copy.#table);
    copy.#connections.copyFrom(this.#connections);
    copy.#programs = this.#programs.fork(copy.#table, copy.#connections);
    copy.#fabric = this.#fabric.fork(copy.#wheel, copy.#packets, copy.#paths);
    copy.#nics = copy.#createNics(mtuPerChunk, lossless);
    copy.#nics.copyFrom(this.#nics);
    copy.#queuePairs = copy.#createQueuePairs();
    copy.#messages = this.#messages.fork(copy.#connections);
    copy.#fairness = this.#fairness.fork();
    copy.#ledger = this.#ledger.fork();
    copy.#source = this.#source?.fork(copy.#transport()) ?? null;
    copy.#over = this.#over;
    return copy;
  }

  /** Throws an InvariantError that names the first broken law. */
  checkInvariants(): void {
    checkFabric(this.#scenario, this.#table, this.#paths, this.#packets, this.#fabric);
    this.#source?.checkInvariants();
  }
}
