import type { EnvSpec, Split } from "../../gym/env.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import type { Settings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";

/** Where and with what an episode is played. */
export interface Episode {
  workload: string | null;
  seed: number;
  episode: number;
}

/** Which episodes to play. */
export interface EpisodeChoice {
  /** Episodes of each workload. */
  episodes: number;
  /** Seed of the first one; the first of the split's range by default. */
  firstSeed?: number;
  /** Settings of the environment in all of them. */
  options?: Settings;
  /** Whether agents play every episode again, charged the time their decisions took. Default false. */
  charge?: boolean;
}

/**
 * The episodes of a split: workload after workload, each episode with a seed of its own, so that the machines and loads
 * that are drawn from seeds are as many as the episodes.
 *
 * @throws UsageError when a seed is outside the split's range
 */
export function episodesOf(spec: EnvSpec, split: Split, { episodes, firstSeed }: EpisodeChoice): Episode[] {
  const names = spec.workloads.filter((workload) => workload.split === split).map(({ name }) => name);
  const workloads = names.length > 0 ? names : [null];
  const [first, end] = SEED_RANGES[split];
  const start = firstSeed ?? first;
  const count = episodes * workloads.length;
  if (start < first || start + count > end) {
    throw new UsageError(
      `seeds of the split ${split} are ${first} to ${end - 1}; ${count} episodes from ${start} on are not among them`,
    );
  }
  return Array.from({ length: count }, (_, i) => ({
    workload: workloads[Math.floor(i / episodes)],
    seed: start + i,
    episode: i % episodes,
  }));
}
