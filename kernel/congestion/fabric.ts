import { hashUniform } from "../random.ts";
import { copyState } from "./copy_state.ts";
import type { EventWheel } from "./event_wheel.ts";
import { ACKNOWLEDGE, ARRIVE, DELIVER, KINDS, LINK_FREE, PAUSE, RESUME } from "./events.ts";
import { FlowControl } from "./flow_control.ts";
import {
  COUNT,
  EXACT,
  GENERATION,
  HOP,
  INGRESS,
  MARKED,
  NEXT,
  ON_LINK,
  OWNER,
  PAYLOAD,
  type Packets,
  PLACE,
  QUEUED,
  QUEUED_AT,
  REQUEST,
  RETURNING,
  SEQUENCE,
  STAMPS,
  VERDICT,
  WAITED,
  WHOLE,
  WIRE,
} from "./packets.ts";
import type { Paths } from "./paths.ts";
import type { Marking } from "./rate_control.ts";
import { judge, TAKEN } from "./receiver.ts";
import type { CongestionScenario } from "./scenario.ts";
import { MOST_HOPS } from "./topology.ts";

/** Link rate to which marking thresholds refer, bytes per ns: 100 Gb/s. */
const MARKING_RATE = 12.5;

/**
 * The links and the egress queues in front of them: one first-in, first-out queue per link. A packet takes its time on
 * the wire and the propagation. A switch forwards a packet when it has received all of it.
 */
export class Fabric {
  /** `[links]` first packet of the link's queue, -1 for an empty queue. */
  head: Int32Array;
  tail: Int32Array;
  /** Queued bytes on the wire. */
  queued: Float64Array;
  /** Time at which the link started its last packet, and until when it is busy, ns, with fractions. */
  begun: Float64Array;
  busyUntil: Float64Array;
  /** 1 while flow control pauses the link. */
  paused: Uint8Array;
  /** 1 while an event is pending that tells when the link is free. */
  awaited: Uint8Array;
  /** Bytes on the wire that the link has sent. */
  sent: Float64Array;
  /** Time for which the link has been paused, ns, and the start of the current pause. */
  pausedTime: Float64Array;
  pausedSince: Float64Array;
  /** Longest queue of any link so far, bytes on the wire. */
  greatestQueue = 0;
  /** Number of dropped packets. */
  drops = 0;
  flowControl: FlowControl;
  readonly #scenario: CongestionScenario;
  readonly #rate: Float64Array;
  readonly #delay: Float64Array;
  readonly #lossless: boolean;
  readonly #wheel: EventWheel;
  readonly #packets: Packets;
  readonly #paths: Paths;
  readonly #key: number;
  #marking: Marking | null = null;
  #telemetry = false;

  constructor(scenario: CongestionScenario, key: number, wheel: EventWheel, packets: Packets, paths: Paths) {
    const { topology } = scenario.workload;
    const links = topology.rate.length;
    this.#scenario = scenario;
    this.#rate = topology.rate;
    this.#delay = topology.delay;
    this.#lossless = scenario.lossless;
    this.#key = key;
    this.#wheel = wheel;
    this.#packets = packets;
    this.#paths = paths;
    this.head = new Int32Array(links).fill(-1);
    this.tail = new Int32Array(links).fill(-1);
    this.queued = new Float64Array(links);
    this.begun = new Float64Array(links);
    this.busyUntil = new Float64Array(links);
    this.paused = new Uint8Array(links);
    this.awaited = new Uint8Array(links);
    this.sent = new Float64Array(links);
    this.pausedTime = new Float64Array(links);
    this.pausedSince = new Float64Array(links);
    this.flowControl = new FlowControl(topology, scenario.lossless, scenario.mtuPerChunk);
  }

  /** Sets what switches do for the current program. */
  serve(marking: Marking | null, telemetry: boolean): void {
    this.#marking = marking;
    this.#telemetry = telemetry;
  }

  /** Whether a packet can start on `link` now. */
  idle(link: number): boolean {
    return this.paused[link] === 0 && this.busyUntil[link] <= this.#wheel.now;
  }

  /** Makes sure that an event tells when `link` is free. For a paused link the resume does that. */
  await(link: number): void {
    if (this.awaited[link] !== 0 || this.paused[link] !== 0) return;
    this.awaited[link] = 1;
    const { now } = this.#wheel;
    const free = Math.ceil(this.busyUntil[link]);
    this.#wheel.push(free > now ? free : now, link * KINDS + LINK_FREE);
  }

  /** Handles a packet that comes out of a link at a switch. */
  arrive(packet: number): void {
    const { whole, exact } = this.#packets;
    const at = packet * WHOLE;
    const queuePair = whole[at + OWNER];
    const base = queuePair * MOST_HOPS;
    const { links } = this.#paths;
    const hop = whole[at + HOP];
    const ingress = links[base + hop];
    const egress = links[base + hop + 1];
    const wire = whole[at + WIRE];
    const { flowControl } = this;
    if (!flowControl.admit(ingress, wire, this.queued[egress])) {
      this.drops += whole[at + COUNT];
      if (whole[at + GENERATION] === this.#paths.generation[queuePair]) {
        this.#paths.ended[queuePair] += whole[at + PAYLOAD];
      }
      this.#packets.release(packet);
      return;
    }
    if (flowControl.mustPause(ingress)) {
      this.#wheel.push(this.#wheel.now + flowControl.delay(ingress), ingress * KINDS + PAUSE);
    }
    whole[at + PLACE] = QUEUED;
    whole[at + HOP] = hop + 1;
    whole[at + INGRESS] = ingress;
    exact[packet * EXACT + QUEUED_AT] = this.#wheel.now;
    whole[at + NEXT] = -1;
    if (this.head[egress] < 0) this.head[egress] = packet;
    else whole[this.tail[egress] * WHOLE + NEXT] = packet;
    this.tail[egress] = packet;
    this.queued[egress] += wire;
    if (this.queued[egress] > this.greatestQueue) this.greatestQueue = this.queued[egress];
    if (this.head[egress] === packet && this.idle(egress)) this.sendQueued(egress);
    else this.await(egress);
  }

