import { closeSync, constants, existsSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ControlToken, encodeControl } from "../../ladder/control.ts";
import { type Dataset, type DatasetProblem, decodeDataset } from "../../ladder/dataset_bytes.ts";
import { MAX_PAYLOAD_BYTES } from "../../ladder/frames.ts";
import { decodeRecommendation } from "../../ladder/recommendation_bytes.ts";
import { RunError } from "../run/usage_error.ts";
import { checkKernelFile, openKernelFile } from "./kernel_file.ts";
import type { PolicyServer } from "./policy_server.ts";
import type { Served } from "./serve_socket.ts";

/** Time between reads of the device, ms. Choice. */
const POLL_MS = 1;
/** Reads of the device before the dataset counts as stale, and the next is requested. Choice. */
const LOOKS = 100;
/** Bytes of the first read. A device that fills them is read again with more. */
const FIRST_READ_BYTES = 1 << 16;
/** Error codes of files whose driver was unloaded. */
const GONE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENODEV"]);
/** Error codes of a pipe without a reader, or that is full. */
const BUSY: ReadonlySet<string | undefined> = new Set(["ENXIO", "EAGAIN"]);
/** Longest time for the device to hold something other than a dataset, and for a token to wait, ms. Choice. */
const PATIENCE_MS = 5000;

/**
 * Drives a kernel by files, as the "ML library" RFC shows them to user space: `<model>/control` takes tokens, `device`
 * gives the dataset when it is read and takes the recommendation when it is written, both from its start.
 *
 * The loop is the RFC's: `start`; `prepare_dataset`, read, write the recommendation, `discard_dataset`, and again;
 * `stop` at the end. It reads the device again and again, because the RFC has no notification. It answers an answered
 * dataset again only when discarding and preparing shows it again.
 *
 * The RFC's test driver has these files as /sys/class/ml_lib_test/mllibdev/ml_model1/control and /dev/mllibdev: make a
 * folder of two symbolic links, `ml_model1` and `device`. Its dataset is 1024 bytes of one random pattern; a driver
 * that is to be driven must put the layout of `ladder/dataset_bytes.ts` there, and read that of
 * `ladder/recommendation_bytes.ts`. Bytes behind the dataset do not matter. Feedback has no way through these files.
 *
 * It writes only into what a kernel offers: a character device, a pipe, or an attribute in sysfs, through links or not;
 * and into regular files of the folder itself. A link to a regular file elsewhere is refused, see `checkKernelFile`.
 *
 * @returns after `signal` is aborted, or the files are gone
 * @throws RunError if a file is missing at the start, may not be written, or refuses a write, or the device holds
 *   something else for five seconds
 */
export async function serveDirectory(
  policyServer: PolicyServer,
  directory: string,
  model: string,
  signal?: AbortSignal,
): Promise<Served> {
  const control = join(directory, model, "control");
  const device = join(directory, "device");
  for (const path of [control, device]) {
    if (!existsSync(path)) throw new RunError(`there is no ${path}`);
    checkKernelFile(directory, path, statSync(path));
  }
  const served: Served = { answered: 0, skipped: 0, feedback: 0 };
  const reader = new DeviceReader(device);
  let answered = 0;
  try {
    await writeControl(directory, control, "start", signal);
    while (!signal?.aborted) {
      await writeControl(directory, control, "prepare_dataset", signal);
      const dataset = await lookFor(reader, answered, signal);
      if (dataset !== null) {
        writeAtStart(directory, device, policyServer.answer(dataset), 0);
        served.answered++;
      }
      // There was nothing new for long. If the same dataset comes again, its answer was lost.
      answered = dataset?.operation ?? 0;
      await writeControl(directory, control, "discard_dataset", signal);
    }
    await writeControl(directory, control, "stop");
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code)) throw error;
  }
  return served;
}

/**
 * Writes a token. A pipe instead of the attribute may be full, or may have no reader yet. It waits for that until
 * `signal` is aborted.
 */
async function writeControl(directory: string, path: string, token: ControlToken, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!signal?.aborted) {
    try {
      return writeAtStart(directory, path, encodeControl(token), null);
    } catch (error) {
      if (error instanceof RunError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (GONE.has(code)) throw error;
      if (!BUSY.has(code)) throw new RunError(`${path} refused ${token}: ${message}`);
      if (performance.now() > end) throw new RunError(`no process reads ${path}: ${message}`);
    }
    await setTimeout(POLL_MS);
  }
}

/** A dataset of another operation than `answered`, or null if none appears for a while. */
async function lookFor(reader: DeviceReader, answered: number, signal?: AbortSignal): Promise<Dataset | null> {
  for (let look = 0; look < LOOKS && !signal?.aborted; look++) {
    const dataset = reader.read();
    if (dataset !== null && !dataset.end && dataset.operation !== answered) return dataset;
    await setTimeout(POLL_MS);
  }
  return null;
}

/** Reads datasets from a device. */
class DeviceReader {
  readonly #path: string;
  #buffer = new Uint8Array(FIRST_READ_BYTES);
  /** When it began to hold something else, by `performance.now`; null if it does not. */
  #strangeSince: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The dataset, or null if there is none now. */
  read(): Dataset | null {
    const bytes = this.#readAll();
    const dataset = decodeDataset(bytes, true);
    if (typeof dataset !== "string") {
      this.#strangeSince = null;
      return dataset;
    }
    // A plain file instead of the device shows the last write.
    const empty = bytes.every((byte) => byte === 0) || typeof decodeRecommendation(bytes, true) !== "string";
    if (empty) this.#strangeSince = null;
    else this.#wonder(dataset);
    return null;
  }

  #readAll(): Uint8Array {
    // The file is open no longer than needed: the driver of an open file cannot be unloaded.
    const file = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      let count = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
      while (count === this.#buffer.length && count < MAX_PAYLOAD_BYTES) {
        this.#buffer = new Uint8Array(2 * count);
        count = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
      }
      return this.#buffer.subarray(0, count);
    } finally {
      closeSync(file);
    }
  }

  #wonder(problem: DatasetProblem): void {
    this.#strangeSince ??= performance.now();
    if (performance.now() - this.#strangeSince > PATIENCE_MS) {
      throw new RunError(`${this.#path} holds no dataset: its ${problem} is wrong`);
    }
  }
}

/** Writes all bytes. @param position null for pipes, which have none */
function writeAtStart(directory: string, path: string, bytes: Uint8Array, position: number | null): void {
  const file = openKernelFile(directory, path);
  try {
    const written = writeSync(file, bytes, 0, bytes.length, position);
    if (written < bytes.length) throw new RunError(`${path} took ${written} of ${bytes.length} bytes`);
  } finally {
    closeSync(file);
  }
}
