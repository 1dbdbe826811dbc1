import type { ActionHead } from "./action_head.ts";
import { copyNumbers } from "./copy_numbers.ts";
import { NONE, type Rollout } from "./gae.ts";
import type { Minibatch } from "./ppo_loss.ts";

/** A minibatch with the observations that the network saw. */
export interface MinibatchBuffers extends Minibatch {
  masks: Uint8Array;
  observations: Float32Array;
}

/**
 * The samples of one rollout, in the order of the rows' decisions. When every row decides in every step, sample i of
 * step t is at `t * samples + i`. The buffers are allocated once and filled again by every update.
 */
export class RolloutBuffers implements Rollout {
  /** Number of samples so far. */
  count = 0;
  /** As the network sees them. The last sample is followed by what every row sees at the end of the rollout. */
  readonly observations: Float32Array;
  /** In the units of the action head. */
  readonly actions: Float32Array;
  readonly masks: Uint8Array;
  readonly logProbabilities: Float32Array;
  /** Sum of the row's rewards from this decision to its next. */
  readonly rewards: Float32Array;
  /** Next sample of the same row, or `NONE` or `UNKNOWN`; see `Rollout`. */
  readonly next: Int32Array;
  /** For each row of each environment: its last sample in the running episode, `NONE` before its first. */
  readonly open: Int32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
  readonly terminated: Uint8Array;
  readonly ended: Uint8Array;
  /** The samples whose episode was truncated. */
  readonly truncatedSamples: number[] = [];
  /** The final observations of `truncatedSamples`, one after another. */
  finalObservations: Float32Array;
  readonly #inputs: number;
  readonly #head: ActionHead;

  /**
   * @param samples greatest number of samples per step: environments x rows
   * @param inputs numbers in one observation
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

  /** Starts an empty rollout. */
  begin(): void {
    this.count = 0;
    this.open.fill(NONE);
    this.truncatedSamples.length = 0;
  }

  /** Adds a sample of `row`, as successor of the row's last sample; returns its index. */
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

  /** Marks a sample whose episode was truncated; returns the offset of its final observation in `finalObservations`. */
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

  /** Empty buffers for minibatches of up to `count` samples. */
  createMinibatch(count: number): MinibatchBuffers {
    return {
      count,
      observations: new Float32Array(count * this.#inputs),
      actions: new Float32Array(count * this.#head.actionSize),
      masks: new Uint8Array(count * this.#head.maskSize),
      logProbabilities: new Float32Array(count),
      advantages: new Float32Array(count),
      returns: new Float32Array(count),
      values: new Float32Array(count),
    };
  }

  /** Copies the samples `indices[start]` to `indices[end - 1]` into a minibatch. */
  gather(indices: Int32Array, start: number, end: number, batch: MinibatchBuffers): void {
    const inputs = this.#inputs;
    const { actionSize, maskSize } = this.#head;
    batch.count = end - start;
    for (let i = 0; i < batch.count; i++) {
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