  /** Sends the first queued packet of `link`, an idle link of a switch. */
  sendQueued(link: number): void {
    const packet = this.head[link];
    if (packet < 0) return;
    const { whole, exact } = this.#packets;
    const at = packet * WHOLE;
    const wire = whole[at + WIRE];
    this.head[link] = whole[at + NEXT];
    this.queued[link] -= wire;
    const ingress = whole[at + INGRESS];
    const { flowControl } = this;
    flowControl.release(ingress, wire);
    if (flowControl.mustResume(ingress)) {
      this.#wheel.push(this.#wheel.now + flowControl.delay(ingress), ingress * KINDS + RESUME);
    }
    const left = this.queued[link];
    if (this.#marking !== null && whole[at + MARKED] === 0) this.#mark(packet, link, left, this.#marking);
    const before = this.sent[link];
    this.send(link, packet);
    const begun = this.begun[link];
    const exactAt = packet * EXACT;
    if (begun > exact[exactAt + QUEUED_AT]) exact[exactAt + WAITED] += begun - exact[exactAt + QUEUED_AT];
    if (this.#telemetry) this.#stamp(packet, link, left, before);
    if (this.head[link] >= 0) this.await(link);
  }

  /**
   * Puts a packet on the idle link `link`. A link that was busy continues at its exact end, although events are at
   * whole ns.
   */
  send(link: number, packet: number): void {
    const { whole } = this.#packets;
    const at = packet * WHOLE;
    const queuePair = whole[at + OWNER];
    const wire = whole[at + WIRE];
    const { now } = this.#wheel;
    const free = this.busyUntil[link];
    const start = free > now - 1 ? free : now;
    const end = start + wire / this.#rate[link];
    const arrival = end + this.#delay[link];
    this.begun[link] = start;
    this.busyUntil[link] = end;
    this.sent[link] += wire;
    if (whole[at + HOP] + 1 < this.#paths.length[queuePair]) {
      whole[at + PLACE] = ON_LINK;
      this.#wheel.push(Math.ceil(arrival), packet * KINDS + ARRIVE);
      return;
    }
    whole[at + PLACE] = RETURNING;
    // Packets of one path arrive in order, so the receiver's verdict can be computed now.
    const verdict = this.#lossless ? TAKEN : judge(this.#packets, this.#paths, packet, arrival);
    whole[at + VERDICT] = verdict;
    const request = whole[at + REQUEST];
    if (request >= 0 && verdict === TAKEN) this.#wheel.push(Math.ceil(arrival), request * KINDS + DELIVER);
    this.#wheel.push(Math.ceil(arrival + this.#paths.back[queuePair]), packet * KINDS + ACKNOWLEDGE);
  }

  /** Marks a chunk with the probability that at least one of its packets is marked. */
  #mark(packet: number, link: number, left: number, { kmin, kmax, pmax }: Marking): void {
    const scale = this.#rate[link] / MARKING_RATE;
    if (left <= kmin * scale) return;
    const { whole, exact } = this.#packets;
    const at = packet * WHOLE;
    if (left > kmax * scale) {
      whole[at + MARKED] = 1;
      return;
    }
    const one = (pmax * (left - kmin * scale)) / ((kmax - kmin) * scale);
    const count = whole[at + COUNT];
    const chance = count === 1 ? one : 1 - (1 - one) ** count;
    const key = this.#paths.key[whole[at + OWNER]];
    const draw = exact[packet * EXACT + SEQUENCE] * MOST_HOPS + whole[at + HOP];
    if (hashUniform(this.#key, key, draw | 0) < chance) whole[at + MARKED] = 1;
  }

  /**
   * Stamps telemetry on a packet. `left`: bytes that stay in the queue; `sent`: bytes that the link had sent before the
   * packet.
   */
  #stamp(packet: number, link: number, left: number, sent: number): void {
    const packets = this.#packets;
    const at = packet * MOST_HOPS + packets.whole[packet * WHOLE + STAMPS]++;
    packets.stampQueue[at] = left;
    packets.stampSent[at] = sent;
    packets.stampTime[at] = this.begun[link];
    packets.stampRate[at] = this.#rate[link];
  }

  /** Stops a link: it starts no packet until `resume`. */
  pause(link: number): void {
    this.paused[link] = 1;
    this.pausedSince[link] = this.#wheel.now;
  }

  /** Ends the pause of a link. */
  resume(link: number): void {
    this.paused[link] = 0;
    this.pausedTime[link] += this.#wheel.now - this.pausedSince[link];
  }

  fork(wheel: EventWheel, packets: Packets, paths: Paths): Fabric {
    const copy = new Fabric(this.#scenario, this.#key, wheel, packets, paths);
    copyState(this, copy);
    copy.flowControl = this.flowControl.fork(this.#scenario.mtuPerChunk);
    copy.#marking = this.#marking;
    copy.#telemetry = this.#telemetry;
    return copy;
  }
}
