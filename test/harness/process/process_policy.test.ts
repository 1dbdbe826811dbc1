import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { registry } from "../../../envs/index.ts";
import type { AnyEnv } from "../../../gym/env.ts";
import { Box, MultiDiscrete } from "../../../gym/spaces.ts";
import {
  INVALID_RECOMMENDATION,
  ProcessPolicy,
  type ProcessPolicyOptions,
} from "../../../harness/process/process_policy.ts";
import { servePolicy } from "../../../harness/process/serve_policy.ts";
import { decodeStatus, encodeControl } from "../../../ladder/control.ts";
import { encodeFrame, FRAME, FrameReader } from "../../../ladder/frames.ts";
import type { Feedback } from "../../../ladder/ladder_policy.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Programs start slowly on a busy machine. */
const START_MS = 30_000;
/** What a busy machine may add to a wait that is over. */
const SLACK_MS = 1500;

const FEEDBACK: Feedback = {
  block: 3,
  mode: "ML_LIB_LEARNING_MODE",
  applied: true,
  propensity: 0.1,
  cost: 1,
  baselineCost: null,
  advantage: -0.5,
  degraded: true,
};

function program(name: string, ...args: string[]): string[] {
  return [process.execPath, "--import", import.meta.resolve("tsx"), join(import.meta.dirname, name), ...args];
}

function faulty(...args: string[]): string[] {
  return program("faulty_agent.ts", ...args);
}

function cartPole() {
  const env = registry.make("CartPole-v1");
  const { observation } = env.reset({ seed: 1 });
  return { env, observation };
}

/** An agent of one fault in CartPole, ready to be asked. */
async function start(args: readonly string[], options: ProcessPolicyOptions = {}) {
  const { env, observation } = cartPole();
  const agent = new ProcessPolicy(env, { command: faulty(...args), deadlineMs: 5000, ...options });
  onTestFinished(() => agent.close());
  expect(await agent.started(START_MS)).toBe(true);
  const run = agent.begin(env, 1, true);
  return { env, agent, run, observation, ask: () => run.recommend(observation) };
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const begin = performance.now();
  const result = work();
  return { result, ms: performance.now() - begin };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function until(holds: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(holds()).toBe(true), { timeout: START_MS, interval: 10 });
}

/** Sockets of the system with this path: the one that listens, and its end of each connection. */
function openSockets(path: string): number {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.filter((line) => line.endsWith(` ${path}`)).length;
}

/** A connection without an agent, and the statuses that come. */
async function connection(path: string): Promise<{ socket: Socket; statuses: number[]; say(text: string): void }> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const statuses: number[] = [];
  const reader = new FrameReader();
  socket.on("error", () => {});
  socket.on("data", (chunk) => reader.read(chunk, (_, payload) => statuses.push(decodeStatus(payload) ?? NaN)));
  return { socket, statuses, say: (text) => socket.write(encodeFrame(FRAME.control, Buffer.from(text))) };
}

