import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { kernelEnvOf } from "../../../envs/kernel_env.ts";
import type { AnyEnv } from "../../../gym/env.ts";
import { containsRows } from "../../../gym/spaces.ts";
import { OnlineLearner } from "../../../harness/ladder/online_learner.ts";
import { playEpisode } from "../../../harness/play/episode.ts";
import { heuristicPolicy } from "../../../harness/play/policy.ts";
import { findProblem, problems } from "../../../harness/problems/index.ts";
import type { LadderPolicyRun } from "../../../ladder/ladder_policy.ts";

/** What makes an episode short, where there is such an option. */
const SHORT: Readonly<Record<string, number>> = { accesses: 5000, pages: 256, duration_ms: 200 };

function makeEnv(id: string) {
  const env = registry.make(id, { splits: ["train"], wrap: false });
  const known = env.spec.options.map(({ name }) => name);
  const options = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
  return { env, options };
}

const costOf = (env: AnyEnv) => kernelEnvOf(env).cost;

/** Plays on from where the environment stands to its end; `look` sees every recommendation. Returns the cost. */
function playOn(env: AnyEnv, run: LadderPolicyRun, look: (action: unknown) => void = () => {}): number {
  let observation: unknown = env.observe();
  for (;;) {
    const action = run.recommend(observation);
    look(action);
    const result = run.apply(action);
    run.learn(result);
    observation = result.observation;
    if (result.terminated) break;
  }
  run.end();
  return costOf(env);
}

/** Plays runs with seeds from 0 on; returns their costs. */
function playRuns(env: AnyEnv, agent: OnlineLearner, count: number, options: Record<string, unknown>): number[] {
  return Array.from({ length: count }, (_, seed) => {
    env.reset({ seed, options });
    return playOn(env, agent.begin(env, seed, true));
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(problems.map((problem) => [problem.id, problem] as const))("the online learner in %s", (id, problem) => {
  it("only ever recommends what is legal, new arrays each time", () => {
    const { env, options } = makeEnv(id);
    env.reset({ seed: 0, options });
    let last: unknown = null;
    // A step with what the mask forbids throws.
    playOn(env, new OnlineLearner(problem, 1).begin(env, 0, true), (action) => {
      const legal = containsRows(env.actionSpace, action, env.rows);
      if (!legal || (typeof action === "object" && action === last)) throw new Error(`recommended ${action}`);
      last = action;
    });
  });

  it("does the same again with the same seed", () => {
    const { env, options } = makeEnv(id);
    const [first, again] = [1, 1].map((seed) => playRuns(env, new OnlineLearner(problem, seed), 3, options));
    expect(again).toEqual(first);
  });

  it("does in a copy what it does live, and learns as much", () => {
    const { env, options } = makeEnv(id);
    const [live, copied] = [true, false].map((isLive) => {
      const agent = new OnlineLearner(problem, 1);
      return [0, 1].map((seed) => {
        env.reset({ seed, options });
        const where = isLive ? env : env.fork();
        return playOn(where, agent.begin(where, seed, isLive));
      });
    });
    expect(copied).toEqual(live);
  });

  it("changes nothing by recommending what nobody carries out", () => {
    const { env, options } = makeEnv(id);
    const [once, twice] = [1, 2].map((times) => {
      const agent = new OnlineLearner(problem, 1);
      env.reset({ seed: 0, options });
      const run = agent.begin(env, 0, true);
      const recommend = (observation: unknown) => {
        let action: unknown;
        for (let i = 0; i < times; i++) action = run.recommend(observation);
        return action;
      };
      return playOn(env, { ...run, recommend });
    });
    expect(twice).toBe(once);
  });
});

describe("what it learns", () => {
  it("shows in runs that a beginner plays worse", () => {
    const { env } = makeEnv("congestion");
    const problem = findProblem("ring0/CongestionControl-v1")!;
    const options = { workload: "incast" };
    const taught = playRuns(env, new OnlineLearner(problem, 1), 12, options).slice(6);
    const untaught = taught.map((_, i) => {
      env.reset({ seed: 6 + i, options });
      return playOn(env, new OnlineLearner(problem, 1).begin(env, 6 + i, true));
    });
    expect(mean(taught)).toBeLessThan(0.8 * mean(untaught));
  });

  it.each(["tiering", "gpu", "congestion"])("is soon better than the default in %s", (alias) => {
    const { env, options } = makeEnv(alias);
    const problem = findProblem(env.spec.id)!;
    const agent = new OnlineLearner(problem, 2);
    const costs = playRuns(env, agent, 10, options);
    const byDefault = heuristicPolicy(problem, problem.heuristics[0]);
    const defaultCosts = costs.map((_, seed) => playEpisode(env, byDefault, seed, options).cost!);
    expect(mean(costs.slice(4))).toBeLessThan(0.95 * mean(defaultCosts.slice(4)));
  });

  it("is its own: another learner begins with nothing", () => {
    const { env } = makeEnv("congestion");
    const problem = findProblem("ring0/CongestionControl-v1")!;
    const taught = new OnlineLearner(problem, 1);
    const [first] = playRuns(env, taught, 8, { workload: "incast" });
    expect(playRuns(env, new OnlineLearner(problem, 1), 1, { workload: "incast" })).toEqual([first]);
    expect(playRuns(env, taught, 1, { workload: "incast" })).not.toEqual([first]);
  });

  it("needs nothing of what blocks were worth", () => {
    const agent = new OnlineLearner(problems[0], 1);
    const figures = { cost: 1, baselineCost: 2, advantage: 0.5, degraded: false };
    expect(() =>
      agent.feedback({ block: 0, mode: "ML_LIB_LEARNING_MODE", applied: true, propensity: 0.1, ...figures }),
    ).not.toThrow();
    expect(agent.alive).toBe(true);
    agent.close();
    expect(agent.alive).toBe(false);
  });
});
