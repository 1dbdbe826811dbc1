import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { constants } from "node:os";
import { type ControlToken, decodeControl, encodeStatus } from "../../ladder/control.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../ladder/frames.ts";
import { decodeRecommendation, recommendationBytes } from "../../ladder/recommendation_bytes.ts";
import { type Malformed, OUTCOME, type PolicyMailbox, WORD } from "./policy_mailbox.ts";

/**
 * Bytes that may wait for a policy that does not read; beyond them it gets no more frames. Choice: hundreds of
 * datasets.
 */
const BACKLOG_BYTES = 1 << 20;

/**
 * Least size of frames to accept, bytes, even if recommendations are shorter: unknown control tokens get an answer.
 * Choice.
 */
const LEAST_LIMIT = 256;

/**
 * Time that a refused connection has to read the refusal, ms. Choice: a policy that connects sends "start" at once, and
 * that already ends the connection.
 */
const REFUSAL_MS = 100;

/** Most refused connections that may be open; beyond them the oldest is closed. Choice. */
const MOST_REFUSED = 8;

/** The connected policy. */
interface Peer {
  readonly socket: Socket;
  readonly reader: FrameReader;
  /** Whether it has started. */
  started: boolean;
  /** When it connected or stopped, by `performance.now`. It says nothing about a policy that has started. */
  idleSince: number;
}

/**
 * The kernel's end of the socket. It serves one policy at a time: its control tokens and its recommendations. Nothing
 * that a policy sends makes it throw. It disconnects a policy whose stream cannot be read.
 */
export class PolicySocket {
  readonly #mailbox: PolicyMailbox;
  readonly #heartbeatMs: number;
  readonly #server = createServer((socket) => this.#connect(socket));
  #peer: Peer | null = null;
  /** Refused connections that are still open, the oldest first. */
  readonly #refused = new Set<Socket>();
  /** The dataset that `prepare_dataset` sends again, until `discard_dataset`. */
  #dataset: { operation: number; frame: Uint8Array } | null = null;
  #path: string | null = null;

  /**
   * @param heartbeatMs after so much silence, or after so much time without a start, a policy loses its place to the
   *   next one that connects
   */
  constructor(mailbox: PolicyMailbox, heartbeatMs: number) {
    this.#mailbox = mailbox;
    this.#heartbeatMs = heartbeatMs;
  }

  /** Listens at a path. Rejects with the error of the system if it cannot, e.g. if the path is in use. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, () => {
        this.#path = path;
        resolve();
      });
    });
  }

  /** Sends the dataset in the mailbox. */
  ask(operation: number): void {
    const { socket, started } = this.#peer ?? { started: false };
    if (socket === undefined || !started) {
      this.#mailbox.decide(operation, OUTCOME.gone);
    } else if (socket.writableLength > BACKLOG_BYTES) {
      this.#mailbox.decide(operation, OUTCOME.behind);
    } else {
      const frame = this.#mailbox.copyFrame(operation);
      if (frame === null) return;
      this.#dataset = { operation, frame };
      socket.write(frame);
    }
  }

  /** Sends a frame that needs no answer. */
  tell(frame: Uint8Array): void {
    const { socket, started } = this.#peer ?? { started: false };
    if (socket === undefined || !started || socket.writableLength > BACKLOG_BYTES) this.#mailbox.count(WORD.dropped);
    else socket.write(frame);
  }

