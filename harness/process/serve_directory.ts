import { closeSync, constants, existsSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ControlToken, encodeControl } from "../../ladder/control.ts";
import { type Dataset, type DatasetProblem, decodeDataset } from "../../ladder/dataset_bytes.ts";
import { MAX_PAYLOAD_BYTES } from "../../ladder/frames.ts";
import { decodeRecommendation } from "../../ladder/recommendation_bytes.ts";
import { RunError } from "../run/usage_error.ts";
import type { PolicyServer } from "./policy_server.ts";
import type { Served } from "./serve_socket.ts";

/** Time between looks at the device, ms. Choice. */
const POLL_MS = 1;
/** Looks at the device before the dataset counts as stale, and another one is asked for. Choice. */
const LOOKS = 100;
/** Bytes read at first; a device that fills them is read again with more. */
const FIRST_READ_BYTES = 1 << 16;
/** What the system says of files whose driver was unloaded. */
const GONE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENODEV"]);
/** What it says of a pipe that nobody reads, or that is full. */
const BUSY: ReadonlySet<string | undefined> = new Set(["ENXIO", "EAGAIN"]);
/** How long the device may hold something that is no dataset, and a token may wait to be taken, ms. Choice. */
const PATIENCE_MS = 5000;

/**
 * Drives a kernel by files, as the "ML library" RFC shows them to user space: `<model>/control` takes tokens, `device` gives
 * the dataset when it is read and takes the recommendation when it is written, both from its start.
 *
 * The loop is the RFC's: `start`; `prepare_dataset`, read, write the recommendation, `discard_dataset`, and again; `stop` at the
 * end. It looks at the device time and again, because the RFC notifies nobody; a dataset that was answered is answered again only
 * when discarding and preparing shows it again.
 *
 * The RFC's test driver has these files as /sys/class/ml_lib_test/mllibdev/ml_model1/control and /dev/mllibdev: make a folder of
 * two symbolic links, `ml_model1` and `device`. Its dataset is 1024 bytes of one random pattern; a driver that is to be
 * driven must put the layout of `ladder/dataset_bytes.ts` there, and read that of `ladder/recommendation_bytes.ts`. Bytes behind
 * the dataset do not matter. Feedback has no way through these files.
 *
 * @returns when `signal` is aborted, or the files are gone
 * @throws RunError when a file is missing at the start or refuses what is written, or the device holds something else for five
 *   seconds
 */
export async function serveDirectory(
  policyServer: PolicyServer,
  directory: string,
  model: string,
  signal?: AbortSignal,
): Promise<Served> {
  const control = join(directory, model, "control");
  const device = join(directory, "device");
  for (const path of [control, device]) if (!existsSync(path)) throw new RunError(`there is no ${path}`);
  const served: Served = { answered: 0, skipped: 0, feedback: 0 };
  const reader = new DeviceReader(device);
  let answered = 0;
  try {
    await writeControl(control, "start", signal);
    while (!signal?.aborted) {
      await writeControl(control, "prepare_dataset", signal);
      const dataset = await lookFor(reader, answered, signal);
      if (dataset !== null) {
        writeAtStart(device, policyServer.answer(dataset), 0);
        served.answered++;
      }
      // Nothing new for so long: if the same dataset is shown once more, its answer was lost.
      answered = dataset?.operation ?? 0;
      await writeControl(control, "discard_dataset", signal);
    }
    await writeControl(control, "stop");
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code)) throw error;
  }
  return served;
}

/**
 * Writes a token. A pipe in the place of the attribute may be full, or nobody may read it yet: that is waited for, but not once
 * `signal` is aborted.
 */
async function writeControl(path: string, token: ControlToken, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!signal?.aborted) {
    try {
      return writeAtStart(path, encodeControl(token), null);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (GONE.has(code)) throw error;
      if (!BUSY.has(code)) throw new RunError(`${path} refused ${token}: ${message}`);
      if (performance.now() > end) throw new RunError(`nobody reads ${path}: ${message}`);
    }
    await setTimeout(POLL_MS);
  }
}

/** The dataset that asks about another operation than `answered`, or null when none is shown for a while. */
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
  /** Since when it holds something else, by `performance.now`; null when it does not. */
  #strangeSince: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The dataset, or null when there is none now. */
  read(): Dataset | null {
    const bytes = this.#readAll();
    const dataset = decodeDataset(bytes, true);
    if (typeof dataset !== "string") {
      this.#strangeSince = null;
      return dataset;
    }
    // A plain file in the place of the device shows what was written into it last.
    const empty = bytes.every((byte) => byte === 0) || typeof decodeRecommendation(bytes, true) !== "string";
    if (empty) this.#strangeSince = null;
    else this.#wonder(dataset);
    return null;
  }

  #readAll(): Uint8Array {
    // What is open stays open no longer than needed: a driver that is held cannot be unloaded.
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

/** @param position null for files that have none: pipes */
function writeAtStart(path: string, bytes: Uint8Array, position: number | null): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    const written = writeSync(file, bytes, 0, bytes.length, position);
    if (written < bytes.length) throw new RunError(`${path} took ${written} of ${bytes.length} bytes`);
  } finally {
    closeSync(file);
  }
}
