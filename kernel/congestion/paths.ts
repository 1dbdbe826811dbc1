import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** Links that each queue pair's packets take, `MOST_HOPS` numbers a queue pair, and what depends on them. */
export class Paths {
  links = new Int32Array(0);
  length = new Uint8Array(0);
  /** From the arrival of a packet to that of its acknowledgement at the sender, ns. */
  back = new Float64Array(0);
  /** Number by which the queue pair's random draws are keyed: that of its first message, whatever happened before. */
  key = new Int32Array(0);
  /** How often the index was used. */
  generation = new Int32Array(0);
  /** Payload that the receiver has in order. */
  expected = new Float64Array(0);
  /** When the receiver last complained, and of what. */
  complained = new Float64Array(0);
  /** Payload put on the link, what is sent again included; and what came to an end: arrived, was thrown away or dropped. */
  launched = new Float64Array(0);
  ended = new Float64Array(0);
  /** Last link of the path. */
  lastLink = new Int32Array(0);

  grow(capacity: number): void {
    this.links = grown(this.links, capacity * MOST_HOPS);
    this.length = grown(this.length, capacity);
    this.back = grown(this.back, capacity);
    this.key = grown(this.key, capacity);
    this.generation = grown(this.generation, capacity);
    this.expected = grown(this.expected, capacity);
    this.complained = grown(this.complained, capacity);
    this.launched = grown(this.launched, capacity);
    this.ended = grown(this.ended, capacity);
    this.lastLink = grown(this.lastLink, capacity);
  }
}
