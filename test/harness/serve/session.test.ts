import { describe, expect, test } from "vitest";
import { registry } from "../../../envs/index.ts";
import { sampleAction } from "../../../gym/action.ts";
import type { Info } from "../../../gym/env.ts";
import { flattenRows } from "../../../gym/rows.ts";
import type { VectorEnv } from "../../../gym/vector_env.ts";
import { VERSION } from "../../../harness/run/versions.ts";
import { FRAME } from "../../../harness/serve/frames.ts";
import { actionDtype } from "../../../harness/serve/welcome.ts";
import { randomStream } from "../../../kernel/random.ts";
import { LocalClient, resetPayload, type State } from "./client.ts";

const MODES = ["next-step", "same-step", "disabled"] as const;
const ENVS = registry.list().map(({ id }) => id);
/** Options that make short episodes, so that resets take no time. */
const FEW: Record<string, Record<string, string | number>> = {
  "ring0/Readahead-v1": { workload: "random", accesses: 20_000, frames: 0.2 },
  "ring0/ReadaheadSync-v1": { workload: "random", accesses: 20_000, frames: 0.2 },
  "ring0/Tiering-v1": { workload: "zipf" },
};
const bytesOf = (actions: Float32Array | Int32Array) => Buffer.from(actions.buffer);

/** What arrives of an info: null for an empty one, and arrays instead of typed arrays. */
function arrived(info: Info | null): unknown {
  if (info === null || Object.keys(info).length === 0) return null;
  const list = (_: string, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value);
  return JSON.parse(JSON.stringify(info, list));
}

/** Throws unless a state is that of the vector after `step`. */
function expectSame(state: State, vector: VectorEnv): void {
  expect(state.observations).toEqual(vector.observations);
  expect(state.rewards).toEqual(Float64Array.from(vector.rewards));
  expect(state.terminations).toEqual(vector.terminations);
  expect(state.truncations).toEqual(vector.truncations);
  expect(state.masks).toEqual(vector.masks);
  expect(state.infos).toEqual(vector.infos.map(arrived));
  const sameStep = vector.autoresetMode === "same-step";
  const ended = vector.finalInfos.map((info) => info !== null);
  expect(state.finals !== null).toBe(sameStep && ended.includes(true));
  const width = vector.rows * vector.observationSpace.size;
  ended.forEach((one, i) => {
    if (!sameStep || !one) return;
    const rows = [i * width, (i + 1) * width] as const;
    expect(state.finals!.subarray(...rows)).toEqual(vector.finalObservations.subarray(...rows));
  });
  expect(state.finalInfos).toEqual(vector.finalInfos.map((info) => (sameStep ? arrived(info) : null)));
}

/** Draws legal actions of all environments. */
function drawer(vector: VectorEnv) {
  const random = randomStream(7, "test/serve");
  const { actionSpace, rows, numEnvs } = vector;
  const width = rows * actionSpace.size;
  const flat = new Float32Array(width * numEnvs);
  return () => {
    vector.envs.forEach((env, i) => {
      flattenRows(actionSpace, sampleAction(env, random), rows, flat, i * width);
    });
    return actionDtype(actionSpace) === "float32" ? flat.slice() : Int32Array.from(flat);
  };
}

describe.each(MODES)("with autoreset %s", (autoresetMode) => {
  test.each(ENVS)("%s arrives value for value", (id) => {
    const options = FEW[id] ?? {};
    const made = { options, maxEpisodeSteps: 7, splits: ["train"] as const };
    const vector = registry.makeVec(id, { numEnvs: 3, autoresetMode, ...made });
    const client = new LocalClient();
    const welcome = client.hello({
      env: registry.spec(id).alias,
      num_envs: 3,
      autoreset_mode: autoresetMode,
      splits: ["train"],
      options,
      max_episode_steps: 7,
    });
    expect(welcome).toMatchObject({
      protocol: 1,
      version: VERSION,
      rows: vector.rows,
      max_episode_steps: 7,
      seed_ranges: { train: [0, 1_000_000] },
      action_size: vector.actionSpace.size,
    });
    expect(welcome.spec).toEqual(JSON.parse(JSON.stringify(registry.spec(id))));
    expect(welcome.action_space).toEqual(JSON.parse(JSON.stringify(vector.actionSpace)));
    vector.reset({ seed: [5, 6, 9] });
    expectSame(client.state(FRAME.reset, resetPayload([5, 6, 9])), vector);
    const draw = drawer(vector);
    for (let step = 0; step < 16; step++) {
      const actions = draw();
      vector.step(actions);
      expectSame(client.state(FRAME.step, bytesOf(actions)), vector);
      if (step !== 11) continue;
      vector.resetEnv(1, { seed: 3 });
      vector.rewards.fill(0);
      const state = client.state(FRAME.reset, resetPayload([null, 3, null], [0, 1, 0]));
      expect(state.infos).toEqual([null, arrived(vector.infos[1]), null]);
      expect(state.observations).toEqual(vector.observations);
      expect(state.rewards.every((reward) => reward === 0)).toBe(true);
    }
    client.session.close();
  });
});

test("without seeds the random streams continue, and options of a reset override those of hello", () => {
  const client = new LocalClient();
  client.hello({ env: "cartpole", num_envs: 2, options: { low: 0.01, high: 0.02 } });
  const first = client.state(FRAME.reset, resetPayload([1, 2]));
  const second = client.state(FRAME.reset, resetPayload([null, null]));
  expect(second.observations).not.toEqual(first.observations);
  const vector = registry.makeVec("cartpole", { numEnvs: 2, options: { low: 0.01, high: 0.02 } });
  vector.reset({ seed: [1, 2] });
  expect(first.observations).toEqual(vector.observations);
  expect(second.observations).toEqual(vector.reset().observations);
  const other = client.state(FRAME.reset, resetPayload([1, 2], [1, 1], '{"high": 0.15}'));
  expect(other.observations).toEqual(vector.reset({ seed: [1, 2], options: { high: 0.15 } }).observations);
});

