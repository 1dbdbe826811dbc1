// The protocol on the socket between the kernel and the policy in user space: a stream of frames, little-endian.
//
//   0  4  bytes of the payload, P
//   4  1  type, see FRAME
//   5  P  payload
//
// A type keeps its number for ever. A change of a payload raises the version of that payload.

/** Types of frames. Their encoders describe the payloads. */
export const FRAME = {
  /** User space to kernel: `control.ts`. */
  control: 1,
  /** Kernel to user space, one for each control frame: `control.ts`. */
  status: 2,
  /** Kernel to user space: `dataset_bytes.ts`. */
  dataset: 3,
  /** User space to kernel: `recommendation_bytes.ts`. */
  recommendation: 4,
  /** Kernel to user space: `feedback_json.ts`. */
  feedback: 5,
  /** User space to kernel, empty: a sign of life. */
  heartbeat: 6,
} as const;

/** Number of a type of frame. */
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** Why the rest of a stream of frames cannot be read: an unknown type, or a payload above the limit. */
export type FrameProblem = "type" | "length";

/** Bytes before a frame's payload. */
export const FRAME_HEADER_BYTES = 5;

/** Largest payload by default, 16 MiB. Source: choice, far above any observation here and far below what would hurt. */
export const MAX_PAYLOAD_BYTES = 1 << 24;

const TYPES: ReadonlySet<number> = new Set(Object.values(FRAME));

/** Writes the header of a frame. Its payload of `length` bytes stands, or will stand, behind the header. */
export function encodeFrameHeader(out: Uint8Array, type: FrameType, length: number): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  view.setUint32(0, length, true);
  view.setUint8(4, type);
}

/** A whole frame. */
export function encodeFrame(type: FrameType, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  encodeFrameHeader(frame, type, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** Finds the frames in a stream that arrives in pieces of any size. */
export class FrameReader {
  readonly #limit: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerFilled = 0;
  #payload = new Uint8Array(0);
  #payloadFilled = 0;
  #problem: FrameProblem | null = null;

  /** @param limit size of the largest payload that is accepted, bytes */
  constructor(limit = MAX_PAYLOAD_BYTES) {
    this.#limit = limit;
  }

  /**
   * Takes the next piece and calls `onFrame` for every frame that is complete now. The caller may keep a payload.
   *
   * @returns why the stream cannot be read on, or null. After a problem all that follows is ignored, because the start
   *   of the next frame is unknown.
   */
  read(chunk: Uint8Array, onFrame: (type: FrameType, payload: Uint8Array) => void): FrameProblem | null {
    let at = 0;
    while (at < chunk.length && this.#problem === null) {
      if (this.#headerFilled < FRAME_HEADER_BYTES) {
        this.#header[this.#headerFilled++] = chunk[at++];
        if (this.#headerFilled < FRAME_HEADER_BYTES) continue;
        this.#begin();
        if (this.#problem !== null) break;
      }
      const count = Math.min(chunk.length - at, this.#payload.length - this.#payloadFilled);
      this.#payload.set(chunk.subarray(at, at + count), this.#payloadFilled);
      this.#payloadFilled += count;
      at += count;
      if (this.#payloadFilled < this.#payload.length) continue;
      this.#headerFilled = 0;
      onFrame(this.#header[4] as FrameType, this.#payload);
    }
    return this.#problem;
  }

  /** Starts the payload, once the header is complete. */
  #begin(): void {
    const length = this.#view.getUint32(0, true);
    if (!TYPES.has(this.#header[4])) {
      this.#problem = "type";
    } else if (length > this.#limit) {
      this.#problem = "length";
    } else {
      this.#payload = new Uint8Array(length);
      this.#payloadFilled = 0;
    }
  }
}
