import { describe, expect, it } from "vitest";
import { createDecision, type GpuDecision } from "../../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import { randomScenario, scramble, started } from "./fixtures.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

/** All visible state of a run. */
function snapshot(kernel: GpuKernel): unknown {
  return structuredClone({
    view: kernel.view,
    ledger: { ...kernel.ledger },
    costs: { ...kernel.costs },
    cost: kernel.cost,
    operations: kernel.controlOperations,
    timeouts: kernel.timeouts,
    done: kernel.done,
  });
}

/** Plays on. Returns a snapshot of every decision point. */
function trace(kernel: GpuKernel, decision: GpuDecision, random: RandomStream, points = 1e9): unknown[] {
  const seen: unknown[] = [];
  for (let i = 0; i < points && !kernel.done; i++) {
    scramble(decision, random, kernel.time);
    kernel.decide(decision);
    seen.push(snapshot(kernel));
  }
  return seen;
}

describe("a run", () => {
  it("repeats exactly for the same seed and decisions", () => {
    for (const seed of SEEDS.slice(0, 15)) {
      const run = () => {
        const kernel = started(randomScenario(seed), seed);
        return trace(kernel, createDecision(kernel.view.groups), randomStream(seed, "test/again"));
      };
      expect(run()).toEqual(run());
    }
  });

  it("differs for another seed", () => {
    const run = (seed: number) => {
      const kernel = started(randomScenario(3), seed);
      return trace(kernel, createDecision(kernel.view.groups), randomStream(3, "test/again"), 20);
    };
    expect(run(1)).not.toEqual(run(2));
  });

  it("does not change with additional decision points", () => {
    for (const seed of SEEDS) {
      const run = (between: number, notify: number) => {
        const kernel = started(randomScenario(seed), seed);
        const decision = createDecision(kernel.view.groups);
        const random = randomStream(seed, "test/often");
        // Changes come at fixed times, with no decisions in between.
        for (let change = 0; change < 20 && !kernel.done; change++) {
          scramble(decision, random, kernel.time);
          decision.notify = notify;
          const until = (change + 1) * 250_000;
          while (!kernel.done && kernel.time < until) {
            decision.wakeUp = between > 0 ? Math.min(until, kernel.time + between) : until;
            kernel.decide(decision);
            decision.preempt.fill(0);
            decision.reset.fill(0);
          }
        }
        while (!kernel.done) kernel.decide(decision);
        const { view, ...rest } = snapshot(kernel) as { view: Record<string, unknown> };
        return { ...rest, view: { ...view, event: null, eventGroup: null } };
      };
      const once = run(0, 0);
      expect(run(1777, 0)).toEqual(once);
      expect(run(0, 2)).toEqual(once);
      expect(run(20_001, 1)).toEqual(once);
    }
  });
});

describe("a copy of a run", () => {
  it("is exact, continues as the run does, and does not affect it", () => {
    for (const seed of SEEDS) {
      const random = randomStream(seed, "test/fork");
      const kernel = started(randomScenario(seed), seed);
      const decision = createDecision(kernel.view.groups);
      trace(kernel, decision, random, 1 + random.integer(60));
      const before = snapshot(kernel);
      const copy = kernel.fork();
      expect(snapshot(copy)).toEqual(before);
      const again = random.fork();
      const copied = trace(copy, structuredClone(decision), again);
      expect(snapshot(kernel)).toEqual(before);
      expect(trace(kernel, decision, random)).toEqual(copied);
      copy.checkInvariants();
    }
  });

  it("can be made before the first decision", () => {
    const kernel = started(randomScenario(5), 5);
    const copy = kernel.fork();
    const play = (one: GpuKernel) => trace(one, createDecision(one.view.groups), randomStream(5, "test/first"));
    expect(play(copy)).toEqual(play(kernel));
  });
});
