// The frames of `serve`; docs/protocol.md describes them and every payload.

/** Types of frames. A type keeps its number for ever. */
export const FRAME = {
  hello: 1,
  reset: 2,
  step: 3,
  render: 4,
  actions: 5,
  welcome: 16,
  state: 17,
  text: 18,
  question: 19,
  result: 20,
  error: 31,
} as const;

/** Version of the protocol. */
export const PROTOCOL = 1;

/** Bytes before a frame's payload. A multiple of 8, so that typed arrays can view a payload in place. */
export const HEADER_BYTES = 16;

/** Largest payload of a request, 16 MiB. Source: choice. */
export const MAX_PAYLOAD_BYTES = 1 << 24;

/** Largest JSON of a request, 1 MiB. Source: choice. */
export const MAX_JSON_BYTES = 1 << 20;

/** Deepest nesting of the JSON of a request. Source: choice. */
export const MAX_JSON_DEPTH = 32;

/** Writes the header of a frame whose payload of `length` bytes stands, or will stand, behind it. */
export function writeHeader(frame: DataView, type: number, sequence: number, length: number): void {
  frame.setUint32(0, length, true);
  frame.setUint32(4, type, true);
  frame.setUint32(8, sequence, true);
  frame.setUint32(12, 0, true);
}

/** A whole frame whose payload is text. */
export function textFrame(type: number, sequence: number, text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  writeHeader(new DataView(frame.buffer, frame.byteOffset, frame.byteLength), type, sequence, length);
  frame.write(text, HEADER_BYTES);
  return frame;
}

/** A whole frame whose payload is JSON. */
export function jsonFrame(type: number, sequence: number, value: unknown): Uint8Array {
  return textFrame(type, sequence, JSON.stringify(value));
}
