import type { NetworkPolicy } from "../../agents/network_policy.ts";
import type { Split } from "../../gym/env.ts";
import { flattenRows } from "../../gym/rows.ts";
import { alternatives, maskSize, type Space } from "../../gym/spaces.ts";
import { episodesOf } from "../evaluate/episodes.ts";
import { makeForPlay } from "../play/make_env.ts";
import type { Policy } from "../play/policy.ts";
import { yieldToEventLoop } from "../run/interrupt.ts";
import type { Settings } from "../run/settings.ts";

/** Most decisions that a recording keeps. Source: choice. */
const MOST_KEPT = 4096;

/** Decisions of a policy: what it observed, what it was allowed to do and what it did. */
export interface Recording {
  /** Number of decisions that are kept. */
  count: number;
  /** Numbers of an observation. */
  size: number;
  /** Entries of a mask; 0 when a decision that is asked for is free. */
  maskSize: number;
  /** Numbers of an action. */
  actionSize: number;
  /** [count, size] */
  observations: Float32Array;
  /** [count, maskSize] */
  masks: Uint8Array;
  /** [count, actionSize] */
  actions: Float32Array;
  /** Number of all decisions, kept or not. */
  decisions: number;
  /** Least and greatest value of each feature in all decisions; Infinity and -Infinity where there was none. */
  low: Float64Array;
  high: Float64Array;
  /** 1 for each feature that was the same for all allowed actions in every decision; 0 where there is no matrix. */
  shared: Uint8Array;
}

/** What to record. */
export interface RecordingOptions {
  split: Split;
  /** Episodes of each workload. */
  episodes: number;
  /** Settings of the environment beside the policy's own. */
  options?: Settings;
  signal?: AbortSignal;
  onEpisode?: (done: number, total: number) => void;
}

/**
 * Plays a policy greedily and records the decisions in which it had a choice. It keeps at most 4096 of them, evenly
 * over all episodes.
 *
 * @param features numbers of a row, or of an action where the observation is a matrix with a line for each action
 */
export async function record(
  { env: id, observationSpace, actionSpace }: Pick<NetworkPolicy, "env" | "observationSpace" | "actionSpace">,
  features: number,
  policy: Policy,
  { split, episodes, options, signal, onEpisode }: RecordingOptions,
): Promise<Recording> {
  const recorder = new Recorder(observationSpace.size, features, actionSpace);
  const env = makeForPlay(id, [split]);
  const all = episodesOf(env.spec, split, { episodes });
  const { rows } = env;
  const observations = new Float32Array(rows * observationSpace.size);
  const actions = new Float32Array(rows * actionSpace.size);
  try {
    for (const [done, { workload, seed }] of all.entries()) {
      const reset = { ...policy.options, ...options, ...(workload !== null && { workload }) };
      let { observation } = env.reset({ seed, options: reset }) as { observation: unknown };
      const turn = policy.begin(env, seed);
      for (let ended = false; !ended; ) {
        flattenRows(observationSpace, observation, rows, observations);
        const mask = env.actionMask();
        const choice = turn.decide(observation);
        flattenRows(actionSpace, choice, rows, actions);
        for (let row = 0; row < rows; row++) recorder.add(observations, mask, actions, row);
        const result = turn.apply(choice);
        observation = result.observation;
        ended = result.terminated || result.truncated;
      }
      onEpisode?.(done + 1, all.length);
      await yieldToEventLoop(signal);
    }
  } finally {
    env.close();
  }
  return recorder.recording();
}

/** Keeps every `stride`th decision, and doubles the stride when its arrays are full. */
class Recorder {
  readonly #size: number;
  readonly #features: number;
  /** Entries of a row's mask in the environment. */
  readonly #entries: number;
  readonly #counts: readonly number[];
  readonly #actionSize: number;
  readonly #observations: Float32Array;
  readonly #masks: Uint8Array;
  readonly #actions: Float32Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #shared: Uint8Array;
  #count = 0;
  #decisions = 0;
  #stride = 1;

