import type { RandomStream } from "../../kernel/random.ts";
import { sampleAction } from "../action.ts";
import type { AnyEnv, Info, ResetOptions } from "../env.ts";
import { flattenRows } from "../rows.ts";

/** A copy of what an environment showed at one moment, to compare it with another run. */
export interface Frame {
  /** Observations of all rows, flattened. */
  observation: Float32Array;
  /** Rewards of all rows; all 0 for a reset. */
  rewards: Float64Array;
  terminated: boolean;
  truncated: boolean;
  mask: Uint8Array | null;
  info: Info;
}

/** Starts an episode and returns its first frame. */
export function resetFrame(env: AnyEnv, options?: ResetOptions): Frame {
  const { observation, info } = env.reset(options);
  return {
    observation: flatten(env, observation),
    rewards: new Float64Array(env.rows),
    terminated: false,
    truncated: false,
    mask: copyMask(env),
    info: structuredClone(info),
  };
}

/** Takes one step and returns the frame after it. */
export function stepFrame(env: AnyEnv, action: unknown): Frame {
  const { observation, reward, terminated, truncated, info } = env.step(action);
  return {
    observation: flatten(env, observation),
    rewards: typeof reward === "number" ? Float64Array.of(reward) : Float64Array.from(reward),
    terminated,
    truncated,
    // After the end there is no decision to mask.
    mask: terminated || truncated ? null : copyMask(env),
    info: structuredClone(info),
  };
}

/** Takes `steps` random legal steps. Where an episode ends, it starts the next one without a seed. */
export function play(env: AnyEnv, random: RandomStream, steps: number): Frame[] {
  const frames: Frame[] = [];
  for (let i = 0; i < steps; i++) {
    const frame = stepFrame(env, sampleAction(env, random));
    frames.push(frame);
    if (ended(frame)) {
      frames.push(resetFrame(env));
    }
  }
  return frames;
}

/** Takes random legal steps until the episode ends, at most `steps`. */
export function playEpisode(env: AnyEnv, random: RandomStream, steps: number): Frame[] {
  const frames: Frame[] = [];
  while (frames.length < steps) {
    const frame = stepFrame(env, sampleAction(env, random));
    frames.push(frame);
    if (ended(frame)) {
      break;
    }
  }
  return frames;
}

/** Whether the episode ended with this frame. */
export function ended(frame: Frame): boolean {
  return frame.terminated || frame.truncated;
}

/** Where two runs first differ, as text; null when they are equal to the bit. It does not compare infos. */
export function firstDifference(a: readonly Frame[], b: readonly Frame[]): string | null {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = frameDifference(a[i], b[i]);
    if (difference !== null) {
      return `at frame ${i}, ${difference}`;
    }
  }
  return a.length === b.length ? null : `one run has ${a.length} frames, the other ${b.length}`;
}

function frameDifference(a: Frame, b: Frame): string | null {
  return (
    arrayDifference("observation", a.observation, b.observation) ??
    arrayDifference("reward", a.rewards, b.rewards) ??
    arrayDifference("mask", a.mask ?? [], b.mask ?? []) ??
    (a.terminated === b.terminated ? null : `terminated is ${a.terminated} and ${b.terminated}`) ??
    (a.truncated === b.truncated ? null : `truncated is ${a.truncated} and ${b.truncated}`)
  );
}

/** Where two arrays first differ, as text; null when they are equal to the bit. */
export function arrayDifference(name: string, a: ArrayLike<number>, b: ArrayLike<number>): string | null {
  if (a.length !== b.length) {
    return `${name} has ${a.length} and ${b.length} numbers`;
  }
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) {
      return `${name}[${i}] is ${a[i]} and ${b[i]}`;
    }
  }
  return null;
}

/** A copy of the observations of all rows as one array. */
export function flatten(env: AnyEnv, observation: unknown): Float32Array {
  const flat = new Float32Array(env.rows * env.observationSpace.size);
  flattenRows(env.observationSpace, observation, env.rows, flat);
  return flat;
}

function copyMask(env: AnyEnv): Uint8Array | null {
  return env.actionMask()?.slice() ?? null;
}
