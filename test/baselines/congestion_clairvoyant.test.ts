import { describe, expect, it } from "vitest";
import { ClairvoyantReference } from "../../baselines/congestion/clairvoyant_reference.ts";
import { fairShare } from "../../baselines/congestion/fair_share.ts";
import { MaxMin } from "../../baselines/congestion/max_min.ts";
import { Paths } from "../../kernel/congestion/paths.ts";
import { MOST_HOPS } from "../../kernel/congestion/topology.ts";
import { playCongestion, startedCongestion } from "./congestion_run.ts";

/** Rates of queue pairs with these paths and weights, on links with these rates. */
function shared(rates: readonly number[], paths: readonly number[][], weights: readonly number[]): number[] {
  const table = new Paths();
  table.grow(paths.length);
  paths.forEach((path, i) => {
    table.links.set(path, i * MOST_HOPS);
    table.length[i] = path.length;
  });
  const maxMin = new MaxMin(Float64Array.from(rates));
  maxMin.share(Int32Array.from(paths.keys()), paths.length, Float64Array.from(weights), table);
  return [...maxMin.rate].slice(0, paths.length);
}

describe("max-min fair rates", () => {
  it("are equal on one link, and in proportion to weights", () => {
    expect(shared([12], [[0], [0], [0]], [1, 1, 1])).toEqual([4, 4, 4]);
    expect(shared([12], [[0], [0], [0]], [1, 2, 3])).toEqual([2, 4, 6]);
  });

  it("give what one cannot use to the others", () => {
    // The long one shares both links, the second of which three others want.
    expect(shared([12, 8], [[0, 1], [0], [1], [1], [1]], [1, 1, 1, 1, 1])).toEqual([2, 10, 2, 2, 2]);
  });

  it("never give more than a link has, whatever the weights", () => {
    const rates = [10, 7, 3];
    const paths = [[0], [0, 1], [1, 2], [2], [0, 2]];
    for (const spread of [1, 1e3, 1e12]) {
      const given = shared(rates, paths, [1, spread, 1 / spread, 2, 3]);
      rates.forEach((rate, link) => {
        const sum = given.reduce((total, value, i) => total + (paths[i].includes(link) ? value : 0), 0);
        expect(sum).toBeLessThan(rate * (1 + 1e-9));
      });
    }
  });
});

describe("the clairvoyant reference", () => {
  it("is at least as good as equal shares of the last link, and no better than the bound", () => {
    for (const name of ["incast-200", "staggered", "websearch", "ring", "parking-lot", "smc"]) {
      const kernel = startedCongestion(name, 3);
      const reference = new ClairvoyantReference(kernel);
      while (!kernel.done) kernel.decide(reference.decide());
      kernel.checkInvariants();
      expect(kernel.cost, name).toBeGreaterThanOrEqual(0);
      expect(kernel.cost, name).toBeLessThan(playCongestion(name, 3, fairShare.create({})).cost + 0.01);
    }
  });

  it("plays the same again", () => {
    const costs = [0, 1].map(() => {
      const kernel = startedCongestion("staggered", 5);
      const reference = new ClairvoyantReference(kernel);
      while (!kernel.done) kernel.decide(reference.decide());
      return kernel.cost;
    });
    expect(costs[0]).toBe(costs[1]);
  });
});
