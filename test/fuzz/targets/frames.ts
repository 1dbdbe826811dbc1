import { createServer } from "node:net";
import fc from "fast-check";
import { registry } from "../../../envs/index.ts";
import { createPolicyServer } from "../../../harness/process/policy_server.ts";
import { serveSocket } from "../../../harness/process/serve_socket.ts";
import { RunError } from "../../../harness/run/usage_error.ts";
import { decodeControl, decodeStatus, encodeControl, encodeStatus } from "../../../ladder/control.ts";
import { datasetBytes, decodeDataset, encodeDataset } from "../../../ladder/dataset_bytes.ts";
import { decodeFeedback, encodeFeedback } from "../../../ladder/feedback_json.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../../ladder/frames.ts";
import {
  decodeRecommendation,
  encodeRecommendation,
  recommendationBytes,
} from "../../../ladder/recommendation_bytes.ts";
import { type Fixtures, textOf } from "../fixtures.ts";
import { damagedBytes, damagedJson } from "../mutations.ts";
import type { Target } from "../target.ts";

const ENV = "CartPole-v1";

/** Datasets of an environment as frames. The last ones have masks that allow all actions, some, and none. */
function datasets(name: string): Buffer[] {
  const env = registry.make(name, { wrap: false });
  env.reset({ seed: 1 });
  const size = env.rows * env.observationSpace.size;
  const maskSize = env.actionMask()?.length ?? 0;
  const masks = maskSize === 0 ? [null] : [null, env.actionMask()!, new Uint8Array(maskSize)];
  env.close();
  return masks.map((mask) => {
    const dataset = { operation: 1, run: 0, first: true, end: false, live: true, terminated: false };
    const out = new Uint8Array(datasetBytes(size, mask?.length ?? 0));
    encodeDataset({ ...dataset, rows: env.rows, reward: 0, observation: new Float32Array(size), mask }, out);
    return Buffer.from(encodeFrame(FRAME.dataset, out));
  });
}

const FEEDBACK = {
  block: 1,
  mode: "learning",
  applied: true,
  propensity: 0.5,
  cost: 1,
  baselineCost: null,
  advantage: null,
  degraded: false,
};

function recommendation(): Uint8Array {
  const out = new Uint8Array(recommendationBytes(1));
  encodeRecommendation({ operation: 1, weights: 0, action: new Float32Array([1]) }, out);
  return out;
}

const OTHERS: readonly Buffer[] = [
  encodeFrame(FRAME.status, encodeStatus(0)),
  encodeFrame(FRAME.status, encodeStatus(-16)),
  encodeFrame(FRAME.control, encodeControl("start")),
  encodeFrame(FRAME.recommendation, recommendation()),
  encodeFrame(FRAME.feedback, encodeFeedback(FEEDBACK)),
  encodeFrame(FRAME.heartbeat, new Uint8Array(0)),
].map((frame) => Buffer.from(frame));

/** What user space and kernel send each other. */
export function frames({ ppo }: Fixtures): readonly Target[] {
  const policy = {
    "policy/policy.json": textOf(ppo, "policy/policy.json"),
    "policy/weights.bin": ppo["policy/weights.bin"],
  };
  const served = ["gpu", "readahead", "tiering", ENV];
  const stream = (env: string) => {
    const own = datasets(env);
    const part = fc.oneof(
      { weight: 3, arbitrary: damagedBytes([...own, ...OTHERS]) },
      { weight: 1, arbitrary: fc.constantFrom(...own, ...OTHERS) },
      {
        weight: 1,
        arbitrary: damagedJson([FEEDBACK]).map((json) => Buffer.from(encodeFrame(FRAME.feedback, json))),
      },
    );
    return fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => Buffer.concat(parts));
  };
  const streams = new Map(served.map((env) => [env, stream(env)]));
  const inputs = fc.constantFrom(...served).chain((env) =>
    fc.tuple(streams.get(env)!, fc.constantFrom("random", ...(env === ENV ? ["policy"] : []))).map(([bytes, name]) => ({
      files: { ...policy, stream: bytes },
      args: [env, name],
    })),
  );
  return [
    {
      name: "frames",
      inputs,
      run({ files, args: [env, name] = [] }) {
        const server = createPolicyServer(env, name);
        const problems: string[] = [];
        const problem = new FrameReader().read(Buffer.from(files.stream), (type, payload) => {
          const read = readFrame(type, payload);
          if (typeof read === "string") problems.push(read);
          const dataset = type === FRAME.dataset ? decodeDataset(payload) : null;
          if (dataset !== null && typeof dataset !== "string" && !dataset.end) server.answer(dataset);
        });
        if (problem !== null) problems.push(problem);
        if (problems.length > 0) throw new RunError(problems.join());
      },
    },
    {
      name: "kernel's socket",
      inputs,
      async run({ files, args: [env, name] = [] }) {
        const kernel = createServer((socket) => {
          socket.on("error", () => {});
          socket.resume();
          socket.end(files.stream);
        });
        await new Promise<void>((done) => kernel.listen("socket", done));
        try {
          await serveSocket(createPolicyServer(env, name), "socket");
        } finally {
          await new Promise((done) => kernel.close(done));
        }
      },
    },
  ];
}

/** The content of a payload, or why there is none. */
function readFrame(type: FrameType, payload: Uint8Array): unknown {
  if (type === FRAME.dataset) return decodeDataset(payload);
  if (type === FRAME.recommendation) return decodeRecommendation(payload);
  if (type === FRAME.feedback) return decodeFeedback(payload);
  if (type === FRAME.control) return decodeControl(payload) ?? "control";
  if (type === FRAME.status) return decodeStatus(payload) ?? "status";
  return null;
}
