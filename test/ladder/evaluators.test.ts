import { mean } from "d3-array";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../kernel/random.ts";
import { DefaultCosts, pairedAdvantage, switchbackAdvantage } from "../../ladder/evaluators.ts";
import { LossBudget } from "../../ladder/loss_budget.ts";

describe("pairedAdvantage", () => {
  it("is what the agent saves, as a share of what the default costs", () => {
    expect(pairedAdvantage(10, 8, 1)).toBeCloseTo(0.2, 12);
    expect(pairedAdvantage(10, 12, 1)).toBeCloseTo(-0.2, 12);
    expect(pairedAdvantage(10, 10, 1)).toBe(0);
  });

  it("lets no block count for more than 1, and cheap blocks for what they are worth", () => {
    expect(pairedAdvantage(10, 100, 1)).toBe(-1);
    expect(pairedAdvantage(0, 0, 1)).toBe(0);
    expect(pairedAdvantage(0, 0.5, 1)).toBeCloseTo(-0.5, 12);
    expect(pairedAdvantage(0, 0, 0)).toBe(0);
  });
});

describe("switchbackAdvantage", () => {
  it("is right in the mean over coins", () => {
    const random = randomStream(1, "test/switchback");
    const estimates = Array.from({ length: 40_000 }, () => {
      const agent = random.next() < 0.1;
      // Costs vary with the workload, between 0.5 and 1.5; the agent saves a fifth of the mean.
      return switchbackAdvantage(agent, random.uniform(0.5, 1.5) - (agent ? 0.2 : 0), 0.1, 1);
    });
    expect(mean(estimates)).toBeGreaterThan(0.17);
    expect(mean(estimates)).toBeLessThan(0.23);
  });
});

describe("DefaultCosts", () => {
  it("knows mean and tail of what it was told", () => {
    const costs = new DefaultCosts();
    expect([costs.count, costs.mean, costs.tail]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
    for (let i = 1; i <= 100; i++) costs.add(i);
    expect([costs.count, costs.mean, costs.tail]).toEqual([100, 50.5, 100]);
    for (let i = 0; i < 256; i++) costs.add(3);
    expect(costs.tail).toBe(3);
  });
});

describe("LossBudget", () => {
  it("is exceeded by what was lost in all, less what was gained", () => {
    const budget = new LossBudget(0.1);
    expect(budget.exceeded(true)).toBe(false);
    budget.spend(10);
    budget.lose(1);
    expect(budget.exceeded(true)).toBe(false);
    budget.lose(0.5);
    expect(budget.exceeded(true)).toBe(true);
    budget.lose(-1);
    expect(budget.exceeded(true)).toBe(false);
  });

  it("with estimates, only when it is certain", () => {
    const budget = new LossBudget(0.1);
    budget.spend(10);
    budget.lose(4);
    expect([budget.exceeded(true), budget.exceeded(false)]).toEqual([true, false]);
    for (const loss of [-3, 4, -2, 5, -3, 4, -2]) budget.lose(loss);
    expect([budget.exceeded(true), budget.exceeded(false)]).toEqual([true, false]);
    for (let i = 0; i < 40; i++) budget.lose(2);
    expect(budget.exceeded(false)).toBe(true);
  });
});
