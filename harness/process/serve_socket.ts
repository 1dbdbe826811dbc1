import { connect, type Socket } from "node:net";
import { getSystemErrorName } from "node:util";
import { decodeStatus, encodeControl } from "../../ladder/control.ts";
import { type Dataset, decodeDataset } from "../../ladder/dataset_bytes.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../ladder/frames.ts";
import { RunError } from "../run/usage_error.ts";
import type { PolicyServer } from "./policy_server.ts";

/** Time between heartbeats, ms. Choice: five fit into the default `heartbeatMs` of the kernel. */
const HEARTBEAT_MS = 200;
/** Longest time for the kernel to disconnect after "stop", ms. Choice. */
const FAREWELL_MS = 500;

/** Counters of a served policy. */
export interface Served {
  /** Answered datasets. */
  answered: number;
  /** Datasets without an answer, because a newer one had come. */
  skipped: number;
  /** Feedback frames: the value of a block. */
  feedback: number;
}

/**
 * The policy's end of the socket. It starts, answers every dataset of the kernel, and stops when `signal` is aborted or
 * the kernel disconnects.
 *
 * If several datasets come together, it answers only the newest: the kernel has given up the others.
 *
 * @param path of the kernel's Unix domain socket
 * @throws RunError if no kernel listens there, it refuses to start the policy (another one is connected), or it sends
 *   something that cannot be read or is of another environment
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
      throw new RunError(`the kernel sent a frame of type ${type}, which only policies send`);
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
    // Once connected, "close" is enough.
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
