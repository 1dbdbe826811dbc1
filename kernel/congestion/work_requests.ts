import { grown } from "./copy_state.ts";

/** What queue pairs were given to send, by index; a list for each queue pair, first posted first. Records are used again. */
export class WorkRequests {
  queuePair = new Int32Array(0);
  /** Payload of the queue pair up to its end. */
  end = new Float64Array(0);
  /** Behind it in the list. */
  next = new Int32Array(0);
  /** The message, or the token of the traffic source. */
  token = new Int32Array(0);
  /** 1 when the traffic source posted it. */
  foreign = new Uint8Array(0);
  /** First record that is free, -1 for none. */
  free = -1;
  used = 0;

  clear(): void {
    this.free = -1;
    this.used = 0;
  }

  allocate(): number {
    const record = this.free;
    if (record >= 0) {
      this.free = this.next[record];
      return record;
    }
    if (this.used === this.end.length) {
      const capacity = Math.max(64, 2 * this.used);
      this.queuePair = grown(this.queuePair, capacity);
      this.end = grown(this.end, capacity);
      this.next = grown(this.next, capacity);
      this.token = grown(this.token, capacity);
      this.foreign = grown(this.foreign, capacity);
    }
    return this.used++;
  }

  release(request: number): void {
    this.next[request] = this.free;
    this.free = request;
  }
}
