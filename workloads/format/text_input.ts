import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { pipeline, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { InputFormatError } from "./trace_format_error.ts";

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

/** Most bytes of a text that is read as a whole. Source: choice. */
const MOST_TEXT = 256 << 20;

/** How a file is packed, told by its first bytes. */
export type Packing = "gzip" | "zstd";

/** Node has zstd from 22.15 and 23.8 on. */
interface ZstdFunctions {
  createZstdDecompress?: () => Transform;
  zstdDecompressSync?: (data: Uint8Array, options: { maxOutputLength: number }) => Buffer;
}

const zstd = zlib as ZstdFunctions;

/** The packing of a file that begins with `head`, or null for a file that is not packed. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return "zstd";
  return null;
}

/**
 * The bytes of a file, unpacked where it is packed with gzip or zstd.
 *
 * @throws InputFormatError when it cannot be unpacked
 */
export async function* unpackedBytes(file: string): AsyncGenerator<Uint8Array> {
  const packing = packingOf(firstBytes(file, 4));
  const source = createReadStream(file, { highWaterMark: CHUNK });
  if (packing === null) {
    yield* source as AsyncIterable<Uint8Array>;
    return;
  }
  const unpack = packing === "gzip" ? zlib.createGunzip() : (zstd.createZstdDecompress ?? noZstd(file))();
  try {
    // The reader below receives the error as well.
    yield* pipeline(source, unpack, () => undefined) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw damaged(error, packing, file);
  } finally {
    source.destroy();
  }
}

/** The first bytes of a file: at most `count`. */
export function firstBytes(file: string, count: number): Uint8Array {
  const descriptor = openSync(file, "r");
  try {
    const head = new Uint8Array(count);
    return head.subarray(0, readSync(descriptor, head, 0, count, null));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The first characters of a text, unpacked where the file is packed. Fewer than `count` when the text is shorter, none
 * when it cannot be unpacked.
 */
export function firstCharacters(file: string, count = 65536): string {
  const head = firstBytes(file, count);
  const packing = packingOf(head);
  if (packing === null) return new TextDecoder().decode(head);
  try {
    if (packing === "gzip") {
      return new TextDecoder().decode(zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH }));
    }
    const text = zstd.zstdDecompressSync?.(firstBytes(file, MOST_TEXT), { maxOutputLength: MOST_TEXT });
    return new TextDecoder().decode(text?.subarray(0, count));
  } catch {
    return "";
  }
}

/**
 * The text of a file chunk by chunk, unpacked, without a byte-order mark. A plain file is read only as far as the
 * caller goes on; a packed one is unpacked as a whole.
 *
 * @throws InputFormatError when it cannot be unpacked, or is larger than 256 MiB unpacked
 */
export function* textChunks(file: string): Generator<string> {
  if (packingOf(firstBytes(file, 4)) !== null) {
    yield readText(file);
    return;
  }
  const decoder = new TextDecoder();
  const descriptor = openSync(file, "r");
  try {
    const buffer = new Uint8Array(CHUNK);
    for (let count = readSync(descriptor, buffer); count > 0; count = readSync(descriptor, buffer)) {
      yield decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    yield decoder.decode();
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The whole text of a file, unpacked, without a byte-order mark.
 *
 * @throws InputFormatError when it cannot be unpacked, or is larger than 256 MiB
 */
export function readText(file: string): string {
  if (statSync(file).size > MOST_TEXT) {
    throw new InputFormatError({ file }, `at most 256 MiB can be read at once, got ${statSync(file).size} bytes`);
  }
  const bytes = firstBytes(file, statSync(file).size);
  const packing = packingOf(bytes);
  if (packing === null) return new TextDecoder().decode(bytes);
  const unpack = packing === "gzip" ? zlib.gunzipSync : (zstd.zstdDecompressSync ?? noZstd(file));
  try {
    return new TextDecoder().decode(unpack(bytes, { maxOutputLength: MOST_TEXT }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw damaged(error, packing, file);
    throw new InputFormatError({ file }, "more than 256 MiB when unpacked: unpack the file first");
  }
}

function noZstd(file: string): never {
  throw new InputFormatError(
    { file },
    `packed with zstd, which Node ${process.version} cannot unpack: unpack the file first, or use Node 22.15 or later`,
  );
}

function damaged(error: unknown, packing: Packing, file: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof InputFormatError || !/^(Z_|ERR_ZSTD|ZSTD_)/.test(code ?? "")) return error as Error;
  return new InputFormatError({ file }, `damaged ${packing} file: ${message}`);
}
