import type { EnvSpec, Split } from "../../gym/env.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import type { Settings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";

/** The coordinates of one episode. */
export interface Episode {
  /** Name of the workload; null in an environment without workloads. */
  workload: string | null;
  seed: number;
  /** Number of the episode on its workload, from 0. */
  episode: number;
}

/** Which episodes to play. */
export interface EpisodeChoice {
  /** Episodes of each workload. */
  episodes: number;
  /** Seed of the first episode; by default the first seed of the split's range. */
  firstSeed?: number;
  /** Settings of the environment in all episodes. */
  options?: Settings;
  /** Whether agents play every episode a second time, charged the measured time of their decisions. Default false. */
  charge?: boolean;
}

/**
 * The episodes of a split, workload after workload. Each episode has its own seed, because the environment draws
 * machine and load from the seed: this way there are as many of them as episodes.
 *
 * @throws UsageError when a seed lies outside the split's range
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
