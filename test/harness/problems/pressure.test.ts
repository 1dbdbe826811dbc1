import { describe, expect, it } from "vitest";
import type { CongestionEnv } from "../../../envs/congestion/congestion.ts";
import { registry } from "../../../envs/index.ts";
import { kernelEnvOf } from "../../../envs/kernel_env.ts";
import { heuristicPolicy, type Policy, randomPolicy } from "../../../harness/play/policy.ts";
import { problems } from "../../../harness/problems/index.ts";
import type { Problem } from "../../../harness/problems/problem.ts";

/** From here on the load is critical, and below the other it is ordinary. */
const CRITICAL = 0.95;
const ORDINARY = 0.8;

/** What makes an episode short, where there is such an option. */
const SHORT: Readonly<Record<string, number>> = { accesses: 20_000, pages: 1024, duration_ms: 200 };

/** First seed of the validation split. */
const FIRST_SEED = 1_000_000;

interface Noted {
  position: number;
  pressure: number;
}

/** The pressure at every operation of an episode; in congestion control at every round trip, as a program is one operation. */
function pressures(problem: Problem, policy: Policy, seed: number, more: Record<string, unknown> = {}): Noted[] {
  const env = kernelEnvOf(registry.make(problem.id, { wrap: false, splits: ["validation"] }));
  const known = env.spec.options.map(({ name }) => name);
  const short = Object.fromEntries(Object.entries(SHORT).filter(([name]) => known.includes(name)));
  let { observation, info }: { observation?: unknown; info: Record<string, unknown> } = env.reset({
    seed,
    options: { ...short, ...more },
  });
  const all: Noted[] = [];
  const note = (position: number) => all.push({ position, pressure: problem.pressure(env.kernel) });
  if (problem.id === "ring0/CongestionControl-v1") {
    const { kernel } = env as unknown as CongestionEnv;
    const { onRoundTrip } = kernel;
    kernel.onRoundTrip = (queuePair) => {
      onRoundTrip?.(queuePair);
      note(kernel.time / 1000);
    };
  }
  const turn = policy.begin(env, seed);
  for (let ended = false; !ended; ) {
    note(info.position as number);
    const result = turn.apply(turn.decide(observation));
    ({ observation, info } = result);
    ended = result.terminated;
  }
  return all;
}

const greatest = (all: readonly Noted[]) => all.reduce((most, { pressure }) => Math.max(most, pressure), 0);

const defaultPolicy = (problem: Problem) =>
  heuristicPolicy(problem, problem.heuristics.find(({ role }) => role === "default")!);

describe.each(problems.map((problem) => [problem.id, problem] as const))("pressure of %s", (id, problem) => {
  const { workloads } = registry.spec(id);
  const names = workloads.filter(({ split }) => split === "validation").map(({ name }) => name);

  it("is from 0 to 1, and ordinary on every workload under the default and under random actions", () => {
    for (const [i, workload] of names.entries()) {
      for (const policy of [defaultPolicy(problem), randomPolicy]) {
        const all = pressures(problem, policy, FIRST_SEED + i, { workload });
        for (const { pressure } of all) expect(pressure >= 0 && pressure <= 1, `${pressure}`).toBe(true);
        expect(greatest(all), `${workload} by ${policy.name}`).toBeLessThan(ORDINARY);
      }
    }
  });

  it("is critical at some time under the overload", () => {
    for (const [i, name] of names.entries()) {
      const workload = problem.overload.workload ?? name;
      const all = pressures(problem, defaultPolicy(problem), FIRST_SEED + i, { ...problem.overload, workload });
      for (const { pressure } of all) expect(pressure >= 0 && pressure <= 1, `${pressure}`).toBe(true);
      expect(greatest(all), name).toBeGreaterThanOrEqual(CRITICAL);
    }
  });

  it("does not know the future", () => {
    // Under the overload it changes most; where all messages begin at once, in another where some begin later.
    const settings =
      "workload" in problem.overload
        ? { workload: "checkpoint", senders: 120, bytes: 500_000 }
        : { ...problem.overload, workload: names[0] };
    const policy = defaultPolicy(problem);
    const plain = pressures(problem, policy, FIRST_SEED, settings);
    const shows = plain.findIndex(({ pressure }) => pressure > 0);
    const alter_after = Math.ceil(plain[shows + 20].position);
    const altered = pressures(problem, policy, FIRST_SEED, { ...settings, alter_after });
    const [first, second] = [plain, altered].map((all) => all.filter(({ position }) => position < alter_after));
    expect(first.length).toBeGreaterThan(5);
    expect(greatest(first)).toBeGreaterThan(0);
    expect(second).toEqual(first);
    expect(altered).not.toEqual(plain);
  });

  it("is the same in a copy of the environment, and asking changes nothing", () => {
    const env = kernelEnvOf(registry.make(id, { wrap: false }));
    env.reset({ seed: 3 });
    const turn = randomPolicy.begin(env, 3);
    for (let i = 0; i < 20; i++) turn.apply(turn.decide(null));
    const copy = kernelEnvOf(env.fork());
    const pressure = problem.pressure(env.kernel);
    expect(problem.pressure(copy.kernel)).toBe(pressure);
    expect(problem.pressure(env.kernel)).toBe(pressure);
  });
});
