import { grown } from "./copy_state.ts";
import { MOST_HOPS } from "./topology.ts";

/** The links that the packets of each queue pair take, `MOST_HOPS` numbers per queue pair, and what depends on them. */
export class Paths {
  links = new Int32Array(0);
  length = new Uint8Array(0);
  /** Time from a packet's arrival to its acknowledgement's arrival at the sender, ns. */
  back = new Float64Array(0);
  /** Key of the queue pair's random draws. It identifies its connection, so it does not depend on earlier events. */
  key = new Int32Array(0);
  /** How many times the index has been used. */
  generation = new Int32Array(0);
  /** Payload that the receiver has in order, bytes. */
  expected = new Float64Array(0);
  /** Time of the receiver's last complaint, and the sequence that it asked for. */
  complained = new Float64Array(0);
  /**
   * Payload put on the link, including repeats, and payload that is no longer on its way: arrived, discarded or
   * dropped.
   */
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
