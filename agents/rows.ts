import type { RunningMoments } from "../gym/running_moments.ts";
import { createRows, type Space } from "../gym/spaces.ts";

/** Normalised observations are clipped to this many standard deviations, as CleanRL and Stable-Baselines3 do. */
const OBSERVATION_CLIP = 10;

/** Takes observations into account that stand one after another, in parts that share statistics where `moments` is smaller. */
export function updateMoments(moments: RunningMoments | null, observations: Float32Array): void {
  moments?.update(observations, observations.length / moments.size);
}

/**
 * Copies `rows` observations of `size` numbers, normalised and clipped by `moments`, or as they are where it is null.
 * Where `moments` is of fewer numbers, the parts of an observation share them.
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
  if (moments !== null) {
    moments.normaliseInto(from, fromOffset, (rows * size) / moments.size, to, toOffset, OBSERVATION_CLIP);
    return;
  }
  for (let i = 0; i < rows * size; i++) {
    to[toOffset + i] = from[fromOffset + i];
  }
}

/** Writes what `Env.observe` returned as `rows` flattened observations one after another. */
export function flattenRows(space: Space<unknown>, value: unknown, rows: number, out: Float32Array): void {
  if (rows === 1) {
    space.flattenInto(value, out, 0);
  } else {
    out.set(value as ArrayLike<number>);
  }
}

/** What `Env.step` expects, from `rows` flattened actions: an element with one row, the array of `createRows` with more. */
export function unflattenRows(space: Space<unknown>, flat: Float32Array, rows: number): unknown {
  if (rows === 1) {
    return space.unflatten(flat);
  }
  const actions = createRows(space, rows);
  actions.set(flat);
  return actions;
}

/** A step's reward: with several rows their mean. */
export function meanReward(reward: unknown): number {
  if (typeof reward === "number") {
    return reward;
  }
  const rows = reward as Float32Array;
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += rows[row];
  return sum / rows.length;
}
