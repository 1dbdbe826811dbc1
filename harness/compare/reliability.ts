import { group } from "d3-array";
import type { EvaluationRecord } from "./evaluation_record.ts";
import {
  bootstrapInterval,
  type Interval,
  interquartileMean,
  LEAST_UNITS,
  optimalityGap,
  performanceProfile,
} from "./statistics.ts";
import { workloadScores } from "./workload_scores.ts";

/** Resamples of a profile. Source: rliable, which takes 2,000 for profiles and 50,000 for single numbers. */
const PROFILE_REPETITIONS = 2000;

/**
 * Aggregates over training seeds and workloads, after Agarwal et al., "Deep RL at the edge of the statistical precipice" (2021). A run is
 * a training seed, a task a workload, a score that of `workloadScores`. Intervals are drawn over training seeds, with all
 * workloads of a seed together, because one policy played them all; environments are strata. Null for fewer than three seeds.
 */
export interface Reliability {
  interquartileMean: number;
  interquartileInterval: Interval | null;
  /** How far scores fall short of the bound; less is better. */
  optimalityGap: number;
  gapInterval: Interval | null;
  /** Scores by environment, seed and workload. */
  scores: number[][][];
}

/** What one policy did in one environment. */
export interface PolicyEpisodes {
  /** Test episodes, with all training seeds. */
  records: readonly EvaluationRecord[];
  /** Whether their scores are pooled, see `Problem.pooled`. */
  pooled: boolean;
}

/** @param environments the episodes of one policy in each */
export function reliabilityOf(...environments: readonly PolicyEpisodes[]): Reliability {
  const scores = environments.map(scoreMatrix);
  const all = scores.flat(2);
  // Fewer seeds than this in any environment say nothing about the next, however many there are in the others.
  const few = scores.some(({ length }) => length < LEAST_UNITS);
  const interval = (statistic: (values: readonly number[]) => number) =>
    few ? null : bootstrapInterval(scores, (seeds) => statistic(seeds.flat()));
  return {
    interquartileMean: interquartileMean(all),
    interquartileInterval: interval(interquartileMean),
    optimalityGap: optimalityGap(all),
    gapInterval: interval(optimalityGap),
    scores,
  };
}

/** Scores by training seed and workload; those of heuristics are of one seed. */
function scoreMatrix({ records, pooled }: PolicyEpisodes): number[][] {
  return [...group(records, ({ training_seed }) => training_seed).values()].map((own) =>
    workloadScores(own, pooled).map(({ score }) => score),
  );
}

/** A level and the share of scores above it. */
export interface ProfilePoint {
  level: number;
  share: number;
  /** 95 %; null without three seeds. */
  interval: Interval | null;
}

/** The performance profile of one policy. */
export function profileOf({ scores }: Reliability, levels: readonly number[]): ProfilePoint[] {
  const shares = performanceProfile(scores.flat(2), levels);
  const few = scores.some(({ length }) => length < LEAST_UNITS);
  return levels.map((level, i) => ({
    level,
    share: shares[i],
    interval: few
      ? null
      : bootstrapInterval(scores, (seeds) => performanceProfile(seeds.flat(), [level])[0], {
          repetitions: PROFILE_REPETITIONS,
        }),
  }));
}
