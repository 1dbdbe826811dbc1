import { expect } from "vitest";
import type { Credits } from "../../../gym/env.ts";
import { CANDIDATES, FEATURES } from "../../../kernel/readahead/candidates.ts";
import { always, make, type Policy, playOn, randomly, STOCK } from "./play.ts";

/** Programs whose credits are summed. */
export const CREDITED = ["stencil", "trie", "pagerank", "kmerge", "tcc", "hotcold", "log-replay", "mixed"];

/** The credits of policies add up to about what they gain over reading nothing. */
export function expectCreditsToAddUp(workload: string, seeds: readonly number[]): void {
  const column = FEATURES.indexOf("what a global history buffer would choose");
  const history: Policy = (env) => {
    const rows = env.observe();
    return CANDIDATES.findIndex((_, i) => rows[i * FEATURES.length + column] === 1);
  };
  const options = { workload, accesses: 30_000 };
  for (const seed of seeds) {
    const [alone, ...others] = [always(0), always(STOCK), history, randomly(1)].map((policy) => {
      const env = make();
      env.reset({ seed, options });
      let credited = 0;
      const { cost, unit } = playOn(env, policy, (info) => {
        for (const reward of (info.credits as Credits).rewards) credited += reward;
      });
      return { credited, cost: cost / unit };
    });
    for (const { credited, cost } of others) {
      const error = credited - alone.credited - (alone.cost - cost);
      expect(Math.abs(error) / Math.max(alone.cost, cost)).toBeLessThan(0.15);
    }
  }
}
