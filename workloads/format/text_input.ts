import { closeSync, createReadStream, readSync } from "node:fs";
import { pipeline, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { MOST_STREAMED, MOST_TEXT, openFile, readFile, readInto, withFile } from "../../files/open_file.ts";
import { InputFormatError } from "./trace_format_error.ts";

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

/** Longest line of a text, characters. Source: choice. */
const LONGEST_LINE = 65536;

/** Most bytes that the first bytes of a packed file may unpack to. Source: choice, what gzip can reach. */
const MOST_HEAD = 68 << 20;

/** How a file is packed, told by its first bytes. */
export type Packing = "gzip" | "zstd";

/** Node has zstd from 22.15 and 23.8 on. */
interface ZstdFunctions {
  createZstdDecompress?: () => Transform;
  zstdDecompressSync?: (
    data: Uint8Array,
    options: { finishFlush?: number | undefined; maxOutputLength: number },
  ) => Buffer;
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
  // The stream closes the file.
  const { descriptor } = openFile(file, MOST_STREAMED);
  const source = createReadStream(file, { fd: descriptor, start: 0, highWaterMark: CHUNK });
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
  return withFile(file, MOST_STREAMED, ({ descriptor, bytes }) => {
    const head = new Uint8Array(Math.min(count, bytes));
    return head.subarray(0, readInto(file, descriptor, head));
  });
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
    const finishFlush = (zlib.constants as { ZSTD_e_flush?: number }).ZSTD_e_flush;
    const text = zstd.zstdDecompressSync?.(head, { finishFlush, maxOutputLength: MOST_HEAD });
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
  const { descriptor } = openFile(file, MOST_STREAMED);
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
 * The lines of a text, unpacked, without their ends.
 *
 * @throws InputFormatError when it cannot be unpacked, or a line is longer than 65,536 characters
 */
export async function* textLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let line = 1;
  for await (const chunk of unpackedBytes(file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const content of lines) yield checked(content, file, line++);
    checked(rest, file, line);
  }
  rest += decoder.decode();
  if (rest !== "") yield checked(rest, file, line);
}

function checked(line: string, file: string, number: number): string {
  if (line.length > LONGEST_LINE) {
    throw new InputFormatError({ file, line: number }, `a line of more than ${LONGEST_LINE} characters`);
  }
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/**
 * The whole text of a file, unpacked, without a byte-order mark.
 *
 * @param most largest text, bytes. Default: 256 MiB
 * @throws InputFormatError when it cannot be unpacked, or is larger than that
 */
export function readText(file: string, most = MOST_TEXT): string {
  const bytes = readFile(file, most);
  const packing = packingOf(bytes);
  if (packing === null) return new TextDecoder().decode(bytes);
  const unpack = packing === "gzip" ? zlib.gunzipSync : (zstd.zstdDecompressSync ?? noZstd(file));
  try {
    return new TextDecoder().decode(unpack(bytes, { maxOutputLength: most }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw damaged(error, packing, file);
    throw new InputFormatError({ file }, `more than ${most} bytes when unpacked: at most so many can be read`);
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
