import { describe, expect, test } from "vitest";
import { RunningMoments, type RunningMomentsJSON } from "../../../gym/running_moments.ts";
import { Box, Discrete } from "../../../gym/spaces.ts";
import { NormalizeObservation } from "../../../gym/wrappers/normalize_observation.ts";
import { NormalizeReward } from "../../../gym/wrappers/normalize_reward.ts";
import { TimeLimit } from "../../../gym/wrappers/time_limit.ts";
import { Toy } from "../toy_env.ts";

const create = (rows = 1) => new TimeLimit(new Toy({ rows }), 20);
const actionFor = (rows: number) => (rows === 1 ? 1 : new Int32Array(rows).fill(1));

describe("NormalizeObservation", () => {
  test.each([1, 3])("normalises with the moments of all observations so far (%d rows)", (rows) => {
    const [env, plain] = [new NormalizeObservation(create(rows)), create(rows)];
    const moments = new RunningMoments(3);
    const expected = (observation: Float32Array) => {
      moments.update(observation, rows);
      const out = new Float32Array(observation.length);
      moments.normaliseInto(observation, 0, rows, out, 0, 10);
      return out;
    };
    expect(env.reset({ seed: 0 }).observation).toEqual(expected(plain.reset({ seed: 0 }).observation));
    for (let step = 0; step < 20; step++) {
      expect(env.step(actionFor(rows)).observation).toEqual(expected(plain.step(actionFor(rows)).observation));
    }
  });

  test("observe shows the last observation and learns nothing", () => {
    const env = new NormalizeObservation(create());
    env.reset({ seed: 0 });
    const { observation } = env.step(1);
    expect([env.observe(), env.observe()]).toEqual([observation, observation]);
  });

  test("stays inside its space", () => {
    const env = new NormalizeObservation(create(), { clip: 0.5 });
    expect(env.observationSpace).toEqual(new Box(-0.5, 0.5, [3]));
    let { observation } = env.reset({ seed: 0 });
    for (let step = 0; step < 20; step++) {
      expect(env.observationSpace.contains(observation)).toBe(true);
      observation = env.step(1).observation;
    }
  });

  test("frozen and read from JSON, it evaluates with the statistics of the training", () => {
    const training = new NormalizeObservation(create());
    training.reset({ seed: 0 });
    for (let step = 0; step < 10; step++) {
      training.step(1);
    }
    const json = JSON.parse(JSON.stringify(training.moments));
    const env = new NormalizeObservation(create(), { moments: RunningMoments.fromJSON(json) });
    env.freeze();
    training.freeze();
    expect(env.reset({ seed: 5 }).observation).toEqual(training.reset({ seed: 5 }).observation);
    env.step(1);
    expect(env.moments.toJSON()).toEqual(json);
  });

  test.each([
    ["NormalizeObservation", (moments?: RunningMomentsJSON) => new NormalizeObservation(create(), { moments })],
    ["NormalizeReward", (moments?: RunningMomentsJSON) => new NormalizeReward(create(), { moments })],
  ])("%s takes what JSON saved of its statistics", (name, wrap) => {
    const training = wrap();
    training.reset({ seed: 0 });
    for (let step = 0; step < 10; step++) training.step(1);
    const moments = JSON.parse(JSON.stringify(training.moments));
    expect(wrap(moments).moments.toJSON()).toEqual(moments);
    expect(() => wrap({ mean: [0] } as never)).toThrow(
      /^RunningMoments: expected count, mean and variance, got \{ mean: \[0\] \}$/,
    );
    expect(() => wrap({ count: 1, mean: [0, 0], variance: [1, 1] })).toThrow(new RegExp(`^${name}: .*moments`));
  });

  test("a fork has its own statistics", () => {
    const env = new NormalizeObservation(create());
    env.reset({ seed: 0 });
    const copy = env.fork();
    copy.step(1);
    copy.step(1);
    expect(env.fork().step(2)).toEqual(env.step(2));
  });

  test("refuses what it cannot normalise", () => {
    const discrete = Object.assign(new Toy(), { observationSpace: new Discrete(3) });
    expect(() => new NormalizeObservation(discrete)).toThrow("the observations must be a Box, not Discrete(3)");
    expect(() => new NormalizeObservation(create(), { moments: new RunningMoments(2) })).toThrow("moments of 2");
  });
});

describe("NormalizeReward", () => {
  test.each([1, 3])("divides by the deviation of the discounted return (%d rows)", (rows) => {
    const gamma = 0.9;
    const env = new NormalizeReward<Float32Array, unknown, number | Float32Array>(create(rows), { gamma });
    const plain = create(rows);
    env.reset({ seed: 0 });
    plain.reset({ seed: 0 });
    const returns = new Float64Array(rows);
    const moments = new RunningMoments(1);
    const listed = (reward: number | Float32Array) => (typeof reward === "number" ? [reward] : [...reward]);
    for (let step = 0; step < 60; step++) {
      const result = env.step(actionFor(rows));
      const { reward, truncated } = plain.step(actionFor(rows));
      listed(reward).forEach((value, row) => {
        returns[row] = gamma * returns[row] + value;
      });
      moments.update(returns, rows);
      const deviation = Math.sqrt(moments.variance[0] + 1e-8);
      listed(result.reward).forEach((value, row) => {
        expect(value).toBeCloseTo(listed(reward)[row] / deviation, 5);
      });
      if (truncated) {
        env.reset();
        plain.reset();
        returns.fill(0);
      }
    }
  });

  test("keeps signs", () => {
    const [env, plain] = [new NormalizeReward(create()), create()];
    env.reset({ seed: 0 });
    plain.reset({ seed: 0 });
    for (let step = 0; step < 20; step++) {
      expect(Math.sign(env.step(step % 3).reward)).toBe(Math.sign(plain.step(step % 3).reward));
    }
  });

  test("freezes, forks and starts from given statistics", () => {
    const env = new NormalizeReward(create());
    env.reset({ seed: 0 });
    env.step(1);
    expect(env.fork().step(2)).toEqual(env.fork().step(2));
    env.freeze();
    const before = JSON.stringify(env.moments);
    env.step(1);
    expect(JSON.stringify(env.moments)).toBe(before);
    const again = new NormalizeReward(create(), { moments: RunningMoments.fromJSON(JSON.parse(before)) });
    expect(JSON.stringify(again.moments)).toBe(before);
  });

  test("refuses a discount beyond 1 and moments of several numbers", () => {
    expect(() => new NormalizeReward(create(), { gamma: 1.1 })).toThrow("gamma must be from 0 to 1, got 1.1");
    expect(() => new NormalizeReward(create(), { moments: new RunningMoments(2) })).toThrow(
      "moments of one number, got 2",
    );
  });
});
