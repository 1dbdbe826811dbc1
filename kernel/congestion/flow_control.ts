import { copyState } from "./copy_state.ts";
import { HEADER, MTU, TELEMETRY } from "./scenario.ts";
import { reverse, type Topology } from "./topology.ts";

/** Guaranteed to each ingress port, bytes. Source: the switch model of HPCC's simulator. */
const RESERVE = 4096;

/** How far below the threshold a port is resumed, bytes. Source: the same. */
const RESUME_OFFSET = 3072;

/** A port of the hosts' speed may hold this power of two's part of what is left, one power more for each doubling. Source: the same. */
const SHIFT = 3;

/** Headroom in round trips of a link's own bytes. Source: the same. */
const HEADROOM_DELAYS = 3;

/**
 * Buffers of the switches: what came in by each link is counted against it, and the link is paused before there is no more
 * room (priority flow control with dynamic thresholds). Without flow control, what does not fit is refused.
 */
export class FlowControl {
  /** Of each link into a switch: bytes of its packets there but those in the headroom, and those in it. */
  held: Float64Array;
  headroom: Float64Array;
  /** 1 while its sender is told to wait. */
  pausing: Uint8Array;
  /** Of each switch: bytes beyond the ports' reserves, and all bytes. */
  shared: Float64Array;
  used: Float64Array;
  /** Of each switch: bytes that ports share. */
  readonly #pool: Float64Array;
  readonly #headroomLimit: Float64Array;
  readonly #part: Float64Array;
  readonly #topology: Topology;
  /** Of each link, the node it leads to; of each node, its buffer. */
  readonly #node: Int32Array;
  readonly #buffer: Float64Array;
  readonly #lossless: boolean;
  pauses = 0;

  constructor(topology: Topology, lossless: boolean, mtuPerChunk: number) {
    const { nodes, rate, delay, to, hosts, buffer } = topology;
    const links = rate.length;
    this.#topology = topology;
    this.#node = to;
    this.#buffer = buffer;
    this.#lossless = lossless;
    this.held = new Float64Array(links);
    this.headroom = new Float64Array(links);
    this.pausing = new Uint8Array(links);
    this.shared = new Float64Array(nodes);
    this.used = new Float64Array(nodes);
    this.#pool = buffer.slice();
    this.#headroomLimit = new Float64Array(links);
    this.#part = new Float64Array(links);
    let slowest = Number.POSITIVE_INFINITY;
    for (let link = 0; link < links; link++) if (topology.from[link] < hosts) slowest = Math.min(slowest, rate[link]);
    for (let link = 0; link < links; link++) {
      if (to[link] < hosts) continue;
      // A chunk that is being sent when the pause arrives, and one that was cut off by rounding, come on top.
      this.#headroomLimit[link] =
        HEADROOM_DELAYS * rate[link] * delay[link] + 2 * mtuPerChunk * (MTU + HEADER + TELEMETRY);
      this.#pool[to[link]] -= this.#headroomLimit[link] + RESERVE;
      this.#part[link] = 2 ** -Math.max(0, SHIFT - Math.floor(Math.log2(rate[link] / slowest)));
    }
    for (let node = hosts; node < nodes; node++) {
      if (lossless && this.#pool[node] <= 0)
        throw new RangeError(
          `buffer of switch ${node} must exceed the headroom of its ports, got ${buffer[node]} bytes`,
        );
    }
  }

  /** A packet comes in by `link` and is to leave by a port that has `queued` bytes; whether there is room for it. */
  admit(link: number, wire: number, queued: number): boolean {
    const node = this.#node[link];
    if (!this.#lossless) {
      if (queued + wire > this.#buffer[node] - this.used[node]) return false;
      this.used[node] += wire;
      return true;
    }
    const held = this.held[link] + wire;
    const over = held - RESERVE;
    if (over <= 0) {
      this.held[link] = held;
    } else if (over > this.#threshold(node, link)) {
      if (this.headroom[link] + wire > this.#headroomLimit[link]) return false;
      this.headroom[link] += wire;
    } else {
      this.held[link] = held;
      this.shared[node] += wire < over ? wire : over;
    }
    this.used[node] += wire;
    return true;
  }

  /** A packet that came in by `link` has begun to leave. */
  release(link: number, wire: number): void {
    const node = this.#node[link];
    this.used[node] -= wire;
    if (!this.#lossless) return;
    const headroom = this.headroom[link];
    const fromHeadroom = headroom < wire ? headroom : wire;
    if (fromHeadroom > 0) this.headroom[link] = headroom - fromHeadroom;
    const rest = wire - fromHeadroom;
    const held = this.held[link];
    const over = held - RESERVE;
    if (over > 0) this.shared[node] -= rest < over ? rest : over;
    this.held[link] = held - rest;
  }

  /** Whether the sender of `link` is to be told to wait now. */
  mustPause(link: number): boolean {
    if (this.pausing[link] !== 0 || !this.#lossless) return false;
    const over = this.held[link] - RESERVE;
    if (this.headroom[link] === 0 && (over < 0 || over < this.#threshold(this.#node[link], link))) return false;
    this.pausing[link] = 1;
    this.pauses++;
    return true;
  }

  /** Whether it is to be told to go on. */
  mustResume(link: number): boolean {
    if (this.pausing[link] === 0 || this.headroom[link] > 0) return false;
    const shared = this.held[link] - RESERVE;
    if (shared > 0 && shared + RESUME_OFFSET > this.#threshold(this.#node[link], link)) return false;
    this.pausing[link] = 0;
    return true;
  }

  /** Time a pause takes to the sender of `link`, ns. */
  delay(link: number): number {
    return this.#topology.delay[reverse(link)];
  }

  #threshold(node: number, link: number): number {
    const left = this.#pool[node] - this.shared[node];
    return left > 0 ? left * this.#part[link] : 0;
  }

  fork(mtuPerChunk: number): FlowControl {
    const copy = new FlowControl(this.#topology, this.#lossless, mtuPerChunk);
    copyState(this, copy);
    return copy;
  }
}
