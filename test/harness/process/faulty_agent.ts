import { appendFileSync } from "node:fs";
import { connect } from "node:net";
import { encodeControl } from "../../../ladder/control.ts";
import { type Dataset, decodeDataset } from "../../../ladder/dataset_bytes.ts";
import { encodeFrame, encodeFrameHeader, FRAME, FRAME_HEADER_BYTES, FrameReader } from "../../../ladder/frames.ts";
import { encodeRecommendation, recommendationBytes } from "../../../ladder/recommendation_bytes.ts";

// An agent for CartPole that takes action 1, and does things wrong: `faulty_agent.ts FAULTS [FILE] --connect SOCKET`. FAULTS are names
// with commas between: the first is made in the first answer, the second in the second.

const [faults, file] = process.argv.slice(2);
const [fault] = faults.split(",");
const path = process.argv[process.argv.indexOf("--connect") + 1];

/** Operations that were asked about before. */
const shown = new Set<number>();

/** Answers that are wrong, by fault, and odd ones that are not. */
const ANSWERS: Record<string, (operation: number) => unknown> = {
  silent: () => {},
  "crash-asked": () => process.exit(1),
  slow: (operation) => setTimeout(() => recommend(operation, [1]), 150),
  "wrong-operation": (operation) => recommend(operation + 5, [1]),
  "not-a-number": (operation) => recommend(operation, [NaN]),
  "wrong-count": (operation) => recommend(operation, []),
  fraction: (operation) => recommend(operation, [0.5]),
  outside: (operation) => recommend(operation, [7]),
  twice: (operation) => [1, 0].map((action) => recommend(operation, [action])),
  "no-recommendation": () => socket.write(encodeFrame(FRAME.recommendation, new Uint8Array(24))),
  "wrong-direction": () => socket.write(encodeFrame(FRAME.feedback, new Uint8Array(2))),
  garbage: () => socket.write(new Uint8Array(10_000).fill(0xff)),
  oversized: () => {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    encodeFrameHeader(header, FRAME.recommendation, 1e9);
    socket.write(header);
  },
  half: (operation) => socket.write(recommendation(operation, [1]).subarray(0, 20)),
  "half-and-gone": (operation) => socket.end(recommendation(operation, [1]).subarray(0, 20)),
  again: (operation) => {
    if (shown.has(operation)) recommend(operation, [1]);
    else socket.write(encodeFrame(FRAME.control, encodeControl("prepare_dataset")));
    shown.add(operation);
  },
  discarded: () => {
    for (const token of ["discard_dataset", "prepare_dataset"] as const) {
      socket.write(encodeFrame(FRAME.control, encodeControl(token)));
    }
  },
  pieces: (operation) => {
    for (const byte of recommendation(operation, [1])) socket.write(Uint8Array.of(byte));
  },
};

if (fault === "crash") process.exit(3);
if (fault === "stubborn") process.on("SIGTERM", () => {});

const socket = connect(path);
const reader = new FrameReader();
socket.on("error", () => {});
// One that does not end by itself is there to be killed.
if (fault === "stubborn") setInterval(() => {}, 1000);
socket.write(encodeFrame(FRAME.control, encodeControl("start")));
if (fault !== "silent") {
  const heartbeat = setInterval(() => socket.write(encodeFrame(FRAME.heartbeat, new Uint8Array(0))), 50);
  socket.on("close", () => clearInterval(heartbeat));
}
socket.on("data", (chunk) => {
  reader.read(chunk, (type, payload) => {
    if (type === FRAME.feedback && fault === "record") appendFileSync(file, `${new TextDecoder().decode(payload)}\n`);
    if (type !== FRAME.dataset) return;
    const dataset = decodeDataset(payload);
    if (typeof dataset === "string") throw new Error(dataset);
    if (fault === "record") {
      appendFileSync(file, `${JSON.stringify({ ...dataset, observation: [...dataset.observation] })}\n`);
    }
    if (!dataset.end) answer(dataset);
  });
});

function answer({ operation }: Dataset): void {
  const names = faults.split(",");
  const wrong = ANSWERS[names[(operation - 1) % names.length]];
  if (wrong === undefined) recommend(operation, [1]);
  else wrong(operation);
}

function recommend(operation: number, action: number[]): void {
  socket.write(recommendation(operation, action));
}

function recommendation(operation: number, action: number[]): Uint8Array {
  const payload = new Uint8Array(recommendationBytes(action.length));
  encodeRecommendation({ operation, weights: 77, action: Float32Array.from(action) }, payload);
  return encodeFrame(FRAME.recommendation, payload);
}
