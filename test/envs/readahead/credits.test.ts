import { describe, expect, it } from "vitest";
import type { Credits, Info } from "../../../gym/env.ts";
import { createDecision, type ReadaheadDecision } from "../../../kernel/readahead/decision.ts";
import { SWAPPED } from "../../../kernel/readahead/view.ts";
import { workloadOf } from "../../kernel/readahead/fixtures.ts";
import { CREDITED, expectCreditsToAddUp } from "./credit_sums.ts";
import { ID, make, playOn, randomly, SYNC } from "./play.ts";

describe("credits", () => {
  const creditsOf = (info: Info) => info.credits as Credits;

  it.each([ID, SYNC])("are finite and speak of steps already taken (%s)", (id) => {
    for (const workload of ["mixed", "zstd-mt", "hotcold"]) {
      const env = make(id);
      env.reset({ seed: 6, options: { workload, accesses: 10_000 } });
      let step = 0;
      let earlier = 0;
      playOn(env, randomly(4), (info) => {
        const { steps, rewards } = creditsOf(info);
        expect(steps.length).toBe(rewards.length);
        for (const [i, of] of steps.entries()) {
          if (!(of >= 0 && of <= step)) throw new Error(`step ${step} speaks of step ${of}`);
          if (!Number.isFinite(rewards[i])) throw new Error(`step ${step} says ${rewards[i]} of step ${of}`);
          if (of < step) earlier++;
        }
        step++;
      });
      expect(earlier).toBeGreaterThan(0);
    }
  });

  /** Two scans over more pages than there are frames: in the second, every page is on the device until it is read. */
  const PAGES = 300;
  const scans = workloadOf([Array.from({ length: 2 * PAGES }, (_, i) => i % PAGES)], { pages: PAGES });

  function start(options: Record<string, unknown> = {}) {
    const env = make();
    env.reset({
      seed: 1,
      options: { workload: scans, frames: 0.3, device: "nvme", background: 0, fragmentation: 0, ...options },
    });
    const decision = createDecision();
    /** Reads the pages so far ahead of the one that faults now; returns what is then said of whom. */
    const read = (...ahead: number[]): Map<number, number[]> => {
      const { page, state } = env.kernel.view;
      const pages = ahead.map((distance) => page + distance);
      for (const wanted of pages) expect(state[wanted]).toBe(SWAPPED);
      decision.pages.set(pages);
      decision.count = pages.length;
      const said = new Map<number, number[]>();
      const { steps, rewards } = creditsOf(env.decide(decision).info);
      for (const [i, step] of steps.entries()) said.set(step, [...(said.get(step) ?? []), rewards[i]]);
      return said;
    };
    return { env, decision, read };
  }

  it("go to the step that read a page, when the page is used", () => {
    const { read } = start();
    const [first, second, third] = [read(3), read(), read()];
    // What the page cost is said at once, what it was worth when the thread reaches it, three pages later.
    expect([...first.keys()]).toEqual([0]);
    expect([...second.keys()]).toEqual([1]);
    expect([...third.keys()].sort()).toEqual([0, 2]);
    expect(first.get(0)![0]).toBeLessThan(0);
    expect(third.get(0)![0]).toBeGreaterThan(0.5);
    expect(second.get(1)![0]).toBeCloseTo(0, 12);
  });

  it("are one for each page used, and none for a page that is not", () => {
    const { read } = start();
    const said = read(1, 2, 3);
    // The step's own price, and three hits before the next fault.
    expect(said.get(0)).toHaveLength(4);
    expect(said.get(0)!.filter((reward) => reward > 0)).toHaveLength(3);
    const wasted = start();
    // The second scan is over before page 250 would come twice; reading it again and again is never worth anything.
    const total = [...wasted.read(100)].flatMap(([, rewards]) => rewards);
    expect(total).toHaveLength(1);
    expect(total[0]).toBeLessThan(0);
  });

  it("say less of a page that arrives late than of one that is there", () => {
    // The page that is used next comes last of forty.
    const late = start().read(...Array.from({ length: 40 }, (_, i) => 40 - i));
    const { read } = start();
    read(3);
    read();
    const early = read();
    expect(late.get(0)![0]).toBeLessThan(early.get(0)![0] - 0.3);
  });

  it("charge a decision its own time", () => {
    const { env, decision, read } = start();
    decision.microseconds = env.costPerReward / 4;
    expect(read().get(0)![0]).toBeCloseTo(-0.25, 6);
  });

  it("charge pages that keep the bus with the time for which they hold up a fault", () => {
    const { env, read } = start({ latency_us: 10, page_us: 50 });
    read(...Array.from({ length: 30 }, (_, i) => 10 + i));
    const before = env.kernel.charged("device");
    const said = read().get(0)!;
    const waited = env.kernel.charged("device") - before;
    expect(waited).toBeGreaterThan(1000);
    const charged = said.reduce((sum, reward) => sum - reward * env.costPerReward, 0);
    expect(charged).toBeCloseTo(waited - 60, 1);
  });

  it("do not pay for pages that would still be there, had nothing been read ahead", () => {
    // A region that nobody comes back to pushes out 60 pages that are used all the time; they are read ahead in their turn.
    const hot = Array.from({ length: 60 }, (_, i) => i);
    const cold = Array.from({ length: 600 }, (_, i) => 60 + i);
    const workload = workloadOf([[...cold, ...Array.from({ length: 300 }, (_, i) => [...hot, cold[i]]).flat()]]);
    const env = make();
    env.reset({ seed: 1, options: { workload, frames: 0.15, device: "nvme", background: 0 } });
    const decision: ReadaheadDecision = createDecision();
    while (env.kernel.view.counters.decisions < 100) {
      const { page, state } = env.kernel.view;
      const swapped = (candidate: number) => candidate !== page && state[candidate] === SWAPPED;
      const pages = [...hot.filter(swapped).slice(0, 8), ...cold.toReversed().filter(swapped).slice(0, 32)];
      decision.pages.set(pages);
      decision.count = pages.length;
      for (const reward of creditsOf(env.decide(decision).info).rewards) expect(reward).toBeLessThan(0);
    }
    expect(env.metrics().ra_hit).toBeGreaterThan(50);
  });

  it.each(CREDITED)("add up to about what a policy gains over reading nothing (%s)", (workload) => {
    expectCreditsToAddUp(workload, [1]);
  });
});