describe("an agent that answers", () => {
  it.each(["none", "pieces", "again"])("is taken at its word (%s)", async (fault) => {
    const { agent, ask } = await start([fault]);
    for (let i = 0; i < 20; i++) expect(ask()).toBe(1);
    expect(agent.weights).toBe(77);
    expect(agent.counters).toEqual({
      sent: 20,
      answered: 20,
      late: 0,
      disconnected: 0,
      malformed: 0,
      stale: 0,
      refused: 0,
      dropped: 0,
    });
  });

  it("is shown a dataset again until it discards it", async () => {
    const { agent, ask } = await start(["again,discarded"], { deadlineMs: 1000 });
    expect([ask(), ask(), ask()]).toEqual([1, null, 1]);
    expect(agent.counters).toMatchObject({ answered: 2, late: 1 });
  });

  it("is told which run it is, what its operations earned, when a run ends, and what blocks were worth", async () => {
    const file = join(temporaryFolder(), "datasets");
    writeFileSync(file, "");
    const { env, agent, run, observation } = await start(["record", file]);
    const copy = agent.begin(env.fork(), 1, false);
    run.recommend(observation);
    run.learn({ reward: 2, terminated: false, truncated: false, info: {} });
    copy.recommend(observation);
    run.learn({ reward: 0.5, terminated: false, truncated: false, info: {} });
    run.recommend(observation);
    copy.end();
    run.learn({ reward: -1, terminated: true, truncated: false, info: {} });
    run.end();
    agent.feedback(FEEDBACK);
    const lines = () => readFileSync(file, "utf8").split("\n").slice(0, -1);
    await until(() => lines().length === 6);
    const shown = { rows: 1, observation: [...observation], mask: null, end: false, terminated: false };
    const over = { operation: 0, rows: 0, observation: [], mask: null, end: true, first: false };
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      { ...shown, operation: 1, run: 1, first: true, live: true, reward: null },
      { ...shown, operation: 2, run: 2, first: true, live: false, reward: null },
      { ...shown, operation: 3, run: 1, first: false, live: true, reward: 2.5 },
      { ...over, run: 2, live: false, reward: null, terminated: false },
      { ...over, run: 1, live: true, reward: -1, terminated: true },
      FEEDBACK,
    ]);
  });
});

describe("an agent that lies", () => {
  it("gives invalid recommendations, whether they can be read or not", async () => {
    const lies = ["wrong-operation", "not-a-number", "wrong-count", "no-recommendation", "outside", "fraction"];
    const { env, agent, ask } = await start([[...lies, "none"].join(",")]);
    const { result: answers, ms } = timed(() => lies.map(ask));
    expect(answers).toEqual([...Array(4).fill(INVALID_RECOMMENDATION), 7, 0.5]);
    for (const answer of answers) expect(env.actionSpace.contains(answer)).toBe(false);
    expect(ms).toBeLessThan(5000);
    expect(ask()).toBe(1);
    expect(agent.malformedBy).toMatchObject({ operation: 1, number: 1, count: 1, magic: 1 });
    expect(agent.counters).toMatchObject({ sent: 7, answered: 3, late: 0, malformed: 4 });
  });

  it.each([
    ["wrong-direction", "type"],
    ["garbage", "type"],
    ["oversized", "length"],
  ] as const)("is hung up on when its stream cannot be read, and another may come: %s", async (fault, reason) => {
    const { agent, ask } = await start([fault]);
    expect(ask()).toBe(INVALID_RECOMMENDATION);
    expect(agent.malformedBy[reason]).toBe(1);
    expect(agent.counters).toMatchObject({ sent: 1, answered: 0, late: 0, malformed: 1 });
    await until(() => !agent.alive);
    const { result, ms } = timed(ask);
    expect(result).toBeNull();
    expect(ms).toBeLessThan(SLACK_MS);
    if (fault === "garbage") {
      await launch(agent);
      expect(ask()).toBe(1);
    }
  });

  it("is not rounded to something legal, where actions are arrays of whole numbers", async () => {
    const observation = new Float32Array(1);
    const space = new MultiDiscrete([3]);
    const env = { observationSpace: new Box(0, 1), actionSpace: space, rows: 1, actionMask: () => null };
    const agent = new ProcessPolicy(env, { command: faulty("fraction,none"), deadlineMs: 5000 });
    onTestFinished(() => agent.close());
    expect(await agent.started(START_MS)).toBe(true);
    const run = agent.begin(env as unknown as AnyEnv, 1, true);
    expect(run.recommend(observation)).toBe(INVALID_RECOMMENDATION);
    expect(space.contains(INVALID_RECOMMENDATION)).toBe(false);
    expect(agent.malformedBy.number).toBe(1);
    expect(run.recommend(observation)).toEqual(Int32Array.of(1));
  });

  it("is heard once: a second answer is stale", async () => {
    const { agent, ask } = await start(["twice"]);
    expect([ask(), ask()]).toEqual([1, 1]);
    await until(() => agent.counters.stale === 2);
  });
});

