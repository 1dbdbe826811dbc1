import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { FileError } from "./file_error.ts";

/** Most bytes of a file of text or CSV that is read as a whole. Source: choice, twenty times the largest in use. */
export const MOST_TEXT = 256 << 20;

/** Most bytes of a file that is read in parts. Source: choice; a device or a sparse file has no end that counts. */
export const MOST_STREAMED = 2 ** 40;

/** Most bytes that one system call reads. */
const CHUNK = 1 << 30;

/** An open file. */
export interface OpenFile {
  /** The caller closes it. */
  readonly descriptor: number;
  readonly bytes: number;
}

/**
 * Opens a file that the user named. All files that a user names are opened here: a device, a pipe or a socket may have
 * no end, or keep a reader waiting for ever.
 *
 * @param most largest size, bytes
 * @throws FileError unless it is a regular file of at most that size that can be read
 */
export function openFile(path: string, most: number): OpenFile {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, a pipe without a writer blocks here.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new FileError(refusal(path, error));
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new FileError(`${path} is ${kindOf(status)}, not a regular file`);
    if (status.size > most) {
      throw new FileError(`${path} has ${status.size} bytes; at most ${most} bytes can be read`);
    }
    return { descriptor, bytes: status.size };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Opens a file, passes it to `use`, and closes it. @throws FileError as `openFile` */
export function withFile<Result>(path: string, most: number, use: (file: OpenFile) => Result): Result {
  const file = openFile(path, most);
  try {
    return use(file);
  } finally {
    closeSync(file.descriptor);
  }
}

/** The bytes of a file that the user named. @throws FileError as `openFile` */
export function readFile(path: string, most: number): Buffer {
  return withFile(path, most, ({ descriptor, bytes }) => {
    const content = Buffer.alloc(bytes);
    return content.subarray(0, readInto(path, descriptor, content));
  });
}

/** Reads from the present position until `into` is full or the file ends. Returns the number of bytes. */
export function readInto(path: string, descriptor: number, into: Uint8Array): number {
  let filled = 0;
  try {
    while (filled < into.length) {
      const count = readSync(descriptor, into, filled, Math.min(CHUNK, into.length - filled), null);
      if (count === 0) break;
      filled += count;
    }
  } catch (error) {
    throw new FileError(refusal(path, error));
  }
  return filled;
}

function refusal(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `there is no file ${path}`;
  // Linux reports a socket this way.
  if (code === "ENXIO") return `${path} is a socket or a device, not a regular file`;
  return `cannot read ${path}: ${message}`;
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a pipe";
  if (status.isSocket()) return "a socket";
  return "a device";
}
