import type { Socket } from "node:net";
import { RequestBuffer } from "./request_buffer.ts";
import { type EnvironmentBudget, Session } from "./session.ts";

/**
 * Serves the client of one socket. It answers a request once the reply before has left, because replies use the same
 * memory. Until then it reads no more than one piece ahead.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #requests = new RequestBuffer();
  readonly #session: Session;
  readonly #deadline: NodeJS.Timeout;
  #sending = false;

  /** @param helloMs time until the client must have been welcomed */
  constructor(socket: Socket, budget: EnvironmentBudget, helloMs: number) {
    this.#socket = socket;
    this.#session = new Session({ budget });
    this.#deadline = setTimeout(() => socket.destroy(), helloMs);
    socket.setNoDelay(true);
    socket.on("data", (piece) => this.#read(piece));
    // "close" follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#close());
  }

  /** Ends the connection. */
  end(): void {
    this.#socket.destroy();
  }

  #read(piece: Uint8Array): void {
    if (this.#session.ended) return;
    this.#requests.append(piece);
    if (this.#sending) this.#socket.pause();
    else this.#answer();
  }

  #answer(): void {
    const requests = this.#requests;
    const session = this.#session;
    const complete = session.next(requests);
    if (complete === false) return;
    const reply = complete === true ? session.answer(requests) : complete;
    if (complete === true) requests.drop();
    if (session.welcomed) clearTimeout(this.#deadline);
    this.#sending = true;
    if (session.ended) {
      // The client may still send; what it sends is not read.
      this.#socket.end(reply, () => this.#socket.destroy());
      return;
    }
    this.#socket.write(reply, () => this.#sent());
  }

  #sent(): void {
    this.#sending = false;
    if (this.#session.ended) return;
    this.#answer();
    if (!this.#sending) this.#socket.resume();
  }

  #close(): void {
    clearTimeout(this.#deadline);
    this.#session.close();
  }
}
