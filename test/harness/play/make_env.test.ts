import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { SplitError } from "../../../gym/split_guard.ts";
import { makeForPlay } from "../../../harness/play/make_env.ts";
import { findProblem } from "../../../harness/problems/index.ts";

describe.each(registry.list().map(({ id, maxEpisodeSteps }) => [id, maxEpisodeSteps] as const))("%s", (id, limit) => {
  const limited = findProblem(id) === null ? limit : null;

  it(`is played ${limited === null ? "to the end of its work" : `for at most ${limited} steps`}`, () => {
    const env = makeForPlay(id, ["train"]);
    expect(env === env.unwrapped).toBe(limited === null);
    expect(() => env.reset({ seed: 2_000_000 })).toThrow(SplitError);
    env.close();
  });
});
