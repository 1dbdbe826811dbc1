import { describe, expect, it } from "vitest";
import { GPU_FEATURES } from "../../../envs/gpu/observation.ts";
import type { GpuGroup, GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { gpuWorkloads } from "../../../workloads/gpu/catalog.ts";
import { always, make, type Policy, playOn, randomly } from "./play.ts";

/** Requests of each group that are the same in both worlds. */
const SAME = 3;

/** The catalogue's workload, and one whose requests from number `SAME` on are altered. */
function worlds(name: string, seed: number, alter: (group: GpuGroup) => Partial<GpuGroup>): GpuWorkload[] {
  const workload = gpuWorkloads.find((one) => one.name === name)!.open(seed, { durationNs: 60_000_000 });
  return [workload, { ...workload, groups: workload.groups.map((group) => ({ ...group, ...alter(group) })) }];
}

/** The lengths of requests from number `SAME` on times `factor`; those of one that repeats every few are written out. */
const later = (lengths: Float64Array, factor: number) =>
  Float64Array.from({ length: 1000 }, (_, i) => lengths[i % lengths.length] * (i < SAME ? 1 : factor));

/** What is observed, step by step, and at which of them a request that differs has come to the front of its group. */
function observed(workload: GpuWorkload, policy: Policy, seed: number) {
  const env = make();
  const { observation } = env.reset({ seed, options: { workload } });
  const seen = [observation];
  const masks = [env.actionMask()];
  let differs = Number.POSITIVE_INFINITY;
  playOn(env, policy, () => {
    const { completed } = env.kernel.view;
    if (completed.some((count) => count >= SAME)) differs = Math.min(differs, seen.length);
    seen.push(env.observe());
    masks.push(env.actionMask());
  });
  return { seen, masks, differs };
}

const POLICIES: Readonly<Record<string, () => Policy>> = {
  plain: () => always({}, {}),
  reserving: () => always({ reserve: "tight", order: "high" }, { means: "disable" }),
  random: () => randomly(1),
};

describe.each(["pair-mixed", "llm-conv-pair", "open-effort", "decode"])("what is to come in %s", (name) => {
  it.each([
    ["lengths", (group: GpuGroup) => ({ scales: later(group.scales, 2) })],
    ["declared lengths", (group: GpuGroup) => ({ declared: later(group.declared, 3) })],
  ] as const)("does not show in any observation before: %s", (_, alter) => {
    let compared = 0;
    for (let seed = 0; seed < 3; seed++) {
      for (const policy of Object.values(POLICIES)) {
        const [a, b] = worlds(name, seed, alter).map((workload) => observed(workload, policy(), seed));
        expect(b.differs).toBe(a.differs);
        const until = Math.min(a.differs, a.seen.length);
        expect(b.seen.slice(0, until)).toEqual(a.seen.slice(0, until));
        expect(b.masks.slice(0, until)).toEqual(a.masks.slice(0, until));
        compared += until;
        if (a.differs < a.seen.length) expect(b.seen).not.toEqual(a.seen);
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});

it("how much work arrives in all does not show at the start", () => {
  const [workload] = worlds("crowd", 1, () => ({}));
  const thinned = workload.groups.map((group) => ({ ...group, arrivals: group.arrivals?.slice(0, 1) ?? null }));
  const [all, few] = [workload, { ...workload, groups: thinned }].map((one) => {
    const env = make();
    return env.reset({ seed: 1, options: { workload: one } }).observation;
  });
  expect(few).toEqual(all);
});

it("what alter_after alters shows in what is observed, and not before it", () => {
  for (const workload of ["crowd", "llm-conv-pair"]) {
    const shownWith = (options: Record<string, unknown>) => {
      const env = make();
      env.reset({ seed: 2, options: { workload, duration_ms: 100, ...options } });
      const shown: { position: number; observation: Float32Array }[] = [];
      playOn(env, always({}, {}), ({ position }) => {
        shown.push({ position: position as number, observation: env.observe() });
      });
      return shown;
    };
    const plain = shownWith({});
    const alter_after = plain[50].position;
    const altered = shownWith({ alter_after });
    const [first, second] = [plain, altered].map((shown) => shown.filter(({ position }) => position < alter_after));
    expect(first.length).toBeGreaterThan(30);
    expect(second).toEqual(first);
    expect(altered.at(-1)!.observation).not.toEqual(plain.at(-1)!.observation);
  }
});

it("an observation is finite and within its limits, and 0 in rows that are no group", () => {
  for (const name of ["crowd", "llm-conv-pair", "long-kernels", "tenants"]) {
    const env = make();
    env.reset({ seed: 3, options: { workload: name, duration_ms: 60 } });
    const { groups } = env.kernel.view;
    playOn(env, randomly(2), () => {
      const observation = env.observe();
      expect(observation.every((value) => value >= -10 && value <= 10)).toBe(true);
      expect(observation.subarray(groups * GPU_FEATURES).every((value) => value === 0)).toBe(true);
    });
  }
});
