import { describe, expect, it } from "vitest";
import { QUIET } from "../../../kernel/readahead/candidates.ts";
import { workloadOf } from "../../kernel/readahead/fixtures.ts";
import { always, candidate, play, STOCK } from "./play.ts";

describe("cannot be gamed:", () => {
  const episode = { accesses: 10_000, device: "nvme", background: 0.5, frames: 0.25 };
  const stock = () => always(STOCK);

  it.each([
    ["idling: never read ahead", "mixed", always(0), {}],
    ["silence: not even decide", "mixed", always(QUIET), {}],
    ["greed: read as much as there is, whoever waits for the bus", "hotcold", always(candidate("vma 32")), {}],
    ["stalling: take long to decide", "mixed", stock(), { decision_us: 100 }],
  ] as const)("%s", (_, workload, policy, options) => {
    const honest = play(stock(), { ...episode, workload });
    const trick = play(policy, { ...episode, workload, ...options });
    expect(trick.metrics.accesses).toBe(honest.metrics.accesses);
    expect(trick.cost).toBeGreaterThan(honest.cost);
    expect(trick.return).toBeLessThan(honest.return);
  });

  it("others that wait for the bus count as much as the program itself", () => {
    const [modest, greedy] = [stock(), always(candidate("vma 32"))].map(
      (policy) => play(policy, { ...episode, workload: "hotcold" }).metrics,
    );
    expect(greedy.inflicted_us).toBeGreaterThan(2 * modest.inflicted_us);
    for (const { cost_us, stall_us, inflicted_us } of [modest, greedy]) {
      expect(cost_us).toBeCloseTo(stall_us + inflicted_us, 6);
    }
  });

  it("starving one side: a thread that is left to fault is charged what it waits", () => {
    const scan = (first: number) => Array.from({ length: 1200 }, (_, i) => first + (i % 300));
    const options = { workload: workloadOf([scan(0), scan(300)]), frames: 0.3, device: "nvme", background: 0 };
    const both = play(stock(), options);
    const one = play((env) => (env.kernel.view.thread === 0 && env.actionMask()[STOCK] === 1 ? STOCK : 0), options);
    expect(one.metrics.accesses).toBe(both.metrics.accesses);
    expect(one.cost).toBeGreaterThan(1.5 * both.cost);
    expect(one.return).toBeLessThan(both.return);
  });
});
