import type { ActionHead } from "./action_head.ts";
import { copyNumbers } from "./copy_numbers.ts";
import { NONE, type Rollout } from "./gae.ts";
import type { Minibatch } from "./ppo_loss.ts";

/** Samples of a minibatch side by side, and what the network saw. */
export interface MinibatchBuffers extends Minibatch {
  masks: Uint8Array;
  observations: Float32Array;
}

/**
 * A rollout: its samples in the order in which rows decided. Where every row decides in every step, sample i of step t stands at
 * `t * samples + i`. Allocated once, filled by every update.
 */
export class RolloutBuffers implements Rollout {
  /** Samples of this rollout. */
  count = 0;
  /** As the network sees them; after the last sample, what every row saw after the rollout. */
  readonly observations: Float32Array;
  /** As the action head stores them. */
  readonly actions: Float32Array;
  readonly masks: Uint8Array;
  readonly logProbabilities: Float32Array;
  /** What the row earned from this decision to its next. */
  readonly rewards: Float32Array;
  /** Next sample of the same row, `NONE` at the rollout's end. */
  readonly next: Int32Array;
  /** Of each row: its last sample in the running episode, `NONE` before the first. */
  readonly open: Int32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
  readonly terminated: Uint8Array;
  readonly ended: Uint8Array;
  /** The samples whose episode was truncated, and their final observations one after another. */
  readonly truncatedSamples: number[] = [];
  finalObservations: Float32Array;
  readonly #inputs: number;
  readonly #head: ActionHead;

  /**
   * @param samples numbers of one step: environments x rows
   * @param inputs numbers of one observation
   */
  constructor(steps: number, samples: number, inputs: number, head: ActionHead) {
    const count = steps * samples;
    this.observations = new Float32Array((count + samples) * inputs);
    this.actions = new Float32Array(count * head.actionSize);
    this.masks = new Uint8Array(count * head.maskSize);
    this.logProbabilities = new Float32Array(count);
    this.rewards = new Float32Array(count);
    this.next = new Int32Array(count);
    this.open = new Int32Array(samples);
    this.values = new Float32Array(count);
    this.nextValues = new Float32Array(count);
    this.advantages = new Float32Array(count);
    this.returns = new Float32Array(count);
    this.terminated = new Uint8Array(count);
    this.ended = new Uint8Array(count);
    this.finalObservations = new Float32Array(samples * inputs);
    this.#inputs = inputs;
    this.#head = head;
  }

  /** Forgets the last rollout. */
  begin(): void {
    this.count = 0;
    this.open.fill(NONE);
    this.truncatedSamples.length = 0;
  }

  /** A new sample of `row`: it follows the row's last one. */
  add(row: number): number {
    const at = this.count++;
    const last = this.open[row];
    if (last >= 0) this.next[last] = at;
    this.open[row] = at;
    this.next[at] = NONE;
    this.rewards[at] = 0;
    this.ended[at] = 0;
    this.terminated[at] = 0;
    return at;
  }

  /** Notes that a sample's episode was truncated; returns where in `finalObservations` its final observation belongs. */
  addTruncated(sample: number): number {
    const at = this.truncatedSamples.length * this.#inputs;
    this.truncatedSamples.push(sample);
    if (at + this.#inputs > this.finalObservations.length) {
      const grown = new Float32Array(2 * this.finalObservations.length);
      grown.set(this.finalObservations);
      this.finalObservations = grown;
    }
    return at;
  }

  /** Empty buffers for minibatches of up to `rows` samples. */
  createMinibatch(rows: number): MinibatchBuffers {
    return {
      rows,
      observations: new Float32Array(rows * this.#inputs),
      actions: new Float32Array(rows * this.#head.actionSize),
      masks: new Uint8Array(rows * this.#head.maskSize),
      logProbabilities: new Float32Array(rows),
      advantages: new Float32Array(rows),
      returns: new Float32Array(rows),
      values: new Float32Array(rows),
    };
  }

  /** Copies the samples `indices[start]` to `indices[end - 1]` into a minibatch. */
  gather(indices: Int32Array, start: number, end: number, batch: MinibatchBuffers): void {
    const inputs = this.#inputs;
    const { actionSize, maskSize } = this.#head;
    batch.rows = end - start;
    for (let i = 0; i < batch.rows; i++) {
      const at = indices[start + i];
      copyNumbers(this.observations, at * inputs, batch.observations, i * inputs, inputs);
      copyNumbers(this.actions, at * actionSize, batch.actions, i * actionSize, actionSize);
      copyNumbers(this.masks, at * maskSize, batch.masks, i * maskSize, maskSize);
      batch.logProbabilities[i] = this.logProbabilities[at];
      batch.advantages[i] = this.advantages[at];
      batch.returns[i] = this.returns[at];
      batch.values[i] = this.values[at];
    }
  }
}
