import type { Readable, Writable } from "node:stream";
import { FRAME, HEADER_BYTES, writeHeader } from "../../../harness/serve/frames.ts";
import { RequestBuffer } from "../../../harness/serve/request_buffer.ts";
import { Session, type SessionOptions } from "../../../harness/serve/session.ts";
import type { welcome } from "../../../harness/serve/welcome.ts";

/** A frame as a client gets it. */
export interface Reply {
  type: number;
  sequence: number;
  payload: Buffer<ArrayBuffer>;
}

export type Welcome = ReturnType<typeof welcome>;

/** What an `error` frame says. */
export interface Refusal {
  kind: string;
  message: string;
  fatal: boolean;
}

/** The arrays and infos of a `state`. */
export interface State {
  observations: Float32Array;
  rewards: Float64Array;
  terminations: Uint8Array;
  truncations: Uint8Array;
  masks: Uint8Array | null;
  finals: Float32Array | null;
  infos: (object | null)[];
  finalInfos: (object | null)[];
}

/** The bytes of a request. */
export function request(
  type: number,
  sequence: number,
  payload: Uint8Array | string | object = "",
): Buffer<ArrayBuffer> {
  const content =
    payload instanceof Uint8Array
      ? payload
      : Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const frame = Buffer.alloc(HEADER_BYTES + content.length);
  writeHeader(new DataView(frame.buffer, frame.byteOffset), type, sequence, content.length);
  frame.set(content, HEADER_BYTES);
  return frame as Buffer<ArrayBuffer>;
}

/** The frame that `bytes` begin with, copied; null while it is not complete. */
export function readReply(bytes: Uint8Array): Reply | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const end = HEADER_BYTES + view.getUint32(0, true);
  if (bytes.length < end) return null;
  const payload = Buffer.from(Uint8Array.from(bytes.subarray(HEADER_BYTES, end)).buffer);
  return { type: bytes[4], sequence: view.getUint32(8, true), payload };
}

export function json<T>({ payload }: Reply): T {
  return JSON.parse(payload.toString());
}

/** The payload of a `reset`. */
export function resetPayload(seeds: readonly (number | null)[], mask?: readonly number[], options = ""): Uint8Array {
  const bytes = Buffer.alloc(9 * seeds.length, 255);
  seeds.forEach((seed, i) => {
    if (seed !== null) bytes.writeBigUInt64LE(BigInt(seed), 8 * i);
    bytes[8 * seeds.length + i] = mask?.[i] ?? 1;
  });
  return Buffer.concat([bytes, Buffer.from(options)]);
}

/** Reads a `state` as docs/protocol.md describes it. */
export function readState({ payload }: Reply, { num_envs, rows, observation_size, mask_size }: Welcome): State {
  const all = num_envs * rows;
  const flags = payload.readUInt32LE(0);
  let at = 16;
  const take = (bytes: number) => {
    at += bytes;
    return payload.buffer.slice(payload.byteOffset + at - bytes, payload.byteOffset + at);
  };
  const observations = new Float32Array(take(4 * all * observation_size));
  const rewards = new Float64Array(take(8 * all));
  const terminations = new Uint8Array(take(num_envs));
  const truncations = new Uint8Array(take(num_envs));
  const masks = (flags & 1) !== 0 ? new Uint8Array(take(all * mask_size)) : null;
  const padding = new Uint8Array(take((4 - (at % 4)) % 4));
  if (padding.some((byte) => byte !== 0)) throw new Error("the padding is not zero");
  const finals = (flags & 2) !== 0 ? new Float32Array(take(4 * all * observation_size)) : null;
  const text = Buffer.from(take(payload.readUInt32LE(4))).toString();
  if (at !== payload.length) throw new Error(`the state has ${payload.length} bytes, not ${at}`);
  const none = Array.from({ length: num_envs }, () => null);
  const { infos = none, final_infos = none } = text === "" ? {} : JSON.parse(text);
  return { observations, rewards, terminations, truncations, masks, finals, infos, finalInfos: final_infos };
}

/** A client of a session in this process. */
export class LocalClient {
  readonly session: Session;
  readonly #requests = new RequestBuffer();
  #sequence = 0;
  welcome: Welcome | null = null;

  constructor(options?: SessionOptions) {
    this.session = new Session(options);
  }

  ask(type: number, payload?: Uint8Array | string | object): Reply {
    return this.send(request(type, ++this.#sequence, payload))!;
  }

  /** Sends bytes; the reply, or null while no request is complete. */
  send(bytes: Uint8Array): Reply | null {
    this.#requests.append(bytes);
    const complete = this.session.next(this.#requests);
    if (complete === false) return null;
    if (complete !== true) return readReply(complete);
    const reply = readReply(this.session.answer(this.#requests));
    this.#requests.drop();
    return reply;
  }

  hello(fields: object): Welcome {
    const reply = this.ask(FRAME.hello, { protocol: 1, ...fields });
    if (reply.type !== FRAME.welcome) throw new Error(reply.payload.toString());
    this.welcome = json<Welcome>(reply);
    return this.welcome;
  }

  /** The state after a `reset` or `step`. */
  state(type: number, payload: Uint8Array): State {
    const reply = this.ask(type, payload);
    if (reply.type !== FRAME.state) throw new Error(reply.payload.toString());
    return readState(reply, this.welcome!);
  }

  /** What the `error` says that answers a request. */
  refusal(type: number, payload?: Uint8Array | string | object): Refusal {
    const reply = this.ask(type, payload);
    if (reply.type !== FRAME.error) throw new Error(`not refused: type ${reply.type}`);
    return json<Refusal>(reply);
  }
}

/** A client at the other end of streams. */
export class StreamClient {
  readonly #out: Writable;
  readonly #waiting: ((reply: Reply | null) => void)[] = [];
  readonly #replies: (Reply | null)[] = [];
  #bytes = Buffer.alloc(0);
  #sequence = 0;

  constructor(input: Readable, output: Writable) {
    this.#out = output;
    output.on("error", () => {});
    input.on("error", () => {});
    input.on("data", (piece: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      for (let reply = readReply(this.#bytes); reply !== null; reply = readReply(this.#bytes)) {
        this.#bytes = this.#bytes.subarray(HEADER_BYTES + reply.payload.length);
        this.#deliver(reply);
      }
    });
    input.on("close", () => this.#deliver(null));
  }

  ask(type: number, payload?: Uint8Array | string | object): Promise<Reply | null> {
    this.send(request(type, ++this.#sequence, payload));
    return this.reply();
  }

  send(bytes: Uint8Array): void {
    this.#out.write(bytes);
  }

  /** The next frame; null once the server has closed. */
  reply(): Promise<Reply | null> {
    if (this.#replies.length > 0) {
      const reply = this.#replies[0];
      if (reply !== null) this.#replies.shift();
      return Promise.resolve(reply);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #deliver(reply: Reply | null): void {
    const next = this.#waiting.shift();
    if (next === undefined || reply === null) this.#replies.push(reply);
    next?.(reply);
  }
}
