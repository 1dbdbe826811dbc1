import { describe, expect, it } from "vitest";
import { registry } from "../../envs/index.ts";
import type { KernelEnv } from "../../envs/kernel_env.ts";
import { heuristicPlayer, referencePlayer } from "../../harness/player.ts";
import { problems } from "../../harness/problem.ts";
import { playEpisode } from "../../harness/rollout.ts";

describe.each(problems.map((problem) => [problem.id, problem] as const))("heuristics of %s", (id, problem) => {
  const make = () => registry.make(id, { wrap: false });

  it("are named once each, and one is the default", () => {
    const names = problem.heuristics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(problem.heuristics.filter(({ role }) => role === "default")).toHaveLength(1);
  });

  it("hold the four rivals of every comparison", () => {
    const roles = new Set(problem.heuristics.map(({ role }) => role));
    for (const role of ["default", "static", "published", "hand-rule"] as const) expect(roles).toContain(role);
  });

  it("are tuned, all that have constants", () => {
    const tunable = problem.heuristics.filter(({ knobs }) => knobs.length > 0).map(({ name }) => name);
    expect(Object.keys(problem.tuned).sort()).toEqual(tunable.sort());
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
      const player = heuristicPlayer(problem, entry);
      const first = playEpisode(env, player, 3);
      playEpisode(env, player, 4);
      const second = playEpisode(env, player, 3);
      expect(second.cost).toBe(first.cost);
      expect(second.metrics).toEqual(first.metrics);
    });

    it("costs no less than the bound, and its rewards add up to bound minus cost", () => {
      const env = make();
      const result = playEpisode(env, heuristicPlayer(problem, entry), 5);
      env.reset({ seed: 5 });
      const bound = problem.bound((env as unknown as KernelEnv).kernel);
      expect(result.cost!).toBeGreaterThanOrEqual(bound);
      expect(result.return).toBeCloseTo(bound - result.cost!, 4);
    });
  });

  it("has a clairvoyant reference that beats the default and stays above the bound", () => {
    const env = make();
    const byDefault = problem.heuristics.find(({ role }) => role === "default")!;
    const cost = playEpisode(env, heuristicPlayer(problem, byDefault), 5).cost!;
    const reference = playEpisode(env, referencePlayer(problem), 5).cost!;
    env.reset({ seed: 5 });
    expect(reference).toBeLessThan(cost);
    expect(reference).toBeGreaterThanOrEqual(problem.bound((env as unknown as KernelEnv).kernel));
  });
});
