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

/** Resamples for a profile. Source: rliable, which takes 2,000 for profiles and 50,000 for single numbers. */
const PROFILE_REPETITIONS = 2000;

/**
 * Aggregates over training seeds and workloads, after Agarwal et al., "Deep RL at the edge of the statistical
 * precipice" (2021). A run is a training seed, a task is a workload, and `workloadScores` gives the scores. The
 * bootstrap draws training seeds, each with all its workloads, because one policy played them all; environments are
 * strata. Intervals are null for fewer than three seeds.
 */
export interface Reliability {
  interquartileMean: number;
  interquartileInterval: Interval | null;
  /** How far scores fall short of the bound on average, see `optimalityGap`; less is better. */
  optimalityGap: number;
  gapInterval: Interval | null;
  /** Scores by environment, seed and workload. */
  scores: number[][][];
}

/** The episodes of one policy in one environment. */
export interface PolicyEpisodes {
  /** Test episodes, with all training seeds. */
  records: readonly EvaluationRecord[];
  /** Whether their scores are pooled, see `Problem.pooled`. */
  pooled: boolean;
}

/** Aggregates of one policy. @param environments its episodes in each environment */
export function reliabilityOf(...environments: readonly PolicyEpisodes[]): Reliability {
  const scores = environments.map(scoreMatrix);
  const all = scores.flat(2);
  // With too few seeds in one environment there is no interval, however many seeds the others have.
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

/** Scores by training seed and workload. Those of heuristics count as one seed. */
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

/** The performance profile of one policy: its share of scores above each of the levels. */
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
