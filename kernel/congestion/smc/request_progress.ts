import { copyState } from "../copy_state.ts";
import type { SmcTraffic } from "./traffic.ts";

/** The progress of the requests of every connection. A request is named by its index in the traffic. */
export class RequestProgress {
  /** `[requests]` times at which the client wrote it, the server had read it, and it was done, ns; NaN before. */
  readonly released: Float64Array;
  readonly readAt: Float64Array;
  readonly finished: Float64Array;
  /** Number of requests that are not done. */
  open: number;
  readonly #traffic: SmcTraffic;
  /** Requests by connection, in order. Those of connection c are at positions `#from[c]` to `#from[c + 1]`. */
  readonly #order: Int32Array;
  readonly #from: Int32Array;
  /** `[order]` total bytes of a connection's requests and of its responses, up to and including this one. */
  readonly #requestEnd: Float64Array;
  readonly #responseEnd: Float64Array;
  /** `[connections]` positions of the next request to release, to be read, to be answered, to be done. */
  readonly nextReleased: Int32Array;
  readonly nextRead: Int32Array;
  readonly nextAnswered: Int32Array;
  readonly nextDone: Int32Array;

  constructor(traffic: SmcTraffic) {
    const { connections, requests } = traffic;
    this.#traffic = traffic;
    this.open = requests.length;
    this.released = new Float64Array(requests.length).fill(Number.NaN);
    this.readAt = new Float64Array(requests.length).fill(Number.NaN);
    this.finished = new Float64Array(requests.length).fill(Number.NaN);
    this.#order = new Int32Array(requests.length);
    this.#from = new Int32Array(connections.length + 1);
    this.#requestEnd = new Float64Array(requests.length);
    this.#responseEnd = new Float64Array(requests.length);
    this.#sort();
    this.nextReleased = this.#from.slice(0, connections.length);
    this.nextRead = this.nextReleased.slice();
    this.nextAnswered = this.nextReleased.slice();
    this.nextDone = this.nextReleased.slice();
  }

  /** Start of the next request of a connection, -1 if there is none. */
  nextStart(c: number): number {
    const position = this.nextReleased[c];
    return position < this.#from[c + 1] ? this.#traffic.requests[this.#order[position]].start : -1;
  }

  /** Releases the next request of a connection. Returns its bytes. */
  release(c: number, now: number): number {
    const request = this.#order[this.nextReleased[c]++];
    this.released[request] = now;
    return this.#traffic.requests[request].requestBytes;
  }

  /** The next request that a server has fully read after `bytes` of a connection; -1 if there is none. */
  read(c: number, bytes: number, now: number): number {
    const position = this.nextRead[c];
    if (position === this.nextReleased[c] || this.#requestEnd[position] > bytes) return -1;
    this.nextRead[c]++;
    const request = this.#order[position];
    this.readAt[request] = now;
    return request;
  }

  /** Time at which the server may write the next response of a connection, Infinity when there is none to write. */
  nextAnswer(c: number): number {
    while (this.nextAnswered[c] < this.nextRead[c]) {
      const request = this.#order[this.nextAnswered[c]];
      const { responseBytes, serviceNs } = this.#traffic.requests[request];
      if (responseBytes > 0) return this.readAt[request] + serviceNs;
      this.nextAnswered[c]++;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Records that the server writes the next response. Returns its bytes. */
  answer(c: number): number {
    return this.#traffic.requests[this.#order[this.nextAnswered[c]++]].responseBytes;
  }

  /** The next request whose response a client has fully read after `bytes` of a connection; -1 if there is none. */
  done(c: number, bytes: number): number {
    while (this.nextDone[c] < this.nextAnswered[c]) {
      const position = this.nextDone[c];
      const request = this.#order[position];
      if (this.#traffic.requests[request].responseBytes > 0 && this.#responseEnd[position] > bytes) return -1;
      this.nextDone[c]++;
      if (this.#traffic.requests[request].responseBytes > 0) return request;
    }
    return -1;
  }

  /** Records that a request is done. */
  finish(request: number, now: number): void {
    this.finished[request] = now;
    this.open--;
  }

  fork(): RequestProgress {
    const copy = new RequestProgress(this.#traffic);
    copyState(this, copy);
    return copy;
  }

  #sort(): void {
    const { connections, requests } = this.#traffic;
    for (const { connection } of requests) this.#from[connection + 1]++;
    for (let c = 0; c < connections.length; c++) this.#from[c + 1] += this.#from[c];
    const next = this.#from.slice();
    requests.forEach(({ connection, requestBytes, responseBytes }, index) => {
      const position = next[connection]++;
      const before = position > this.#from[connection];
      this.#order[position] = index;
      this.#requestEnd[position] = requestBytes + (before ? this.#requestEnd[position - 1] : 0);
      this.#responseEnd[position] = responseBytes + (before ? this.#responseEnd[position - 1] : 0);
    });
  }
}
