import { describe, expect, it } from "vitest";
import type { CongestionEnv } from "../../../envs/congestion/congestion.ts";
import type { GpuEnv } from "../../../envs/gpu/gpu.ts";
import { registry } from "../../../envs/index.ts";
import { type KernelEnv, kernelEnvOf } from "../../../envs/kernel_env.ts";
import type { TieringEnv } from "../../../envs/tiering/tiering.ts";
import { sampleAction } from "../../../gym/action.ts";
import type { AnyEnv } from "../../../gym/env.ts";
import { heuristicPolicy } from "../../../harness/play/policy.ts";
import { problems } from "../../../harness/problems/index.ts";
import type { Problem } from "../../../harness/problems/problem.ts";
import { randomStream } from "../../../kernel/random.ts";

/** What makes an episode short, where there is such an option. */
const SHORT: Readonly<Record<string, number>> = { accesses: 5000, pages: 256, duration_ms: 60 };

/** Operations of an agent before the default takes over. */
const BEFORE = [1, 10, 60];

function begin(problem: Problem, seed: number, more: Record<string, unknown> = {}): KernelEnv {
  const env = registry.make(problem.id, { wrap: false });
  const known = env.spec.options.map(({ name }) => name);
  const short = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
  env.reset({ seed, options: { ...short, ...more } });
  return kernelEnvOf(env);
}

/** Plays actions for at most so many operations. Returns false when the run ended meanwhile. */
function act(env: AnyEnv, operations: number, choose: () => unknown): boolean {
  for (let i = 0; i < operations; i++) if (env.step(choose()).terminated) return false;
  return true;
}

const randomly = (env: AnyEnv, seed: number) => {
  const random = randomStream(seed, "test/handover");
  return () => sampleAction(env, random);
};

/** The default decides for at most so many operations from now on. Returns false when the run ended meanwhile. */
function handOver(problem: Problem, env: AnyEnv, operations = Number.POSITIVE_INFINITY): boolean {
  const entry = problem.heuristics.find(({ role }) => role === "default")!;
  const turn = heuristicPolicy(problem, entry).begin(env, 0);
  for (let i = 0; i < operations; i++) if (turn.apply(turn.decide(null)).terminated) return false;
  return true;
}

const find = (id: string) => problems.find((problem) => problem.id === id)!;

describe.each(problems.map((problem) => [problem.id, problem] as const))("%s", (id, problem) => {
  it.each(BEFORE)("the default takes over after %i operations of an agent, and copies go on alike", (operations) => {
    let handovers = 0;
    for (let seed = 0; seed < 4; seed++) {
      const env = begin(problem, seed);
      if (!act(env, operations, randomly(env, seed))) continue;
      handovers++;
      const copy = kernelEnvOf(env.fork());
      for (const one of [env, copy]) {
        handOver(problem, one);
        one.kernel.checkInvariants();
        expect(one.kernel.done).toBe(true);
      }
      expect(copy.cost).toBe(env.cost);
      expect(copy.metrics()).toEqual(env.metrics());
    }
    expect(handovers).toBeGreaterThan(0);
  });

  it("goes to and fro between an agent and the default", () => {
    // A program of NICs governs to the end of the run: from there is no way back.
    const back = id !== "ring0/CongestionControl-v1";
    for (let seed = 0; seed < 3; seed++) {
      const env = begin(problem, seed);
      const choose = randomly(env, seed);
      let turns = 0;
      while (handOver(problem, env, 5) && act(env, 5, choose)) turns++;
      env.kernel.checkInvariants();
      expect(env.kernel.done).toBe(true);
      if (back) expect(turns).toBeGreaterThan(1);
      else expect(turns).toBe(0);
    }
  });
});

describe("what an agent did does not last:", () => {
  it("channel groups that were kept off the GPU get time again, by the hardware's settings", () => {
    const problem = find("ring0/GpuPreemption-v1");
    let kept = 0;
    for (let seed = 0; seed < 12; seed++) {
      const env = begin(problem, seed) as unknown as GpuEnv;
      const { view } = env.kernel;
      const choose = randomly(env, seed);
      while (view.time < 20_000_000) act(env, 1, choose);
      const before = view.servedNs.slice();
      const waiting = view.queued.slice();
      if (view.enabled.includes(0)) kept++;
      handOver(problem, env);
      for (let g = 0; g < view.groups; g++) {
        expect(view.enabled[g]).toBe(1);
        // The hardware encodes 1024 us exactly; the driver's shortest may be 1000.
        expect(view.sliceUs[g]).toBe(1024);
        if (waiting[g] > 0) expect(view.servedNs[g], `group ${g} with seed ${seed}`).toBeGreaterThan(before[g]);
      }
    }
    expect(kept).toBeGreaterThan(3);
  });

  it("queue pairs at the least rate are at line rate at once", () => {
    const problem = find("ring0/CongestionControl-v1");
    const options = { workload: "incast", senders: 4, bytes: 300_000 };
    const alone = begin(problem, 1, options) as unknown as CongestionEnv;
    handOver(problem, alone);
    const env = begin(problem, 1, options) as unknown as CongestionEnv;
    const { queuePairs } = env.kernel.view;
    const slow = () => [0, 1, 2, 3].every((i) => queuePairs.rate[i] < 0.0011 * queuePairs.line[i]);
    while (!slow()) act(env, 1, () => new Float32Array(env.rows).fill(-1));
    const at = env.kernel.time;
    handOver(problem, env);
    expect(env.kernel.time - at).toBeLessThan(1.2 * alone.kernel.time);
  });

  it("a fast tier that was emptied fills again", () => {
    const problem = find("ring0/Tiering-v1");
    const env = begin(problem, 1) as unknown as TieringEnv;
    act(env, 20, () => Float32Array.of(-1, 1, 1, -1));
    const [fast] = env.kernel.view.tiers;
    expect(fast.used).toBeLessThan(0.5 * fast.capacity);
    handOver(problem, env);
    expect(fast.used).toBe(fast.capacity);
  });
});
