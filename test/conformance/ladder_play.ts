import { expect } from "vitest";
import { Ladder, type LadderCommand } from "../../harness/ladder/ladder.ts";
import { RunCache } from "../../harness/ladder/run_cache.ts";
import type { LadderRun } from "../../harness/ladder/totals.ts";
import { problems } from "../../harness/problems/index.ts";

/** Settings that make runs short, and how many of them there are. */
export const SHORT: Readonly<Record<string, { options: string[]; runs: number }>> = {
  "ring0/Tiering-v1": { options: ["pages=256"], runs: 24 },
  "ring0/Readahead-v1": { options: ["accesses=15000"], runs: 24 },
  "ring0/ReadaheadSync-v1": { options: ["accesses=15000"], runs: 24 },
  "ring0/GpuPreemption-v1": { options: ["duration_ms=150"], runs: 16 },
  "ring0/CongestionControl-v1": { options: ["mtuPerChunk=4"], runs: 16 },
};

export const ids = problems.map(({ id }) => id);
const caches = new Map(ids.map((id) => [id, new RunCache()]));

/** Plays scenarios of one environment on the same few runs, each of which is played once. */
export function play(env: string, command: Partial<LadderCommand>, blocks: number, seed = 0): LadderRun {
  const { options, runs } = SHORT[env];
  const run = new Ladder({ env, policy: "reference", options, runs, ...command }, caches.get(env)).begin(seed, blocks);
  while (run.next());
  return run.result();
}

/** A bad policy is never promoted, and trying it costs hardly anything. */
export function expectBadPolicyKeptDown(env: string, seeds: readonly number[]): void {
  const runs = seeds.map((seed) => play(env, { scenario: "bad", policy: undefined }, 200, seed));
  expect(runs.filter(({ totals }) => totals.promotions > 0)).toHaveLength(0);
  for (const { totals } of runs) {
    expect(totals.regret).toBeLessThanOrEqual(0.02);
    expect(totals.regret_after_attempt ?? 0).toBeLessThanOrEqual(0.005);
  }
}
