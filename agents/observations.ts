import type { RunningMoments } from "../gym/running_moments.ts";
import { copyNumbers } from "./copy_numbers.ts";

/** Normalised observations are clipped to this many standard deviations, as CleanRL and Stable-Baselines3 do. */
export const OBSERVATION_CLIP = 10;

/**
 * Adds observations to running statistics; does nothing when there are none.
 *
 * @param moments may be of fewer numbers than one observation: then the equal parts of an observation share them
 * @param observations one after another
 */
export function updateMoments(moments: RunningMoments | null, observations: Float32Array): void {
  moments?.update(observations, observations.length / moments.size);
}

/**
 * Copies `rows` observations of `size` numbers each, as a network reads them: normalised and clipped by `moments`, or
 * unchanged when that is null.
 *
 * @param moments may be of fewer numbers than one observation: then the equal parts of an observation share them
 */
export function copyObservations(
  moments: RunningMoments | null,
  size: number,
  from: Float32Array,
  fromOffset: number,
  rows: number,
  to: Float32Array,
  toOffset: number,
): void {
  if (moments === null) {
    copyNumbers(from, fromOffset, to, toOffset, rows * size);
  } else {
    moments.normaliseInto(from, fromOffset, (rows * size) / moments.size, to, toOffset, OBSERVATION_CLIP);
  }
}
