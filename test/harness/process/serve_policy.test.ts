import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { savePolicy } from "../../../agents/checkpoint.ts";
import { createActionHead } from "../../../agents/create_action_head.ts";
import { createNetwork } from "../../../agents/create_network.ts";
import type { NetworkConfig } from "../../../agents/network.ts";
import { NetworkPolicy } from "../../../agents/network_policy.ts";
import { registry } from "../../../envs/index.ts";
import type { AnyEnv } from "../../../gym/env.ts";
import { containsRows } from "../../../gym/spaces.ts";
import { createPolicyServer, weightsId } from "../../../harness/process/policy_server.ts";
import { policyServerCommand } from "../../../harness/process/policy_server_command.ts";
import { ProcessPolicy } from "../../../harness/process/process_policy.ts";
import { type ServePolicyOptions, servePolicy } from "../../../harness/process/serve_policy.ts";
import { randomStream } from "../../../kernel/random.ts";
import { decodeControl, encodeStatus } from "../../../ladder/control.ts";
import { type Dataset, datasetBytes, encodeDataset } from "../../../ladder/dataset_bytes.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../../ladder/frames.ts";
import { decodeRecommendation } from "../../../ladder/recommendation_bytes.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { DirectoryKernel } from "./directory_kernel.ts";

/** Programs start slowly on a busy machine. */
const START_MS = 50_000;

const DATASET: Dataset = {
  operation: 1,
  run: 1,
  first: true,
  end: false,
  live: true,
  terminated: false,
  rows: 1,
  reward: NaN,
  observation: Float32Array.of(0.1, 0.2, -0.3, 0),
  mask: null,
};

/** A policy of random weights. */
function anyPolicy(env: AnyEnv): NetworkPolicy {
  const { observationSpace, actionSpace } = env;
  const network: NetworkConfig = { kind: "mlp", hidden: [8], value: "none" };
  const head = createActionHead(actionSpace);
  const { parameterCount } = createNetwork(network, observationSpace.size, head.width, head.freeParameters);
  const random = randomStream(1, "test/weights");
  const parameters = Float32Array.from({ length: parameterCount }, () => 0.3 * random.normal());
  return new NetworkPolicy({
    algorithm: "ppo",
    env: env.spec.id,
    observationSpace,
    actionSpace,
    network,
    parameters,
    normaliser: null,
  });
}

function toBytes(dataset: Dataset): Uint8Array {
  const bytes = new Uint8Array(datasetBytes(dataset.observation.length, dataset.mask?.length ?? 0));
  encodeDataset(dataset, bytes);
  return bytes;
}

describe("a policy that is served by another process", () => {
  it.each(["tiering", "gpu"])("answers what the policy does: %s", async (alias) => {
    const env: AnyEnv = registry.make(alias);
    const policy = anyPolicy(env);
    const folder = join(temporaryFolder(), "policy");
    savePolicy(folder, policy);
    const agent = new ProcessPolicy(env, { command: policyServerCommand(alias, folder), deadlineMs: 10_000 });
    onTestFinished(() => agent.close());
    expect(await agent.started(START_MS)).toBe(true);
    let { observation } = env.reset({ seed: 3 });
    const run = agent.begin(env, 3, true);
    for (let i = 0; i < 30; i++) {
      const answer = run.recommend(observation);
      expect(answer).toEqual(policy.act(observation, env.rows, env.actionMask()));
      const result = run.apply(answer);
      run.learn(result);
      ({ observation } = result);
    }
    expect(agent.weights).toBe(weightsId(policy));
    expect(agent.counters).toMatchObject({ sent: 30, answered: 30 });
  });

  it("answers legal actions at random", async () => {
    const env: AnyEnv = registry.make("gpu");
    const agent = new ProcessPolicy(env, { command: policyServerCommand("gpu", "random"), deadlineMs: 10_000 });
    onTestFinished(() => agent.close());
    expect(await agent.started(START_MS)).toBe(true);
    let { observation } = env.reset({ seed: 3 });
    const run = agent.begin(env, 3, true);
    for (let i = 0; i < 30; i++) {
      const answer = run.recommend(observation);
      expect(containsRows(env.actionSpace, answer, env.rows)).toBe(true);
      ({ observation } = run.apply(answer));
    }
  });
});

