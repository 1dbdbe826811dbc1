import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { unflattenRows } from "../../../gym/rows.ts";
import { evaluatePolicies, evaluationCells } from "../../../harness/evaluate/evaluate_policies.ts";
import type { Policy } from "../../../harness/play/policy.ts";
import { FRAME } from "../../../harness/serve/frames.ts";
import { bundle } from "../../../scripts/bundle.ts";
import { json, type Refusal, readState, resetPayload, StreamClient, type Welcome } from "./client.ts";

let file = "";
let folder = "";
beforeAll(async () => {
  // Away from the packages of this repository.
  folder = mkdtempSync(join(tmpdir(), "ring0-bundle-"));
  await bundle(folder);
  file = join(folder, "ring0-gym.mjs");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Served {
  child: ChildProcess;
  client: StreamClient;
  /** Exit code, signal and what it said. */
  end: Promise<[number | null, NodeJS.Signals | null, string]>;
}

function serve(...args: string[]): Served {
  const child = spawn(process.execPath, [file, "serve", ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const end = once(child, "close").then(([code, signal]) => [code, signal, said] as Awaited<Served["end"]>);
  return { child, client: new StreamClient(child.stdout, child.stdin), end };
}

const isAlive = (id: number) => {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
};

test("the bundle serves a recorded workload from a folder of its own, until its input ends", async () => {
  expect(readdirSync(folder)).toContain("LICENSES.txt");
  const { child, client, end } = serve();
  const hello = { protocol: 1, env: "tiering", num_envs: 2, options: { workload: "sqlite" } };
  const welcome = json<Welcome>((await client.ask(FRAME.hello, hello))!);
  const state = readState((await client.ask(FRAME.reset, resetPayload([1, 2])))!, welcome);
  expect(state.infos[0]).toMatchObject({ workload: "sqlite" });
  child.kill("SIGINT");
  const actions = Buffer.alloc(4 * 2 * welcome.action_size);
  for (let i = 0; i < 5; i++) expect((await client.ask(FRAME.step, actions))!.type).toBe(FRAME.state);
  child.stdin!.end();
  expect(await end).toEqual([0, null, ""]);
});

test("frames larger than a pipe come whole", async () => {
  const { client } = serve();
  const hello = { protocol: 1, env: "cartpole", num_envs: 20_000 };
  const welcome = json<Welcome>((await client.ask(FRAME.hello, hello))!);
  const seeds = Array.from({ length: 20_000 }, (_, i) => i);
  const state = readState((await client.ask(FRAME.reset, resetPayload(seeds)))!, welcome);
  expect(state.observations).toHaveLength(80_000);
  expect((await client.ask(FRAME.step, Buffer.alloc(80_000)))!.payload).toHaveLength(16 + 20_000 * (16 + 8 + 2));
});

test("a fault ends the process with a reply in one line and nothing else", async () => {
  const { client, end } = serve();
  const refusal = json<Refusal>((await client.ask(FRAME.step))!);
  expect(refusal).toEqual({
    kind: "protocol",
    message: "type 3 (step) is no request that may come after no hello",
    fatal: true,
  });
  expect(await end).toEqual([0, null, ""]);
});

test("a reader that leaves ends the process quietly", async () => {
  const { child, client, end } = serve();
  await client.ask(FRAME.hello, { protocol: 1, env: "cartpole" });
  child.stdout!.destroy();
  void client.ask(FRAME.reset, resetPayload([1]));
  expect(await end).toEqual([0, null, ""]);
});

test("it dies after a parent that was killed, though another process holds its input open", async () => {
  const parent = fileURLToPath(new URL("killed_parent.mjs", import.meta.url));
  const child = spawn(process.execPath, [parent, file], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = await once(child.stdout as Readable, "data");
  const { server, holder } = JSON.parse(`${line}`) as { server: number; holder: number };
  try {
    expect([isAlive(server), isAlive(holder)]).toEqual([true, true]);
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(server), { timeout: 10_000 }).toBe(false);
    expect(isAlive(holder)).toBe(true);
  } finally {
    process.kill(holder, "SIGKILL");
  }
});

test("--listen prints its address, and a signal closes it and removes its socket", async () => {
  const path = join(folder, "socket");
  const child = spawn(process.execPath, [file, "serve", "--listen", `unix:${path}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = await once(child.stdout as Readable, "data");
  expect(`${line}`).toBe(`listening unix:${path}\n`);
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([143, null]);
  expect(existsSync(path)).toBe(false);
});

/** Plays an evaluation in which every action is the same number, and returns the result. */
async function evaluateConstant(env: string, action: number, evaluate: object) {
  const { child, client, end } = serve();
  const hello = { protocol: 1, env, evaluate: { name: "mine", ...evaluate } };
  const { rows, action_size, observation_size, mask_size } = json<Welcome>((await client.ask(FRAME.hello, hello))!);
  const actions = Buffer.from(Int32Array.from({ length: rows * action_size }, () => action).buffer);
  let begun = 0;
  for (let reply = (await client.ask(FRAME.actions))!; ; reply = (await client.ask(FRAME.actions, actions))!) {
    if (reply.type !== FRAME.question) {
      child.stdin!.end();
      expect(await end).toEqual([0, null, ""]);
      return { begun, reply };
    }
    const flags = reply.payload.readUInt32LE(0);
    if ((flags & 2) !== 0) begun++;
    const masked = (flags & 1) !== 0 ? rows * mask_size : 0;
    expect(reply.payload).toHaveLength(16 + 4 * rows * observation_size + masked);
  }
}

/** The same policy in this process. */
const zeros: Policy = {
  name: "mine",
  role: "agent",
  sees: null,
  begin: (env) => {
    const { actionSpace, rows } = env;
    const action = unflattenRows(actionSpace, new Float32Array(rows * actionSpace.size), rows);
    return { decide: () => action, apply: (choice) => env.step(choice) };
  },
};

test.each([
  ["cartpole", 3, {}],
  ["gpu", 1, { duration_ms: 20 }],
])("a policy that a client plays in %s is evaluated as in this process", async (env, episodes, options) => {
  const choice = { split: "train", episodes, rivals: env === "cartpole" } as const;
  const { begun, reply } = await evaluateConstant(env, 0, { ...choice, options });
  expect(reply.type).toBe(FRAME.result);
  const { records, text, summary } = json<{ records: Record<string, unknown>[]; text: string; summary: object }>(reply);
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const own = (await evaluatePolicies({ env, policies: [], given: [zeros], options: given, ...choice }))!;
  const stable = ({ decision_us, charged_score, ...one }: Record<string, unknown>) => one;
  const expected = JSON.parse(JSON.stringify(own.map(evaluationCells))) as Record<string, unknown>[];
  expect(records.map(stable)).toEqual(expected.map(stable));
  // An agent in an environment with a kernel plays twice: once more with its time charged.
  expect(begun).toBe((env === "cartpole" ? 1 : 2) * own.filter(({ policy }) => policy === "mine").length);
  expect(summary).toHaveProperty("policies");
  expect(text).toMatch(/^policy +role/);
  expect(text).toContain("mine");
});

test("an illegal action ends an evaluation, and so does the name of a rival", async () => {
  const { reply } = await evaluateConstant("cartpole", 2, { episodes: 1, rivals: false });
  expect(json<Refusal>(reply)).toEqual({
    kind: "usage",
    message: "CartPole-v1: action 2 is not in Discrete(2)",
    fatal: true,
  });
  const { reply: taken } = await evaluateConstant("cartpole", 0, { name: "random", episodes: 1 });
  expect(json<Refusal>(taken)).toMatchObject({ kind: "value", message: "random is the name of a rival" });
});
