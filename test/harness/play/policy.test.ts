import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { playEpisode } from "../../../harness/play/episode.ts";
import { greedyPolicy, heuristicPolicy, type Policy, randomPolicy } from "../../../harness/play/policy.ts";
import { findProblem, problems } from "../../../harness/problems/index.ts";

/** What makes an episode short, where there is such an option. */
const SHORT: Readonly<Record<string, number>> = { accesses: 5000, pages: 256 };

it.each(registry.list().map(({ id }) => id))(
  "the random policy keeps to what %s allows, the same for the same seed",
  (id) => {
    const env = registry.make(id, { wrap: findProblem(id) === null });
    const known = env.spec.options.map(({ name }) => name);
    const options = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
    // The readahead environments refuse what their masks forbid.
    const [first, again, other] = [1, 1, 2].map((seed) => playEpisode(env, randomPolicy, seed, options).return);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  },
);

describe("an environment in wrappers", () => {
  const options = { pages: 256 };
  const wrapped = () => registry.make("tiering", { maxEpisodeSteps: null });

  it("has the cost and the metrics of its kernel", () => {
    const { decisionMicroseconds: _, ...result } = playEpisode(wrapped(), randomPolicy, 1, options);
    const { decisionMicroseconds: __, ...plain } = playEpisode(wrapped().unwrapped, randomPolicy, 1, options);
    expect(result).toEqual(plain);
    expect(result.cost).toBeGreaterThan(0);
  });

  it("is refused by heuristics in one line that says what to give", () => {
    const problem = findProblem("ring0/Tiering-v1")!;
    const heuristic = heuristicPolicy(problem, problem.heuristics[0]);
    expect(() => playEpisode(wrapped(), heuristic, 1, options)).toThrow(/wrappers hide its kernel; pass env.unwrapped/);
  });
});

describe("what a policy sees", () => {
  const act = () => null;
  const [tiering, congestion] = ["ring0/Tiering-v1", "ring0/CongestionControl-v1"].map(
    (id) => problems.find((problem) => problem.id === id)!,
  );

  it("is what the heuristic's entry says", () => {
    const said = (problem: typeof tiering) => problem.heuristics.map((entry) => heuristicPolicy(problem, entry).sees);
    expect(new Set(said(tiering))).toEqual(new Set([null]));
    expect(new Set(said(congestion))).toEqual(new Set(["none", "RTT", "ECN", "INT", "senders"]));
  });

  it("is what the environment tells agents", () => {
    expect(greedyPolicy("es", { act }, tiering).sees).toBeNull();
    expect(greedyPolicy("es", { act }, congestion).sees).toBe("RTT");
    expect(congestion.agentSees!({ information: "int,senders" })).toBe("RTT+INT+senders");
    expect(congestion.agentSees!({ information: "" })).toBe("RTT");
    expect(greedyPolicy("es", { act }, congestion, { information: "ecn" }).sees).toBe("RTT+ECN");
    expect(greedyPolicy("es", { act }).sees).toBeNull();
  });

  it("is had by options that there are", () => {
    for (const { id, agentOptions = [] } of problems) {
      expect(registry.spec(id).options.map(({ name }) => name)).toEqual(expect.arrayContaining([...agentOptions]));
    }
  });

  it("goes with it: settings of its own, under those of the episode", () => {
    const policy = greedyPolicy("es", { act }, congestion, { information: "ecn", window: 2, mtuPerChunk: 1 });
    expect(policy.options).toEqual({ information: "ecn", window: 2 });
    expect(greedyPolicy("es", { act }, tiering, { pages: 256 }).options).toEqual({});
    const env = registry.make(congestion.id, { wrap: false });
    const still: Policy = { ...policy, begin: () => ({ decide: act, apply: () => ended }) };
    const ended = { reward: 0, terminated: true, truncated: false, info: {} };
    const asked: unknown[] = [];
    const reset = env.reset.bind(env);
    env.reset = (options) => {
      asked.push(options);
      return reset(options);
    };
    playEpisode(env, still, 1, { window: 3 });
    expect(asked).toEqual([{ seed: 1, options: { information: "ecn", window: 3 } }]);
  });
});