  constructor(size: number, features: number, actionSpace: Space<unknown>) {
    this.#size = size;
    this.#features = features;
    this.#entries = maskSize(actionSpace);
    this.#counts = alternatives(actionSpace) ?? [];
    this.#actionSize = actionSpace.size;
    this.#observations = new Float32Array(MOST_KEPT * size);
    this.#masks = new Uint8Array(this.#counts.length === 0 ? 0 : MOST_KEPT * this.#entries);
    this.#actions = new Float32Array(MOST_KEPT * actionSpace.size);
    this.#low = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
    this.#high = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
    this.#shared = new Uint8Array(features).fill(size > features ? 1 : 0);
  }

  /** Adds the decision of a row, if it had a choice. */
  add(observations: Float32Array, mask: Uint8Array | null, actions: Float32Array, row: number): void {
    const from = row * this.#entries;
    if (mask !== null && !this.#hasChoice(mask, from)) return;
    this.#note(observations, row * this.#size, mask, from);
    if (this.#decisions++ % this.#stride !== 0) return;
    if (this.#count === MOST_KEPT) {
      this.#thin();
      // The decision that filled the arrays is kept only if the wider stride meets it.
      if ((this.#decisions - 1) % this.#stride !== 0) return;
    }
    const at = this.#count++;
    this.#observations.set(observations.subarray(row * this.#size, (row + 1) * this.#size), at * this.#size);
    this.#actions.set(actions.subarray(row * this.#actionSize, (row + 1) * this.#actionSize), at * this.#actionSize);
    if (this.#masks.length === 0) return;
    const to = at * this.#entries;
    if (mask === null) this.#masks.fill(1, to, to + this.#entries);
    else this.#masks.set(mask.subarray(from, from + this.#entries), to);
  }

  recording(): Recording {
    const masked = this.#masks.length > 0;
    return {
      count: this.#count,
      size: this.#size,
      maskSize: masked ? this.#entries : 0,
      actionSize: this.#actionSize,
      observations: this.#observations.subarray(0, this.#count * this.#size),
      masks: this.#masks.subarray(0, masked ? this.#count * this.#entries : 0),
      actions: this.#actions.subarray(0, this.#count * this.#actionSize),
      decisions: this.#decisions,
      low: this.#low,
      high: this.#high,
      shared: this.#shared,
    };
  }

  /** Whether the row decides now, and some choice has more than one legal alternative. */
  #hasChoice(mask: Uint8Array, from: number): boolean {
    if (this.#counts.length === 0) return mask[from] !== 0;
    let at = from;
    for (const count of this.#counts) {
      let legal = 0;
      for (let i = at; i < at + count; i++) legal += mask[i] === 0 ? 0 : 1;
      if (legal > 1) return true;
      at += count;
    }
    return false;
  }

  /** Notes the ranges of the features of an observation, and which are shared. Forbidden actions do not count. */
  #note(observations: Float32Array, from: number, mask: Uint8Array | null, maskFrom: number): void {
    const features = this.#features;
    const parts = this.#size / features;
    let first = -1;
    for (let part = 0; part < parts; part++) {
      if (parts > 1 && mask !== null && mask[maskFrom + part] === 0) continue;
      if (first < 0) first = part;
      for (let i = 0; i < features; i++) {
        const value = observations[from + part * features + i];
        if (value !== observations[from + first * features + i]) this.#shared[i] = 0;
        if (value < this.#low[i]) this.#low[i] = value;
        if (value > this.#high[i]) this.#high[i] = value;
      }
    }
  }

  /** Drops every second decision. */
  #thin(): void {
    for (const [array, width] of [
      [this.#observations, this.#size],
      [this.#masks, this.#masks.length / MOST_KEPT],
      [this.#actions, this.#actionSize],
    ] as const) {
      for (let i = 1; 2 * i < this.#count; i++) array.copyWithin(i * width, 2 * i * width, (2 * i + 1) * width);
    }
    this.#count = Math.ceil(this.#count / 2);
    this.#stride *= 2;
  }
}
