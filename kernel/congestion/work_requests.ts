import { grown } from "./copy_state.ts";

/**
 * The work requests of queue pairs, by index. Each queue pair has a list, in the order of posting. Records are reused.
 */
export class WorkRequests {
  queuePair = new Int32Array(0);
  /** Payload of the queue pair up to the end of the request, bytes. */
  end = new Float64Array(0);
  /** Next request in the list. */
  next = new Int32Array(0);
  /** Index of the message, or the token of the traffic source. */
  token = new Int32Array(0);
  /** 1 when the traffic source posted the request. */
  foreign = new Uint8Array(0);
  /** First free record, -1 for none. */
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
