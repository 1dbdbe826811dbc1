import { describe, expect, it } from "vitest";
import type { CongestionWorkload } from "../../../kernel/congestion/workload.ts";
import { congestionWorkloads } from "../../../workloads/congestion/catalog.ts";
import { handRule, heuristic, make, type Policy, playOn, randomly } from "./play.ts";

const ALL = "ecn,int,remaining,senders";

interface Shown {
  /** ns. */
  time: number;
  observation: Float32Array;
  mask: Uint8Array;
  reward: Float32Array | null;
}

/** What is observed and earned, step by step. */
function shown(
  workload: string | CongestionWorkload,
  policy: Policy,
  seed: number,
  more: Record<string, unknown> = {},
) {
  const env = make();
  env.reset({ seed, options: { workload, information: ALL, ...more } });
  const look = (reward: Float32Array | null): Shown => ({
    time: env.kernel.time,
    observation: env.observe(),
    mask: env.actionMask(),
    reward,
  });
  const all = [look(null)];
  playOn(env, policy, (_, reward) => all.push(look(reward)));
  return all;
}

const POLICIES: Readonly<Record<string, () => Policy>> = { rule: handRule, random: () => randomly(1) };

/** Workloads in which something starts by itself later on. */
const WORKLOADS = ["websearch", "alistorage", "bursts", "staggered", "long-short", "smc", "smc-mix", "two-senders"];

/** The first step at which two worlds differ, -1 when none does. */
function firstDifference(one: readonly Shown[], other: readonly Shown[]): number {
  const bytes = (array: Float32Array | Uint8Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const same = (a: Float32Array | Uint8Array, b: Float32Array | Uint8Array) => bytes(a).equals(bytes(b));
  const none = new Float32Array(0);
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined || a.time !== b.time) return i;
    if (!same(a.observation, b.observation) || !same(a.mask, b.mask)) return i;
    if (!same(a.reward ?? none, b.reward ?? none)) return i;
  }
  return -1;
}

const before = (all: readonly Shown[], time: number) => all.filter((one) => one.time < time);

/** Two worlds are the same up to a time, and differ after it. Returns the steps until then. */
function compare(plain: readonly Shown[], altered: readonly Shown[], until: number): number {
  const first = before(plain, until);
  expect(firstDifference(first, before(altered, until))).toBe(-1);
  expect(firstDifference(plain, altered)).not.toBe(-1);
  return first.length;
}

describe.each(WORKLOADS)("what is to come in %s", (workload) => {
  it("does not show in any observation, mask or reward before", () => {
    let compared = 0;
    for (const [seed, name] of Object.keys(POLICIES).entries()) {
      const plain = shown(workload, POLICIES[name](), seed);
      const last = lastStart(workload, seed);
      for (const share of [0.3, 0.7]) {
        const alter_after = Math.floor((share * last) / 1000);
        const altered = shown(workload, POLICIES[name](), seed, { alter_after });
        compared += compare(plain, altered, 1000 * alter_after);
      }
    }
    expect(compared).toBeGreaterThan(10);
  });
});

/** When the last message or request of an episode starts by itself, ns. */
function lastStart(name: string, seed: number): number {
  const env = make();
  env.reset({ seed, options: { workload: name } });
  const { messages, smc } = env.kernel.scenario.workload;
  return [...messages.filter(({ after }) => after < 0), ...(smc?.requests ?? [])].reduce(
    (last, { start }) => Math.max(last, start),
    0,
  );
}

it("how large a message is does not show before it begins, nor after it without `remaining`", () => {
  const { open } = congestionWorkloads.find(({ name }) => name === "websearch")!;
  const workload = open(3, { durationNs: 300_000 });
  const last = workload.messages.at(-1)!;
  const until = last.start;
  const larger = {
    ...workload,
    messages: [...workload.messages.slice(0, -1), { ...last, bytes: last.bytes + 500_000 }],
  };
  const limit_us = 10_000;
  const [plain, altered] = [workload, larger].map((one) => shown(one, handRule(), 3, { limit_us }));
  expect(compare(plain, altered, until)).toBeGreaterThan(20);
  const seenAt = (information: string) =>
    [workload, larger].map(
      (one) => shown(one, handRule(), 3, { information, limit_us }).find(({ time }) => time >= until)!.observation,
    );
  const [untold, untoldLarger] = seenAt("ecn,int,senders");
  expect(untoldLarger).toEqual(untold);
  const [told, toldLarger] = seenAt("remaining");
  expect(toldLarger).not.toEqual(told);
});

it("what starts later is altered for programs too, and what came before is not", () => {
  for (const workload of ["websearch", "smc"]) {
    const [plain, altered] = [{}, { alter_after: 300 }].map((options) => {
      const env = make();
      env.reset({ seed: 2, options: { workload, ...options } });
      playOn(env, heuristic("delay-target"));
      return env.kernel;
    });
    expect(altered.cost).not.toBe(plain.cost);
    const ended = (kernel: typeof plain) =>
      [...kernel.messages.finished, ...kernel.messages.answered].filter((time) => time >= 0 && time <= 300_000);
    expect(ended(plain).length).toBeGreaterThan(2);
    expect(ended(altered)).toEqual(ended(plain));
  }
});
