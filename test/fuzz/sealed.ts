import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";

// Checksums keep most damage from the code behind them. These functions make them fit again.

const PREFIX = 56;

/** A packed trace of this header and body, whatever they are. */
export function sealedTrace(kind: number, header: Uint8Array, body: Uint8Array): Buffer {
  const packed = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const bytes = Buffer.alloc(PREFIX + header.length + packed.length);
  bytes.set([0x89, 0x52, 0x30, 0x54, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.writeUInt16LE(1, 8);
  bytes[10] = kind;
  bytes[11] = 1;
  bytes.writeUInt32LE(header.length, 12);
  bytes.writeUInt32LE(packed.length, 16);
  bytes.writeUInt32LE(body.length, 20);
  bytes.set(header, PREFIX);
  bytes.set(packed, PREFIX + header.length);
  return resealed(bytes);
}

/** The bytes of a packed trace with the checksum that they need. */
export function resealed(bytes: Buffer): Buffer {
  if (bytes.length < PREFIX) return bytes;
  const hash = createHash("sha256").update(bytes.subarray(0, 24)).update(bytes.subarray(PREFIX)).digest();
  bytes.set(hash, 24);
  return bytes;
}

/** The header of a policy or checkpoint with the checksum that it needs. */
export function sealedHeader(header: object, binary: Uint8Array): Buffer {
  const { sha256: _, ...content } = header as Record<string, unknown>;
  let text: string;
  try {
    text = JSON.stringify(content);
  } catch {
    return Buffer.from("[".repeat(20_000));
  }
  const sha256 = createHash("sha256").update(text).update(binary).digest("hex");
  return Buffer.from(JSON.stringify({ ...content, sha256 }));
}
