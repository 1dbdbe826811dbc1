import { readSync, writeSync } from "node:fs";
import { RequestBuffer } from "./request_buffer.ts";
import type { Session } from "./session.ts";

/** Wait until a pipe that does not block is looked at again, ms. Source: choice, about a round trip. */
const RETRY_MS = 0.05;

const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Two open files, from which it reads requests and to which it writes replies, synchronously: a round trip through the
 * event loop would take as long as a step.
 */
export class Pipe {
  readonly requests = new RequestBuffer();
  readonly #input: number;
  readonly #output: number;
  #open = true;

  /** @param input open file, standard input by default @param output open file, standard output by default */
  constructor(input = 0, output = 1) {
    this.#input = input;
    this.#output = output;
  }

  /**
   * Waits for the next request of the session's client. Afterwards `requests` holds it; call `requests.drop` once it
   * is answered.
   *
   * @returns false when there will be none: the client has closed the pipe, or sent something that cannot be read
   */
  receive(session: Session): boolean {
    const { requests } = this;
    for (;;) {
      const complete = session.next(requests);
      if (complete === true) return true;
      if (complete !== false) this.send(complete);
      if (!this.#open || session.ended) return false;
      const { bytes, filled } = requests;
      const count = this.#retried(() => readSync(this.#input, bytes, filled, bytes.length - filled, null));
      if (count === 0) return false;
      requests.add(count);
    }
  }

  /** Writes a whole frame. If nobody reads any more, the next `receive` returns false. */
  send(frame: Uint8Array): void {
    for (let at = 0; at < frame.length && this.#open; ) {
      const from = at;
      at += this.#retried(() => writeSync(this.#output, frame, from, frame.length - from, null));
    }
  }

  /** The result of a read or write; 0 at the end of the pipe. */
  #retried(operation: () => number): number {
    for (;;) {
      try {
        return operation();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") Atomics.wait(never, 0, 0, RETRY_MS);
        else if (code === "EOF" || code === "EPIPE" || code === "ECONNRESET") {
          this.#open = false;
          return 0;
        } else if (code !== "EINTR") throw error;
      }
    }
  }
}