  /** Disconnects the policy and removes the file of the socket. */
  close(): void {
    if (this.#peer !== null) this.#disconnect(this.#peer);
    for (const socket of this.#refused) socket.destroy();
    this.#server.close();
    if (this.#path !== null) rmSync(this.#path, { force: true });
  }

  #connect(socket: Socket): void {
    // The error of a broken connection needs no handling: "close" follows.
    socket.on("error", () => {});
    if (this.#peer !== null && this.#holdsPlace(this.#peer)) {
      this.#refuse(socket);
      return;
    }
    if (this.#peer !== null) this.#disconnect(this.#peer);
    const limit = Math.max(LEAST_LIMIT, recommendationBytes(this.#mailbox.action.length));
    const peer: Peer = { socket, reader: new FrameReader(limit), started: false, idleSince: performance.now() };
    this.#peer = peer;
    this.#mailbox.hear();
    socket.on("data", (chunk) => this.#read(peer, chunk));
    socket.on("close", () => this.#disconnect(peer));
  }

  #holdsPlace({ started, idleSince }: Peer): boolean {
    const idleMs = started ? 0 : performance.now() - idleSince;
    return this.#mailbox.silentMs <= this.#heartbeatMs && idleMs <= this.#heartbeatMs;
  }

  /** Says that the place is taken, and closes the connection as soon as the policy can have read that. */
  #refuse(socket: Socket): void {
    this.#mailbox.count(WORD.refused);
    socket.end(encodeFrame(FRAME.status, encodeStatus(-constants.errno.EBUSY)));
    this.#refused.add(socket);
    const timer = setTimeout(() => socket.destroy(), REFUSAL_MS);
    // A policy writes "start" before it reads. Before that it would find a closed connection instead of the refusal.
    socket.once("data", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(timer);
      this.#refused.delete(socket);
    });
    if (this.#refused.size <= MOST_REFUSED) return;
    const [oldest] = this.#refused;
    oldest.destroy();
    // Its "close" comes later, and the next connection may come before.
    this.#refused.delete(oldest);
  }

  #disconnect(peer: Peer): void {
    peer.socket.destroy();
    if (peer !== this.#peer) return;
    this.#peer = null;
    this.#leave(peer);
  }

  /** Stops asking the policy. */
  #leave(peer: Peer): void {
    peer.started = false;
    peer.idleSince = performance.now();
    this.#dataset = null;
    this.#mailbox.set(WORD.present, 0);
    this.#mailbox.decide(this.#mailbox.get(WORD.awaited), OUTCOME.gone);
  }

  #read(peer: Peer, chunk: Uint8Array): void {
    const problem = peer.reader.read(chunk, (type, payload) => {
      // A frame before it may have ended the connection.
      if (peer === this.#peer) this.#handle(peer, type, payload);
    });
    if (problem === null || peer !== this.#peer) return;
    this.#malformed(problem);
    this.#disconnect(peer);
  }

  #handle(peer: Peer, type: FrameType, payload: Uint8Array): void {
    this.#mailbox.hear();
    switch (type) {
      case FRAME.control: {
        const status = this.#control(peer, decodeControl(payload));
        peer.socket.write(encodeFrame(FRAME.status, encodeStatus(status)));
        // It sends control tokens and does not read the answers.
        if (peer.socket.writableLength > 2 * BACKLOG_BYTES) this.#disconnect(peer);
        return;
      }
      case FRAME.recommendation:
        this.#recommendation(payload);
        return;
      case FRAME.heartbeat:
        return;
      default:
        this.#malformed("type");
        this.#disconnect(peer);
    }
  }

  /** Executes a token. Returns 0 or a negative error number. */
  #control(peer: Peer, token: ControlToken | null): number {
    const { EINVAL, EOPNOTSUPP } = constants.errno;
    if (token === null) return -EOPNOTSUPP;
    // The RFC has no such guards: there a second start succeeds.
    if ((token === "start") === peer.started) return -EINVAL;
    switch (token) {
      case "start":
        peer.started = true;
        this.#mailbox.set(WORD.present, 1);
        break;
      case "stop":
        this.#leave(peer);
        break;
      case "prepare_dataset":
        if (this.#dataset?.operation === this.#mailbox.get(WORD.awaited)) peer.socket.write(this.#dataset.frame);
        break;
      case "discard_dataset":
        this.#dataset = null;
        break;
    }
    return 0;
  }

  #recommendation(payload: Uint8Array): void {
    const mailbox = this.#mailbox;
    const result = decodeRecommendation(payload);
    if (typeof result === "string") {
      this.#malformed(result);
    } else if (result.operation > mailbox.get(WORD.asked)) {
      this.#malformed("operation");
    } else if (result.operation !== mailbox.get(WORD.awaited)) {
      mailbox.count(WORD.stale);
    } else if (result.action.length !== mailbox.action.length) {
      this.#malformed("count");
    } else {
      // The kernel reads the action after this operation is decided and before it asks again. Only here is it safe to
      // write.
      mailbox.action.set(result.action);
      mailbox.set(WORD.weights, result.weights | 0);
      if (!mailbox.decide(result.operation, OUTCOME.answered)) mailbox.count(WORD.stale);
    }
  }

  /** Counts a malformed message. It is the answer to the operation that waits. */
  #malformed(reason: Malformed): void {
    this.#mailbox.countMalformed(reason);
    this.#mailbox.decide(this.#mailbox.get(WORD.awaited), OUTCOME.malformed);
  }
}