/** Another program that serves the same kernel. */
async function launch(agent: ProcessPolicy, fault = "none"): Promise<ChildProcess> {
  const [file, ...args] = [...faulty(fault), "--connect", agent.socket];
  const child = spawn(file, args, { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await until(() => agent.alive);
  return child;
}

describe("an agent that is slow or gone", () => {
  it("is not waited for longer than the deadline, and its late answers are dropped", async () => {
    const { agent, ask } = await start(["slow"], { deadlineMs: 20 });
    const { ms } = timed(() => expect([ask(), ask(), ask()]).toEqual([null, null, null]));
    expect(ms).toBeGreaterThanOrEqual(55);
    expect(ms).toBeLessThan(60 + SLACK_MS);
    await until(() => agent.counters.stale === 3);
    expect(agent.counters).toMatchObject({ sent: 3, answered: 0, late: 3, malformed: 0 });
  });

  it("is silent when it sends nothing", async () => {
    const { agent, ask } = await start(["silent"], { deadlineMs: 20 });
    expect(ask()).toBeNull();
    await until(() => !agent.alive);
  });

  it.each(["crash-asked", "half-and-gone"])("is known to be gone: %s", async (fault) => {
    const { agent, ask } = await start([fault]);
    const { result, ms } = timed(ask);
    expect(result).toBeNull();
    expect(ms).toBeLessThan(5000);
    expect(agent.alive).toBe(false);
    expect(agent.counters).toMatchObject({ sent: 1, disconnected: 1, late: 0, malformed: 0 });
  });

  it("may leave half a recommendation", async () => {
    const { agent, ask } = await start(["half"], { deadlineMs: 50 });
    expect(ask()).toBeNull();
    // What follows is read as the rest of it, and is none.
    expect([null, INVALID_RECOMMENDATION]).toContain(ask());
    expect(agent.counters.answered).toBe(0);
  });

  it("never comes when it crashes at the start", async () => {
    const { env, observation } = cartPole();
    const agent = new ProcessPolicy(env, { command: faulty("crash"), deadlineMs: 5000 });
    onTestFinished(() => agent.close());
    const begin = performance.now();
    expect(await agent.started(2 * START_MS)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(START_MS);
    const { result, ms } = timed(() => agent.begin(env, 1, true).recommend(observation));
    expect(result).toBeNull();
    expect(ms).toBeLessThan(SLACK_MS);
    expect(agent.counters).toMatchObject({ sent: 0, disconnected: 1 });
  });

  it("that was killed costs nothing, and another one takes its place", async () => {
    const { agent, ask } = await start(["none"]);
    expect(ask()).toBe(1);
    process.kill(agent.pid!, "SIGKILL");
    await until(() => !agent.alive);
    const { ms } = timed(() => {
      for (let i = 0; i < 1000; i++) expect(ask()).toBeNull();
    });
    expect(ms).toBeLessThan(SLACK_MS);
    const other = await launch(agent);
    expect(ask()).toBe(1);
    other.kill("SIGKILL");
    await until(() => !agent.alive);
    expect(ask()).toBeNull();
    expect(agent.counters).toMatchObject({ sent: 2, answered: 2, disconnected: 1001 });
  });

  it("that is stopped costs a deadline an operation, and is alive again when it goes on", async () => {
    const { agent, ask } = await start(["none"], { deadlineMs: 100 });
    process.kill(agent.pid!, "SIGSTOP");
    const { ms } = timed(() => expect([ask(), ask(), ask()]).toEqual([null, null, null]));
    expect(ms).toBeLessThan(300 + SLACK_MS);
    expect(agent.counters).toMatchObject({ sent: 3, answered: 0, late: 3 });
    await until(() => !agent.alive);
    process.kill(agent.pid!, "SIGCONT");
    await until(() => agent.alive && agent.counters.stale === 3);
    await vi.waitFor(() => expect(ask()).toBe(1), START_MS);
  });

  it("that is stopped and not asked is not waited for, whatever it is told", async () => {
    const { env, agent, run, observation } = await start(["none"], { deadlineMs: 10_000 });
    process.kill(agent.pid!, "SIGSTOP");
    const { ms } = timed(() => {
      for (let i = 0; i < 10; i++) env.step(i % 2);
      for (let block = 0; block < 20_000; block++) agent.feedback({ ...FEEDBACK, block });
      run.learn({ reward: 1, terminated: false, truncated: false, info: {} });
      run.end();
    });
    expect(ms).toBeLessThan(9000);
    await until(() => agent.counters.dropped > 0);
    // So much waits for it already that it is not even asked.
    const late = timed(() => agent.begin(env, 1, true).recommend(observation));
    expect(late.result).toBeNull();
    expect(late.ms).toBeLessThan(9000);
  });

  it("that is stopped loses its place to one that comes", async () => {
    const { agent, ask } = await start(["none"], { deadlineMs: 100 });
    process.kill(agent.pid!, "SIGSTOP");
    await until(() => !agent.alive);
    await launch(agent);
    await vi.waitFor(() => expect(ask()).toBe(1), START_MS);
  });
});

describe("the socket", () => {
  it("takes one agent at a time", async () => {
    const { agent, ask } = await start(["none"], { heartbeatMs: 60_000 });
    const { statuses, socket } = await connection(agent.socket);
    await once(socket, "close");
    expect(statuses).toEqual([-constants.errno.EBUSY]);
    expect(agent.counters.refused).toBe(1);
    expect(ask()).toBe(1);
  });

  it("tells a refused agent why", async () => {
    const { agent } = await start(["none"], { heartbeatMs: 60_000 });
    for (let i = 0; i < 20; i++) {
      const serving = servePolicy({ env: "cartpole", policy: "random", connect: agent.socket });
      await expect(serving).rejects.toThrow("the kernel refused: EBUSY");
    }
  });

  it.runIf(process.platform === "linux")("closes what it refuses, also where the other side never does", async () => {
    const { agent, ask } = await start(["none"], { heartbeatMs: 60_000 });
    const sockets = Array.from({ length: 500 }, () => {
      const socket = connect({ path: agent.socket, allowHalfOpen: true });
      onTestFinished(() => void socket.destroy());
      return socket.on("error", () => {});
    });
    await until(() => agent.counters.refused === sockets.length);
    // Those that were refused last have a moment to read why. The listening socket and the agent's remain.
    expect(openSockets(agent.socket)).toBeLessThan(20);
    await until(() => openSockets(agent.socket) === 2);
    expect(ask()).toBe(1);
  });

  it("gives the place of one that never starts to the next, whatever it sends", async () => {
    const { env } = cartPole();
    const agent = new ProcessPolicy(env, { heartbeatMs: 300 });
    onTestFinished(() => agent.close());
    await agent.ready;
    const idle = await connection(agent.socket);
    const beat = setInterval(() => idle.socket.write(encodeFrame(FRAME.heartbeat, new Uint8Array(0))), 20);
    onTestFinished(() => clearInterval(beat));
    const early = await connection(agent.socket);
    await once(early.socket, "close");
    expect(early.statuses).toEqual([-constants.errno.EBUSY]);
    await setTimeout(400);
    expect(idle.socket.readyState).toBe("open");
    const next = await connection(agent.socket);
    next.say("start");
    await until(() => next.statuses.length === 1);
    expect(next.statuses).toEqual([0]);
    await until(() => idle.socket.destroyed);
  });

  it("keeps the place of one that has started for long", async () => {
    const { agent } = await start(["none"], { heartbeatMs: 1000 });
    await setTimeout(1500);
    const { statuses, socket } = await connection(agent.socket);
    await once(socket, "close");
    expect(statuses).toEqual([-constants.errno.EBUSY]);
  });

  it("takes the RFC's tokens, and no other", async () => {
    const { env, observation } = cartPole();
    const agent = new ProcessPolicy(env);
    onTestFinished(() => agent.close());
    await agent.ready;
    expect(agent.pid).toBeNull();
    const { statuses, say } = await connection(agent.socket);
    const { EINVAL, EOPNOTSUPP } = constants.errno;
    const said: [string, number][] = [
      ["prepare_dataset", -EINVAL],
      ["stop", -EINVAL],
      ["begin", -EOPNOTSUPP],
      ["s", -EOPNOTSUPP],
      ["start\n", 0],
      ["start", -EINVAL],
      ["prepare_dataset", 0],
      ["discard_dataset\n", 0],
      ["stop", 0],
      ["discard_dataset", -EINVAL],
      ["start", 0],
    ];
    for (const [text] of said) say(text);
    await until(() => statuses.length === said.length);
    expect(statuses).toEqual(said.map(([, status]) => status));
    expect(agent.alive).toBe(true);
    say("stop");
    await until(() => !agent.alive);
    expect(agent.begin(env, 1, true).recommend(observation)).toBeNull();
  });

  it("hangs up on an agent that asks and does not read", async () => {
    const { env } = cartPole();
    const agent = new ProcessPolicy(env);
    onTestFinished(() => agent.close());
    await agent.ready;
    const socket = connect(agent.socket);
    socket.on("error", () => {});
    let closed = false;
    socket.on("close", () => {
      closed = true;
    });
    const tokens = Buffer.concat(Array(20_000).fill(encodeFrame(FRAME.control, encodeControl("stop"))));
    while (!closed) {
      socket.write(tokens);
      await setTimeout(20);
    }
    expect(agent.alive).toBe(false);
  });
});

describe("closing", () => {
  it.each(["none", "stubborn"])("ends the program and removes the socket: %s", async (fault) => {
    const { agent, ask } = await start([fault]);
    agent.close();
    agent.close();
    expect(isRunning(agent.pid!)).toBe(false);
    expect(existsSync(agent.socket)).toBe(false);
    expect(ask()).toBeNull();
    agent.feedback(FEEDBACK);
    expect(agent.alive).toBe(false);
  });

  it("ends a program that is stopped", async () => {
    const { agent } = await start(["none"]);
    process.kill(agent.pid!, "SIGSTOP");
    agent.close();
    expect(isRunning(agent.pid!)).toBe(false);
  });

  it("leaves nothing that keeps the kernel's process running", async () => {
    const [file, ...args] = program("close_program.ts");
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    const { started, answer, pid, socket } = JSON.parse(output);
    expect([started, answer]).toEqual([true, 1]);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(socket)).toBe(false);
  });
});

describe("what is asked wrongly", () => {
  it("is a program that is not there", async () => {
    const agent = new ProcessPolicy(cartPole().env, { command: ["/no/such/program"] });
    await expect(agent.ready).rejects.toThrow(/cannot set up the policy.*ENOENT/);
    expect(timed(() => agent.close()).ms).toBeLessThan(SLACK_MS);
    expect(existsSync(agent.socket)).toBe(false);
  });

  it("is a path that is taken", async () => {
    const socket = join(temporaryFolder(), "taken");
    writeFileSync(socket, "");
    const agent = new ProcessPolicy(cartPole().env, { socket });
    await expect(agent.ready).rejects.toThrow(/EADDRINUSE/);
    agent.close();
    expect(existsSync(socket)).toBe(true);
  });

  it("is a time that is none, or an environment of another size", () => {
    const { env } = cartPole();
    for (const ms of [0, -1, NaN, Infinity]) {
      expect(() => new ProcessPolicy(env, { deadlineMs: ms })).toThrow(
        `deadlineMs must be a positive number, got ${ms}`,
      );
      expect(() => new ProcessPolicy(env, { heartbeatMs: ms })).toThrow(/heartbeatMs/);
    }
    const agent = new ProcessPolicy(env);
    onTestFinished(() => agent.close());
    expect(() => agent.begin(registry.make("tiering"), 1, true)).toThrow(
      /Tiering-v1 has 1 rows of 18 numbers, the policy expects 1 rows of 4 numbers/,
    );
  });
});
