import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { startValues } from "../../baselines/knobs.ts";
import { registry } from "../../envs/index.ts";
import { kernelEnvOf } from "../../envs/kernel_env.ts";
import { playEpisode } from "../../harness/play/episode.ts";
import { heuristicPolicy, type Policy, referencePolicy } from "../../harness/play/policy.ts";
import { problems } from "../../harness/problems/index.ts";
import { knobValues } from "../../harness/problems/problem.ts";

/** Environments and policies of the committed results, as "id,name". */
const committed = new Set(
  readFileSync(new URL("../../docs/results/results.csv", import.meta.url), "utf8")
    .split("\n")
    .map((line) => line.split(",", 2).join()),
);

/** Options that make an episode short, if the environment has them: to see that one repeats, a part of one is enough. */
const SHORT: Readonly<Record<string, number>> = { accesses: 25_000, pages: 1024, duration_ms: 200 };

describe.each(problems.map((problem) => [problem.id, problem] as const))("heuristics of %s", (id, problem) => {
  const make = () => registry.make(id, { wrap: false });
  const known = registry.spec(id).options.map(({ name }) => name);
  const short = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));

  const playFifth = (policy: Policy) => {
    const env = make();
    const result = playEpisode(env, policy, 5);
    const { costPerReward } = kernelEnvOf(env);
    // Where rewards are there to learn from only, no sum is the same for all.
    const constant = costPerReward === null ? 0 : result.return * costPerReward + result.cost!;
    env.reset({ seed: 5 });
    return { result, constant, bound: problem.bound(kernelEnvOf(env).kernel) };
  };

  let byDefault: ReturnType<typeof playFifth>;
  beforeAll(() => {
    const entry = problem.heuristics.find(({ role }) => role === "default")!;
    byDefault = playFifth(heuristicPolicy(problem, entry));
  });

  it("are named once each, and one is the default", () => {
    const names = problem.heuristics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(problem.heuristics.filter(({ role }) => role === "default")).toHaveLength(1);
  });

  it("hold the four rivals of every comparison", () => {
    const roles = new Set(problem.heuristics.map(({ role }) => role));
    for (const role of ["default", "static", "published", "hand-rule"] as const) expect(roles).toContain(role);
  });

  it("start within their knobs' ranges, and run there until they are tuned", () => {
    for (const entry of problem.heuristics) {
      for (const { name, min, max, start } of entry.knobs) {
        expect(start, `${entry.name} ${name}`).toBeGreaterThanOrEqual(min);
        expect(start, `${entry.name} ${name}`).toBeLessThanOrEqual(max);
      }
      expect(knobValues({ ...problem, tuned: {} }, entry)).toEqual(startValues(entry.knobs));
    }
  });

  it("are tuned where they have constants and stand in the committed results", () => {
    const untuned = problem.heuristics.filter(({ name, knobs }) => knobs.length > 0 && !(name in problem.tuned));
    expect(untuned.filter(({ name }) => committed.has(`${id},${name}`)).map(({ name }) => name)).toEqual([]);
  });

  it("name the heuristic that they start as, whose constants are given", () => {
    for (const { startsAs, name } of problem.heuristics) {
      if (startsAs === undefined) continue;
      const shipped = problem.heuristics.find((entry) => entry.name === startsAs);
      expect(shipped?.knobs, `${name} starts as ${startsAs}`).toEqual([]);
    }
  });

  it("have tuned constants within their knobs' ranges, and for their knobs only", () => {
    for (const [name, values] of Object.entries(problem.tuned)) {
      const entry = problem.heuristics.find((candidate) => candidate.name === name);
      expect(entry, `tuned constants for ${name}`).toBeDefined();
      expect(Object.keys(values).sort()).toEqual(entry!.knobs.map((knob) => knob.name).sort());
      for (const knob of entry!.knobs) {
        expect(values[knob.name]).toBeGreaterThanOrEqual(knob.min * (1 - 1e-3));
        expect(values[knob.name]).toBeLessThanOrEqual(knob.max * (1 + 1e-3));
      }
    }
  });

  describe.each(problem.heuristics.map((entry) => [entry.name, entry] as const))("%s", (_, entry) => {
    it("plays the same episode twice alike, whatever it played in between", () => {
      const env = make();
      const policy = heuristicPolicy(problem, entry);
      const first = playEpisode(env, policy, 3, short);
      playEpisode(env, policy, 4, short);
      const second = playEpisode(env, policy, 3, short);
      expect(second.cost).toBe(first.cost);
      expect(second.metrics).toEqual(first.metrics);
    });

    it("costs no less than the bound, and its return says what it costs", () => {
      const { result, constant, bound } = playFifth(heuristicPolicy(problem, entry));
      expect(result.cost!).toBeGreaterThanOrEqual(bound);
      // Another policy's return differs by the difference in cost, so the order by one is the order by the other.
      expect(Math.abs(constant - byDefault.constant)).toBeLessThanOrEqual(1e-6 * Math.abs(byDefault.constant));
    });
  });

  it("has a clairvoyant reference that beats the default and stays above the bound", () => {
    const { result, bound } = playFifth(referencePolicy(problem));
    expect(result.cost!).toBeLessThan(byDefault.result.cost!);
    expect(result.cost!).toBeGreaterThanOrEqual(bound);
  });
});
