import { expect, test } from "vitest";
import { RecordEpisodeStatistics } from "../../../gym/wrappers/record_episode_statistics.ts";
import { TimeLimit } from "../../../gym/wrappers/time_limit.ts";
import { Toy } from "../toy_env.ts";

test.each([1, 3])("reports return and length at the end, and only there (%d rows)", (rows) => {
  const create = () => new TimeLimit(new Toy({ rows }), 5);
  const [env, plain] = [new RecordEpisodeStatistics(create()), create()];
  env.reset({ seed: 0 });
  plain.reset({ seed: 0 });
  const action = rows === 1 ? 1 : new Int32Array(rows).fill(1);
  for (let episode = 0; episode < 2; episode++) {
    let sum = 0;
    for (let step = 1; step <= 5; step++) {
      const { reward }: { reward: number | Float32Array } = plain.step(action);
      sum += typeof reward === "number" ? reward : reward.reduce((total, value) => total + value, 0) / rows;
      const { info } = env.step(action);
      expect(info.position).toBe(step);
      expect(info.episode).toEqual(step === 5 ? { return: sum, length: 5 } : undefined);
    }
    env.reset();
    plain.reset();
  }
});

test("does not write into the environment's info", () => {
  class Frozen extends Toy {
    override info() {
      return Object.freeze(super.info());
    }
  }
  const env = new RecordEpisodeStatistics(new TimeLimit(new Frozen(), 1));
  env.reset({ seed: 0 });
  expect(env.step(0).info.episode).toMatchObject({ length: 1 });
});

test("a fork goes on counting", () => {
  const env = new RecordEpisodeStatistics(new TimeLimit(new Toy(), 2));
  env.reset({ seed: 0 });
  env.step(1);
  const copy = env.fork();
  expect(copy.step(1).info.episode).toEqual(env.step(1).info.episode);
});