test("infos: final leaves out infos between the first and the last step of an episode", () => {
  const told = (autoreset_mode: string) => {
    const client = new LocalClient();
    const hello = { env: "tiering", max_episode_steps: 3, infos: "final", autoreset_mode };
    const { action_size } = client.hello(hello);
    const actions = bytesOf(new Float32Array(action_size));
    const states = [client.state(FRAME.reset, resetPayload([1]))];
    for (let i = 0; i < 6; i++) states.push(client.state(FRAME.step, actions));
    return states.map(
      ({ infos, finalInfos }) => `${infos[0] === null ? "-" : "i"}${finalInfos[0] === null ? "" : "f"}`,
    );
  };
  expect(told("next-step")).toEqual(["i", "-", "-", "i", "i", "-", "-"]);
  expect(told("same-step")).toEqual(["i", "-", "-", "if", "-", "-", "if"]);
  expect(told("disabled")).toEqual(["i", "-", "-", "i", "-", "-", "-"]);
});

test("a server of the training split gives nothing of the others", () => {
  const client = new LocalClient();
  client.hello({ env: "tiering", splits: ["train"] });
  expect(client.refusal(FRAME.reset, resetPayload([2_000_000]))).toMatchObject({
    kind: "split",
    message: "seed 2000000 belongs to the split test; allowed here: train (0 to 999999)",
    fatal: false,
  });
  const hidden = registry.spec("tiering").workloads.find(({ split }) => split === "test")!.name;
  expect(client.refusal(FRAME.reset, resetPayload([1], [1], JSON.stringify({ workload: hidden }))).kind).toBe("split");
  expect(new LocalClient().refusal(FRAME.hello, { protocol: 1, env: "tiering", splits: [] }).kind).toBe("value");
  client.state(FRAME.reset, resetPayload([1]));
});

test("render gives the text of an environment", () => {
  const client = new LocalClient();
  client.hello({ env: "cartpole", num_envs: 2 });
  const first = Uint8Array.of(1, 0, 0, 0);
  expect(client.refusal(FRAME.render, first).kind).toBe("usage");
  client.state(FRAME.reset, resetPayload([1, 2]));
  const env = registry.make("cartpole");
  env.reset({ seed: 2 });
  expect(client.ask(FRAME.render, first).payload.toString()).toBe(env.render());
  expect(client.refusal(FRAME.render, Uint8Array.of(2, 0, 0, 0)).kind).toBe("value");
});

test("after a refused step, all environments must be reset before the next step", () => {
  const client = new LocalClient();
  client.hello({ env: "cartpole", num_envs: 2 });
  client.state(FRAME.reset, resetPayload([1, 2]));
  const good = bytesOf(Int32Array.of(0, 1));
  expect(client.refusal(FRAME.step, bytesOf(Int32Array.of(0, 2)))).toEqual({
    kind: "usage",
    message: "CartPole-v1: action 2 is not in Discrete(2)",
    fatal: false,
  });
  expect(client.refusal(FRAME.step, good).kind).toBe("usage");
  expect(client.refusal(FRAME.reset, resetPayload([null, 1], [0, 1])).kind).toBe("usage");
  client.state(FRAME.reset, resetPayload([null, null]));
  client.state(FRAME.step, good);
});

describe("hello is refused", () => {
  const told = (fields: object) => new LocalClient().refusal(FRAME.hello, { protocol: 1, env: "cartpole", ...fields });

  test.each<[string, object, string, RegExp]>([
    ["another version", { protocol: 2 }, "protocol", /knows version 1 of the protocol, got 2/],
    ["an unknown environment", { env: "tiring" }, "value", /tiering/],
    ["no environments", { num_envs: 0 }, "value", /num_envs/],
    ["too many environments", { num_envs: 65_537 }, "value", /num_envs/],
    ["an unknown field", { seeds: 1 }, "value", /seeds/],
    ["an unknown mode", { autoreset_mode: "never" }, "value", /autoreset_mode/],
    ["an unknown split", { splits: ["exam"] }, "value", /splits/],
    ["an unknown option", { options: { lo: 1 } }, "value", /low/],
    ["an option out of range", { options: { low: 1 } }, "value", /-0.2 to 0.2/],
    ["an object as an option", { options: { low: {} } }, "value", /options.low/],
    ["a limit of no steps", { max_episode_steps: 0 }, "value", /max_episode_steps/],
    ["an evaluation", { evaluate: { name: "mine" } }, "usage", /standard input/],
  ])("%s", (_, fields, kind, message) => {
    const refusal = told(fields);
    expect(refusal.kind).toBe(kind);
    expect(refusal.message).toMatch(message);
    expect(refusal.message).not.toContain("\n");
  });

  test("by a server without room, which a closed session gives back", () => {
    const budget = { left: 4 };
    const first = new LocalClient({ budget });
    first.hello({ env: "cartpole", num_envs: 3 });
    const second = new LocalClient({ budget });
    const many = { protocol: 1, env: "cartpole", num_envs: 2 };
    expect(second.refusal(FRAME.hello, many).message).toMatch(/room for 1 more/);
    first.session.close();
    expect(second.ask(FRAME.hello, many).type).toBe(FRAME.welcome);
  });
});
