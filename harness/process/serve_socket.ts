import { connect, type Socket } from "node:net";
import { getSystemErrorName } from "node:util";
import { decodeStatus, encodeControl } from "../../ladder/control.ts";
import { type Dataset, decodeDataset } from "../../ladder/dataset_bytes.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../ladder/frames.ts";
import { RunError } from "../run/usage_error.ts";
import type { PolicyServer } from "./policy_server.ts";

/** Time between heartbeats, ms. Choice: five fit into the kernel's default patience. */
const HEARTBEAT_MS = 200;
/** How long the kernel may take to hang up after "stop", ms. Choice. */
const FAREWELL_MS = 500;

/** What an agent did. */
export interface Served {
  /** Datasets that it answered. */
  answered: number;
  /** Datasets that it did not, because a newer one had come. */
  skipped: number;
  /** Times it was told what a block was worth. */
  feedback: number;
}

/**
 * The agent's side of the socket: starts, answers every dataset that the kernel sends, and stops when it is told to or the
 * kernel hangs up.
 *
 * Of datasets that come together only the newest is answered: the kernel has given up the others.
 *
 * @param path of the kernel's Unix domain socket
 * @throws RunError when nobody listens there, the kernel refuses to start it (another agent is there), or sends what cannot be
 *   read or is of another environment
 */
export async function serveSocket(policyServer: PolicyServer, path: string, signal?: AbortSignal): Promise<Served> {
  const socket = await connectTo(path);
  const served: Served = { answered: 0, skipped: 0, feedback: 0 };
  const reader = new FrameReader();
  const send = (type: FrameType, payload: Uint8Array) => socket.write(encodeFrame(type, payload));
  let newest: Dataset | null = null;
  const handle = (type: FrameType, payload: Uint8Array): void => {
    if (type === FRAME.dataset) {
      const dataset = readDataset(payload);
      if (dataset.end) return;
      if (newest !== null) served.skipped++;
      newest = dataset;
    } else if (type === FRAME.feedback) {
      served.feedback++;
    } else if (type === FRAME.status) {
      checkStatus(decodeStatus(payload));
    } else {
      throw new RunError(`the kernel sent a frame of type ${type}, which only agents send`);
    }
  };
  const heartbeat = setInterval(() => send(FRAME.heartbeat, new Uint8Array(0)), HEARTBEAT_MS);
  const stop = () => {
    socket.end(encodeFrame(FRAME.control, encodeControl("stop")));
    socket.setTimeout(FAREWELL_MS, () => socket.destroy());
  };
  signal?.addEventListener("abort", stop);
  send(FRAME.control, encodeControl("start"));
  if (signal?.aborted) stop();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on("close", () => resolve());
      socket.on("data", (chunk) => {
        try {
          const problem = reader.read(chunk, handle);
          if (problem !== null) throw new RunError(`the kernel sent a frame whose ${problem} is wrong`);
          if (newest === null || !socket.writable) return;
          send(FRAME.recommendation, policyServer.answer(newest));
          served.answered++;
          newest = null;
        } catch (error) {
          reject(error);
        }
      });
    });
  } finally {
    clearInterval(heartbeat);
    signal?.removeEventListener("abort", stop);
    socket.destroy();
  }
  return served;
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    // After the connection stands, "close" says all that is needed.
    socket.on("error", ({ message }) => reject(new RunError(`cannot connect to a kernel at ${path}: ${message}`)));
  });
}

function readDataset(payload: Uint8Array): Dataset {
  const dataset = decodeDataset(payload);
  if (typeof dataset === "string") throw new RunError(`the kernel sent a dataset whose ${dataset} is wrong`);
  return dataset;
}

function checkStatus(status: number | null): void {
  if (status === 0) return;
  throw new RunError(
    status === null ? "the kernel sent a status that is none" : `the kernel refused: ${getSystemErrorName(status)}`,
  );
}
