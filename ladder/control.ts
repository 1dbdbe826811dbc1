/**
 * Tokens that a policy may write to the `control` attribute of a model, in the words of the "ML library" RFC (patch 2,
 * sysfs.c). The RFC compares prefixes, so that "s" starts a model there. Here a token is exact, with or without a line
 * end.
 */
export const CONTROL_TOKENS = ["start", "stop", "prepare_dataset", "discard_dataset"] as const;

/** A control token. */
export type ControlToken = (typeof CONTROL_TOKENS)[number];

/** Bytes of a status: a signed 32-bit number, little-endian. */
const STATUS_BYTES = 4;

/** The bytes of a token, with the line end that `echo` writes. The line end separates tokens in a pipe. */
export function encodeControl(token: ControlToken): Uint8Array {
  return new TextEncoder().encode(`${token}\n`);
}

/** The token in `bytes`, or null if they are no token. The kernel answers -EOPNOTSUPP to those, as the RFC does. */
export function decodeControl(bytes: Uint8Array): ControlToken | null {
  const longest = Math.max(...CONTROL_TOKENS.map(({ length }) => length)) + 1;
  if (bytes.length > longest) return null;
  const text = String.fromCharCode(...bytes).replace(/\n$/, "");
  return CONTROL_TOKENS.find((token) => token === text) ?? null;
}

/** The bytes of a status: 0, or a negative error number, as a system call returns it. */
export function encodeStatus(status: number): Uint8Array {
  const bytes = new Uint8Array(STATUS_BYTES);
  new DataView(bytes.buffer).setInt32(0, status, true);
  return bytes;
}

/** The status in `bytes`, or null if they are no status. */
export function decodeStatus(bytes: Uint8Array): number | null {
  if (bytes.length !== STATUS_BYTES) return null;
  const status = new DataView(bytes.buffer, bytes.byteOffset, STATUS_BYTES).getInt32(0, true);
  return status > 0 ? null : status;
}
