import { registry } from "../../envs/index.ts";
import { maskSize } from "../../gym/spaces.ts";
import type { VectorEnv } from "../../gym/vector_env.ts";
import { makeForPlay } from "../play/make_env.ts";
import { FRAME, HEADER_BYTES, jsonFrame, MAX_JSON_BYTES, MAX_PAYLOAD_BYTES, textFrame } from "./frames.ts";
import { type EvaluateRequest, type Hello, MAX_ENVS, parseHello } from "./hello.ts";
import type { RequestBuffer } from "./request_buffer.ts";
import { ServeError, serveErrorOf } from "./serve_error.ts";
import { stateBytes } from "./state_frame.ts";
import { VectorSession } from "./vector_session.ts";
import { welcome } from "./welcome.ts";

/** Longest `state` without its JSON, 1 GiB. Source: choice. */
const MAX_STATE_BYTES = 2 ** 30;

/** The environments that all sessions of a server may still make. */
export interface EnvironmentBudget {
  left: number;
}

/** What a session may do. */
export interface SessionOptions {
  /** Default: `MAX_ENVS` for the session alone. */
  budget?: EnvironmentBudget;
  /** Whether it may evaluate policies of the client. Default false. */
  evaluates?: boolean;
}

/** An evaluation that a client asked for. */
export interface Evaluation extends EvaluateRequest {
  /** Id of the environment. */
  env: string;
}

/**
 * One client: it takes complete requests and gives the reply of each. It reads and writes nothing.
 *
 * A reply is a view of memory that the next request overwrites: send it first. After `ended`, the connection must be
 * closed, and `close` called.
 */
export class Session {
  readonly #budget: EnvironmentBudget;
  readonly #evaluates: boolean;
  #vector: VectorSession | null = null;
  #evaluation: Evaluation | null = null;
  #claimed = 0;
  #ended = false;

  constructor({ budget = { left: MAX_ENVS }, evaluates = false }: SessionOptions = {}) {
    this.#budget = budget;
    this.#evaluates = evaluates;
  }

  /** Whether the client has been welcomed. */
  get welcomed(): boolean {
    return this.#vector !== null || this.#evaluation !== null;
  }

  /** Whether a fault has ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The evaluation that begins after the `welcome`; null where the client steps environments. */
  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }

  /** Bytes that the payload of the next request may have. */
  get limit(): number {
    return this.#vector?.limit ?? MAX_JSON_BYTES;
  }

  /** Whether a request is complete, as `RequestBuffer.next`; an error frame if the stream cannot be read on. */
  next(requests: RequestBuffer): boolean | Uint8Array {
    try {
      return requests.next(this.limit);
    } catch (error) {
      return this.#refuse(requests.sequence, error);
    }
  }

  /** The reply to the complete request of `requests`. */
  answer(requests: RequestBuffer): Uint8Array {
    try {
      return this.#answer(requests);
    } catch (error) {
      return this.#refuse(requests.sequence, error);
    }
  }

  /** Closes the environments. */
  close(): void {
    this.#ended = true;
    this.#budget.left += this.#claimed;
    this.#claimed = 0;
    this.#vector?.close();
    this.#vector = null;
  }

  #answer(requests: RequestBuffer): Uint8Array {
    const { type, sequence } = requests;
    if (this.#vector === null) {
      if (type !== FRAME.hello || this.welcomed) throw wrongTime(type, this.welcomed ? "an evaluation" : "no hello");
      return this.#hello(requests);
    }
    switch (type) {
      case FRAME.step:
        return this.#vector.step(requests);
      case FRAME.reset:
        return this.#vector.reset(requests);
      case FRAME.render:
        return textFrame(FRAME.text, sequence, this.#vector.render(requests));
      default:
        throw wrongTime(type, "a hello");
    }
  }

  #hello({ bytes, length, sequence }: RequestBuffer): Uint8Array {
    const hello = parseHello(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length));
    if (hello.evaluate !== undefined) return this.#helloEvaluation(hello, hello.evaluate, sequence);
    const vector = makeVector(hello, this.#budget.left);
    this.#claimed = vector.numEnvs;
    this.#budget.left -= vector.numEnvs;
    this.#vector = new VectorSession(vector, hello.infos === "final");
    return jsonFrame(FRAME.welcome, sequence, welcome(vector, hello));
  }

  #helloEvaluation(hello: Hello, evaluate: EvaluateRequest, sequence: number): Uint8Array {
    if (!this.#evaluates) throw new ServeError("usage", "this server evaluates no policies: use standard input");
    if (hello.num_envs !== 1) throw new ServeError("value", `an evaluation has num_envs 1, got ${hello.num_envs}`);
    const env = makeForPlay(hello.env, [evaluate.split]);
    this.#evaluation = { ...evaluate, env: env.spec.id };
    return jsonFrame(FRAME.welcome, sequence, welcome(env, hello));
  }

  #refuse(sequence: number, error: unknown): Uint8Array {
    const { kind, message, fatal } = serveErrorOf(error);
    if (fatal) this.#ended = true;
    return jsonFrame(FRAME.error, sequence, { kind, message, fatal });
  }
}

function wrongTime(type: number, after: string): ServeError {
  const name = Object.entries(FRAME).find(([, number]) => number === type)?.[0] ?? "unknown";
  return new ServeError("protocol", `type ${type} (${name}) is no request that may come after ${after}`);
}

function makeVector(hello: Hello, left: number): VectorEnv {
  const { env, num_envs, splits, options, max_episode_steps, autoreset_mode } = hello;
  if (num_envs > left) {
    throw new ServeError("value", `this server has room for ${left} more environments, got num_envs ${num_envs}`);
  }
  const made = { splits: splits ?? undefined, options, maxEpisodeSteps: max_episode_steps };
  const one = registry.make(env, made);
  const { rows, observationSpace, actionSpace } = one;
  one.close();
  if (
    4 * num_envs * rows * actionSpace.size > MAX_PAYLOAD_BYTES ||
    stateBytes(num_envs, rows, observationSpace.size, maskSize(actionSpace)) > MAX_STATE_BYTES
  ) {
    throw new ServeError("value", `num_envs ${num_envs} of ${one.spec.id} do not fit into frames; use fewer`);
  }
  return registry.makeVec(env, { ...made, numEnvs: num_envs, autoresetMode: autoreset_mode });
}
