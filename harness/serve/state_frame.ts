import { maskSize } from "../../gym/spaces.ts";
import type { VectorEnv } from "../../gym/vector_env.ts";
import { FRAME, HEADER_BYTES, writeHeader } from "./frames.ts";

/** Bits of the flags at the start of the payload. */
const MASKS = 1;
const FINALS = 2;
/** Bytes of the payload before its arrays. */
const HEAD_BYTES = 16;

const ceil4 = (bytes: number) => Math.ceil(bytes / 4) * 4;

/** Bytes of the longest `state` frame of so many rows and environments, without its JSON. */
export function stateBytes(numEnvs: number, rows: number, observationSize: number, masks: number): number {
  const all = numEnvs * rows;
  return HEADER_BYTES + HEAD_BYTES + 2 * 4 * all * observationSize + 8 * all + 2 * numEnvs + ceil4(all * masks) + 4;
}

/** Assembles `state` frames in one buffer, which each call uses again. docs/protocol.md has the layout. */
export class StateFrame {
  readonly #vector: VectorEnv;
  /** Rewards as they are sent. Their place in the frame may not be a multiple of 8, so they are copied as bytes. */
  readonly #rewards: Float64Array;
  readonly #rewardBytes: Uint8Array;
  readonly #maskBytes: number;
  readonly #rewardsAt: number;
  readonly #flagsAt: number;
  readonly #masksAt: number;
  #bytes = Buffer.alloc(0);
  #view = new DataView(new ArrayBuffer(0));
  #observations = new Float32Array(0);
  /** Views of the final observations: behind the masks, and where there are none. */
  #finalsBehindMasks = new Float32Array(0);
  #finalsAlone = new Float32Array(0);
  /** The last frame, which is used again if the next has the same length. */
  #frame: Uint8Array = new Uint8Array(0);

  constructor(vector: VectorEnv) {
    const { numEnvs, rows, totalRows, observations, actionSpace } = vector;
    this.#vector = vector;
    this.#rewards = new Float64Array(totalRows);
    this.#rewardBytes = new Uint8Array(this.#rewards.buffer);
    this.#maskBytes = totalRows * maskSize(actionSpace);
    this.#rewardsAt = HEADER_BYTES + HEAD_BYTES + observations.byteLength;
    this.#flagsAt = this.#rewardsAt + this.#rewardBytes.length;
    this.#masksAt = this.#flagsAt + 2 * numEnvs;
    this.#resize(stateBytes(numEnvs, rows, vector.observationSpace.size, maskSize(actionSpace)));
  }

  /**
   * The frame of the present state of the environments.
   *
   * @param rewards whether there are rewards; else they are 0
   * @param finals whether the final observations are part of it
   * @param json text at its end
   */
  write(sequence: number, rewards: boolean, finals: boolean, json: string): Uint8Array {
    const { observations, finalObservations, terminations, truncations, masks, numEnvs } = this.#vector;
    const arrays = ceil4(this.#masksAt + (masks === null ? 0 : this.#maskBytes));
    const jsonAt = finals ? arrays + finalObservations.byteLength : arrays;
    const jsonBytes = json === "" ? 0 : Buffer.byteLength(json);
    if (jsonAt + jsonBytes > this.#bytes.length) this.#resize(jsonAt + 2 * jsonBytes);
    const bytes = this.#bytes;
    const view = this.#view;
    writeHeader(view, FRAME.state, sequence, jsonAt + jsonBytes - HEADER_BYTES);
    view.setUint32(HEADER_BYTES, (masks === null ? 0 : MASKS) | (finals ? FINALS : 0), true);
    view.setUint32(HEADER_BYTES + 4, jsonBytes, true);
    this.#observations.set(observations);
    if (rewards) this.#rewards.set(this.#vector.rewards);
    else this.#rewards.fill(0);
    bytes.set(this.#rewardBytes, this.#rewardsAt);
    bytes.set(terminations, this.#flagsAt);
    bytes.set(truncations, this.#flagsAt + numEnvs);
    if (masks !== null) bytes.set(masks, this.#masksAt);
    for (let i = this.#masksAt + (masks?.length ?? 0); i < arrays; i++) bytes[i] = 0;
    if (finals) (masks === null ? this.#finalsAlone : this.#finalsBehindMasks).set(finalObservations);
    if (jsonBytes > 0) bytes.write(json, jsonAt);
    if (this.#frame.length !== jsonAt + jsonBytes) this.#frame = bytes.subarray(0, jsonAt + jsonBytes);
    return this.#frame;
  }

  #resize(size: number): void {
    const { buffer } = new Uint8Array(size);
    const { length } = this.#vector.observations;
    this.#bytes = Buffer.from(buffer);
    this.#view = new DataView(buffer);
    this.#observations = new Float32Array(buffer, HEADER_BYTES + HEAD_BYTES, length);
    this.#finalsAlone = new Float32Array(buffer, ceil4(this.#masksAt), length);
    this.#finalsBehindMasks = new Float32Array(buffer, ceil4(this.#masksAt + this.#maskBytes), length);
    this.#frame = new Uint8Array(0);
  }
}
