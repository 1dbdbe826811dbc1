import { expect, it } from "vitest";
import { registry } from "../../envs/index.ts";
import { findProblem } from "../../harness/evaluate.ts";
import { randomPlayer } from "../../harness/player.ts";
import { playEpisode } from "../../harness/rollout.ts";

/** What makes an episode short, where there is such an option. */
const SHORT: Readonly<Record<string, number>> = { accesses: 5000, pages: 256 };

it.each(registry.list().map(({ id }) => id))(
  "the random player keeps to what %s allows, the same for the same seed",
  (id) => {
    const env = registry.make(id, { wrap: findProblem(id) === null });
    const known = env.spec.options.map(({ name }) => name);
    const options = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
    // The readahead environments refuse what their masks forbid.
    const [first, again, other] = [1, 1, 2].map((seed) => playEpisode(env, randomPlayer, seed, options).return);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  },
);
