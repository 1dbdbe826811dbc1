import { copyState } from "./copy_state.ts";
import { HEADER, MTU, TELEMETRY } from "./scenario.ts";
import { reverse, type Topology } from "./topology.ts";

/** Buffer guaranteed to each ingress port, bytes. Source: the switch model of HPCC's simulator. */
export const RESERVE = 4096;

/** A port resumes this far below its pause threshold, bytes. Source: the same. */
const RESUME_OFFSET = 3072;

/**
 * A port of the hosts' speed may hold 2^-SHIFT of the free shared buffer. Each doubling of the speed doubles this part.
 * Source: the same.
 */
const SHIFT = 3;

/** Headroom of a port, in round trips' worth of its link's bytes. Source: the same. */
const HEADROOM_DELAYS = 3;

/**
 * Buffer that a port needs for what arrives after it has paused its sender, bytes.
 *
 * @param rate of its link, bytes/ns
 * @param delay propagation of its link, ns
 */
export function portHeadroom(rate: number, delay: number, mtuPerChunk: number): number {
  // Room for a chunk that is being sent when the pause arrives, and for one that is cut off by rounding.
  return HEADROOM_DELAYS * rate * delay + 2 * mtuPerChunk * (MTU + HEADER + TELEMETRY);
}

/**
 * Buffers of the switches. Packets count against the link by which they came in, and the link is paused before its
 * buffer is full (priority flow control with dynamic thresholds). Without flow control, packets that do not fit are
 * refused.
 */
export class FlowControl {
  /** `[links]` bytes in the switch that came in by the link: those outside the headroom, and those in it. */
  held: Float64Array;
  headroom: Float64Array;
  /** 1 while the sender of the link is paused. */
  pausing: Uint8Array;
  /** `[nodes]` bytes beyond the ports' reserves, and all bytes in the switch. */
  shared: Float64Array;
  used: Float64Array;
  /** `[nodes]` buffer that ports share, bytes. */
  readonly #pool: Float64Array;
  readonly #headroomLimit: Float64Array;
  readonly #part: Float64Array;
  readonly #topology: Topology;
  /** Node at the end of each link, and buffer of each node. */
  readonly #node: Int32Array;
  readonly #buffer: Float64Array;
  readonly #lossless: boolean;
  /** Number of pauses so far. */
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
      this.#headroomLimit[link] = portHeadroom(rate[link], delay[link], mtuPerChunk);
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

  /**
   * Admits a packet that comes in by `link` and leaves by a port with `queued` bytes. Returns false when there is no
   * room.
   */
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

  /** Releases the buffer of a packet that came in by `link` and has started to leave. */
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

  /** Whether the sender of `link` must be paused now. If so, it counts as paused. */
  mustPause(link: number): boolean {
    if (this.pausing[link] !== 0 || !this.#lossless) return false;
    const over = this.held[link] - RESERVE;
    if (this.headroom[link] === 0 && (over < 0 || over < this.#threshold(this.#node[link], link))) return false;
    this.pausing[link] = 1;
    this.pauses++;
    return true;
  }

  /** Whether the paused sender of `link` must resume now. If so, it no longer counts as paused. */
  mustResume(link: number): boolean {
    if (this.pausing[link] === 0 || this.headroom[link] > 0) return false;
    const shared = this.held[link] - RESERVE;
    if (shared > 0 && shared + RESUME_OFFSET > this.#threshold(this.#node[link], link)) return false;
    this.pausing[link] = 0;
    return true;
  }

  /** Time for a pause to reach the sender of `link`, ns. */
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