describe("createPolicyServer", () => {
  it("refuses heuristics, what is no policy, and datasets of another environment", () => {
    expect(() => createPolicyServer("tiering", "autonuma")).toThrow(/autonuma looks at the kernel's own view/);
    expect(() => createPolicyServer("tiering", "./nothing")).toThrow(/no policy folder \.\/nothing/);
    expect(() => createPolicyServer("tiering", "random").answer(DATASET)).toThrow(
      /does not run ring0\/Tiering-v1, which shows 18 numbers a row and a mask of 1: its dataset has 4 and 0/,
    );
  });

  it("answers the same for the same seed", () => {
    const answers = (seed: number) => {
      const policyServer = createPolicyServer("cartpole", "random", seed);
      return Array.from({ length: 20 }, () => [...policyServer.answer(DATASET)]);
    };
    expect(answers(1)).toEqual(answers(1));
    expect(answers(1)).not.toEqual(answers(2));
  });
});

/** A kernel's socket whose every word the test says. */
async function fakeKernel(onControl: (socket: Socket, token: string | null) => void) {
  const path = join(temporaryFolder(), "kernel.sock");
  const came: { type: FrameType; payload: Uint8Array }[] = [];
  const server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on("error", () => {});
    socket.on("data", (chunk) =>
      reader.read(chunk, (type, payload) => {
        came.push({ type, payload });
        if (type === FRAME.control) onControl(socket, decodeControl(payload));
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  const of = (type: FrameType) => came.filter((frame) => frame.type === type).map(({ payload }) => payload);
  return { path, of };
}

const OK = encodeFrame(FRAME.status, encodeStatus(0));

describe("serving a socket", () => {
  it("starts, answers the newest of several datasets, counts feedback, beats, and stops", async () => {
    const datasets = [1, 2, 3].map((operation) => encodeFrame(FRAME.dataset, toBytes({ ...DATASET, operation })));
    const nothing = { observation: new Float32Array(0), operation: 0, rows: 0, end: true };
    const end = encodeFrame(FRAME.dataset, toBytes({ ...DATASET, ...nothing }));
    const told = encodeFrame(FRAME.feedback, Buffer.from("{}"));
    const { path, of } = await fakeKernel((socket, token) => {
      if (token === "start") socket.write(Buffer.concat([OK, ...datasets, end, told]));
    });
    const controller = new AbortController();
    const serving = servePolicy({ env: "cartpole", policy: "random", connect: path, signal: controller.signal });
    await vi.waitFor(() => expect(of(FRAME.heartbeat).length).toBeGreaterThan(1), START_MS);
    controller.abort();
    expect(await serving).toEqual({ answered: 1, skipped: 2, feedback: 1 });
    expect(of(FRAME.control).map(decodeControl)).toEqual(["start", "stop"]);
    const [answer] = of(FRAME.recommendation).map((payload) => decodeRecommendation(payload));
    expect(answer).toMatchObject({ operation: 3, weights: 0 });
  });

  it("ends when the kernel hangs up, or when it was told to before it began", async () => {
    const { path, of } = await fakeKernel((socket, token) => {
      if (token === "start") socket.end(OK);
    });
    const options = { env: "cartpole", policy: "random", connect: path };
    expect(await servePolicy(options)).toEqual({ answered: 0, skipped: 0, feedback: 0 });
    await servePolicy({ ...options, signal: AbortSignal.abort() });
    expect(of(FRAME.control).map(decodeControl)).toEqual(["start", "start", "stop"]);
  });

  it.each([
    ["refuses", encodeFrame(FRAME.status, encodeStatus(-constants.errno.EBUSY)), /the kernel refused: EBUSY/],
    ["sends no status", encodeFrame(FRAME.status, new Uint8Array(3)), /a status that is none/],
    ["sends no dataset", encodeFrame(FRAME.dataset, new Uint8Array(99)), /a dataset whose magic is wrong/],
    ["sends what agents send", encodeFrame(FRAME.heartbeat, new Uint8Array(0)), /type 6, which only policies send/],
    ["sends no frame", new Uint8Array(99).fill(0xff), /a frame whose type is wrong/],
    [
      "runs something else",
      encodeFrame(FRAME.dataset, toBytes({ ...DATASET, observation: new Float32Array(7) })),
      /does not run CartPole-v1/,
    ],
  ])("fails when the kernel %s", async (_, bytes, message) => {
    const { path } = await fakeKernel((socket) => socket.write(bytes));
    await expect(servePolicy({ env: "cartpole", policy: "random", connect: path })).rejects.toThrow(message);
  });

  it("fails when nobody is there", async () => {
    const connect = join(temporaryFolder(), "nobody");
    await expect(servePolicy({ env: "cartpole", policy: "random", connect })).rejects.toThrow(/cannot connect.*ENOENT/);
  });
});

/** Serves a directory until `until` holds, then tells the agent to stop. */
async function serve(options: Partial<ServePolicyOptions>, until: () => void) {
  const controller = new AbortController();
  const serving = servePolicy({ env: "cartpole", policy: "random", ...options, signal: controller.signal });
  await Promise.race([vi.waitFor(until, { timeout: START_MS, interval: 5 }), serving]);
  controller.abort();
  return serving;
}

describe("serving files", () => {
  it("answers operation after operation by the RFC's protocol", async () => {
    const directory = temporaryFolder();
    const kernel = new DirectoryKernel(directory, "pole");
    onTestFinished(() => kernel.close());
    const folder = join(temporaryFolder(), "policy");
    const policy = anyPolicy(registry.make("cartpole"));
    savePolicy(folder, policy);
    const served = await serve({ policy: folder, directory, model: "pole" }, () =>
      expect(kernel.actions.length).toBeGreaterThanOrEqual(60),
    );
    expect(served.answered).toBeGreaterThanOrEqual(60);
    expect(kernel.actions).toEqual(kernel.observations.map((observation) => policy.act(observation, 1, null)));
    await vi.waitFor(() => expect(kernel.tokens.at(-1)).toBe("stop"));
    expect(kernel.tokens.slice(0, 5)).toEqual([
      "start",
      "prepare_dataset",
      "discard_dataset",
      "prepare_dataset",
      "discard_dataset",
    ]);
    expect(kernel.tokens).not.toContain(null);
  });

  it("answers again what was lost", async () => {
    const directory = temporaryFolder();
    const kernel = new DirectoryKernel(directory, "ml_model1", { lose: 2 });
    onTestFinished(() => kernel.close());
    const served = await serve({ directory }, () => expect(kernel.actions.length).toBeGreaterThanOrEqual(5));
    expect(served.answered).toBeGreaterThanOrEqual(7);
  });

  it("ends when the files are gone", async () => {
    const directory = temporaryFolder();
    const kernel = new DirectoryKernel(directory);
    onTestFinished(() => kernel.close());
    const serving = servePolicy({ env: "cartpole", policy: "random", directory });
    await vi.waitFor(() => expect(kernel.actions.length).toBeGreaterThan(0), START_MS);
    rmSync(join(directory, "ml_model1"), { recursive: true });
    expect((await serving).answered).toBeGreaterThan(0);
  });

  it("fails when the device holds something else for long: the RFC's own dataset", async () => {
    const directory = temporaryFolder();
    mkdirSync(join(directory, "ml_model1"));
    writeFileSync(join(directory, "ml_model1/control"), "");
    writeFileSync(join(directory, "device"), new Uint8Array(1024).fill(0x5a));
    await expect(servePolicy({ env: "cartpole", policy: "random", directory })).rejects.toThrow(
      /device holds no dataset: its magic is wrong/,
    );
  });

  it("writes through links to what a kernel offers", async () => {
    const directory = temporaryFolder();
    const kernel = new DirectoryKernel(directory);
    onTestFinished(() => kernel.close());
    const elsewhere = join(temporaryFolder(), "class");
    renameSync(join(directory, "ml_model1"), elsewhere);
    symlinkSync(elsewhere, join(directory, "ml_model1"));
    const served = await serve({ directory }, () => expect(kernel.actions.length).toBeGreaterThanOrEqual(5));
    expect(served.answered).toBeGreaterThanOrEqual(5);
  });

  it("writes nothing where a file is a link to a regular file elsewhere", async () => {
    const victim = join(temporaryFolder(), "victim");
    for (const linked of ["device", "ml_model1/control"]) {
      const directory = temporaryFolder();
      mkdirSync(join(directory, "ml_model1"));
      const files = ["device", "ml_model1/control"];
      for (const file of [victim, ...files.filter((name) => name !== linked).map((name) => join(directory, name))]) {
        writeFileSync(file, toBytes(DATASET));
      }
      symlinkSync(victim, join(directory, linked));
      await expect(servePolicy({ env: "cartpole", policy: "random", directory })).rejects.toThrow(
        `${linked} leads to ${victim}, a regular file outside ${directory}`,
      );
      for (const file of files) expect(readFileSync(join(directory, file))).toEqual(Buffer.from(toBytes(DATASET)));
    }
  });

  it("fails when there are no files", async () => {
    const directory = temporaryFolder();
    const serving = servePolicy({ env: "cartpole", policy: "random", directory });
    await expect(serving).rejects.toThrow(/there is no .*ml_model1\/control/);
  });
});

describe("servePolicy", () => {
  it("serves one kernel", async () => {
    const options = { env: "cartpole", policy: "random" };
    await expect(servePolicy(options)).rejects.toThrow(/either a socket to connect to or a directory/);
    await expect(servePolicy({ ...options, connect: "x", directory: "y" })).rejects.toThrow(/serves one kernel/);
    await expect(servePolicy({ ...options, connect: "x", model: "m" })).rejects.toThrow(/leave --model out/);
  });
});
