import { EnvUsageError } from "../../gym/env.ts";
import type { VectorEnv } from "../../gym/vector_env.ts";
import { HEADER_BYTES, MAX_JSON_BYTES, MAX_PAYLOAD_BYTES } from "./frames.ts";
import { parseResetOptions } from "./hello.ts";
import { InfosJson } from "./infos_json.ts";
import type { RequestBuffer } from "./request_buffer.ts";
import { ServeError } from "./serve_error.ts";
import { StateFrame } from "./state_frame.ts";
import { actionDtype } from "./welcome.ts";

/** Bytes of a seed and of an entry of the mask. */
const RESET_BYTES = 8 + 1;

/** The environments of one client, and the requests to them. */
export class VectorSession {
  readonly #vector: VectorEnv;
  readonly #state: StateFrame;
  readonly #infos: InfosJson;
  readonly #float: boolean;
  readonly #actionCount: number;
  /** View of the actions in the buffer of requests, and that buffer. */
  #actions: Float32Array | Int32Array | null = null;
  #viewed: ArrayBuffer | null = null;
  /** Whether every environment has a random stream. */
  #seeded = false;
  /** Whether all environments are where the last `state` says. */
  #intact = false;

  /** @param finalOnly whether only infos of first and last steps of episodes are sent */
  constructor(vector: VectorEnv, finalOnly: boolean) {
    this.#vector = vector;
    this.#state = new StateFrame(vector);
    this.#infos = new InfosJson(vector, finalOnly);
    this.#float = actionDtype(vector.actionSpace) === "float32";
    this.#actionCount = vector.totalRows * vector.actionSpace.size;
  }

  /** Bytes that the payload of a request may have. */
  get limit(): number {
    const most = Math.max(RESET_BYTES * this.#vector.numEnvs + MAX_JSON_BYTES, 4 * this.#actionCount);
    return Math.min(most, MAX_PAYLOAD_BYTES);
  }

  /** Steps all environments. @throws ServeError or the errors of `VectorEnv.step` */
  step({ bytes, length, sequence }: RequestBuffer): Uint8Array {
    if (length !== 4 * this.#actionCount) {
      const count = this.#actionCount;
      throw new ServeError("protocol", `step: ${count} numbers have ${4 * count} bytes, got ${length}`);
    }
    if (!this.#intact) throw new ServeError("usage", "step: reset all environments first");
    if (this.#actions === null || this.#viewed !== bytes.buffer) {
      const View = this.#float ? Float32Array : Int32Array;
      this.#actions = new View(bytes.buffer, HEADER_BYTES, this.#actionCount);
      this.#viewed = bytes.buffer;
    }
    this.#intact = false;
    this.#vector.step(this.#actions);
    this.#intact = true;
    return this.#state.write(sequence, true, this.#anyFinal(), this.#infos.ofStep());
  }

  /** Resets the environments of the mask. @throws ServeError or the errors of the environments */
  reset({ bytes, length, sequence }: RequestBuffer): Uint8Array {
    const vector = this.#vector;
    const { numEnvs } = vector;
    if (length < RESET_BYTES * numEnvs) {
      throw new ServeError("protocol", `reset: needs at least ${RESET_BYTES * numEnvs} bytes, got ${length}`);
    }
    const mask = bytes.subarray(HEADER_BYTES + 8 * numEnvs, HEADER_BYTES + RESET_BYTES * numEnvs);
    if (mask.some((bit) => bit > 1) || !mask.includes(1)) {
      throw new ServeError("protocol", "reset: the mask must have 1 or 0 for each environment, and at least one 1");
    }
    const options = parseResetOptions(bytes.subarray(HEADER_BYTES + RESET_BYTES * numEnvs, HEADER_BYTES + length));
    const seeds = readSeeds(bytes, numEnvs);
    const all = !mask.includes(0);
    if (!this.#seeded && (!all || seeds.includes(undefined))) {
      throw new ServeError("usage", "reset: the first reset must reset all environments and give each a seed");
    }
    if (!this.#intact && !all) throw new ServeError("usage", "reset: reset all environments first");
    this.#intact = false;
    this.#begin(seeds, mask, options);
    this.#seeded = true;
    this.#intact = true;
    return this.#state.write(sequence, false, false, this.#infos.ofReset(mask));
  }

  /** The picture of one environment as text. @throws ServeError */
  render({ bytes, length }: RequestBuffer): string {
    if (length !== 4)
      throw new ServeError("protocol", `render: the number of an environment has 4 bytes, got ${length}`);
    if (!this.#intact) throw new ServeError("usage", "render: reset all environments first");
    const index = new DataView(bytes.buffer).getUint32(HEADER_BYTES, true);
    const env = this.#vector.envs[index];
    if (env === undefined) {
      throw new ServeError("value", `render: environment must be from 0 to ${this.#vector.numEnvs - 1}, got ${index}`);
    }
    return env.render();
  }

  close(): void {
    this.#vector.close();
  }

  #begin(seeds: readonly (number | undefined)[], mask: Uint8Array, options?: Record<string, unknown>): void {
    const vector = this.#vector;
    try {
      // The first one goes to `reset`, which lets `step` pass. It takes no seed for some environments only.
      if (!this.#seeded) return void vector.reset({ seed: seeds as number[], options });
      for (let i = 0; i < mask.length; i++) if (mask[i] === 1) vector.resetEnv(i, { seed: seeds[i], options });
    } catch (error) {
      // The call is right; its options make an episode that cannot be played.
      throw error instanceof EnvUsageError ? new ServeError("value", error.message) : error;
    }
  }

  #anyFinal(): boolean {
    const { autoresetMode, terminations, truncations } = this.#vector;
    return autoresetMode === "same-step" && (terminations.includes(1) || truncations.includes(1));
  }
}

/** The seed of each environment; undefined where its random stream continues. */
function readSeeds(bytes: Uint8Array<ArrayBuffer>, count: number): (number | undefined)[] {
  const words = new Uint32Array(bytes.buffer, HEADER_BYTES, 2 * count);
  return Array.from({ length: count }, (_, i) => {
    const [low, high] = [words[2 * i], words[2 * i + 1]];
    if (low === 0xffffffff && high === 0xffffffff) return undefined;
    if (high >= 2 ** 21)
      throw new ServeError("value", `reset: seeds end at 2^53 - 1; that of environment ${i} does not`);
    return high * 2 ** 32 + low;
  });
}
