import type { AnyEnv } from "../gym/env.ts";
import { flattenRows, meanReward, unflattenRows } from "../gym/rows.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { alternativesOf, firstOutputs } from "./alternatives.ts";
import { requireArray } from "./artifact.ts";
import { BaseTrainer, type Learned, type OwnState } from "./base_trainer.ts";
import { BatchRidge } from "./batch_ridge.ts";
import { createNetwork } from "./create_network.ts";
import type { Network } from "./network.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import type { RolloutOptions } from "./rollout_options.ts";
import type { TrainingSetup } from "./trainer.ts";
import { trainingSeed } from "./training_seed.ts";

/** An alternative that a row takes in every step of a probe in which its mask allows it. */
interface Held {
  row: number;
  choice: number;
  alternative: number;
}

/**
 * Rollout policy iteration (Lagoudakis and Parr 2003, with regression). A categorical action consists of choices, and
 * each choice has alternatives. At random moments of an episode the trainer probes one choice of one row: for each
 * alternative, it plays a copy of the environment ahead, holds the alternative for a number of steps, and otherwise
 * follows the policy. All copies have the same future, so that their returns differ by the alternative alone. A linear
 * score of each alternative is fitted to these differences by least squares, and the next policy takes the alternative
 * with the best score. Training starts with the first alternative of every choice, and returns to it unless another one
 * scores better by more than `caution`.
 *
 * It works with categorical actions (Discrete, MultiDiscrete, MultiBinary) and environments that can be copied, and
 * needs no gradient. One update plays `episodes` episodes, each twice: first to count how often each choice comes up,
 * then to probe. Columns of the training log: `episodic_return` and `episodic_length` are means over the last 100
 * episodes of the policy (with several rows, of the rows' mean reward); `probes` is the weighted number of probes so
 * far; `difference` is the root mean square of the differences in return.
 */
export class RolloutTrainer extends BaseTrainer<RolloutOptions> {
  readonly agent = "rollout";
  readonly #env: AnyEnv;
  readonly #network: Network;
  readonly #parameters: Float32Array;
  readonly #policy: NetworkPolicy;
  /** For each choice: number of alternatives, and network output of the first one. */
  readonly #counts: readonly number[];
  readonly #firsts: readonly number[];
  /** One regression per network output. */
  readonly #fits: readonly BatchRidge[];
  /** For each choice: sum of the squared differences in return, and number of probes. */
  readonly #squares: Float64Array;
  readonly #probed: Float64Array;
  readonly #observation: Float32Array;
  readonly #action: Float32Array;
  readonly #features: Float64Array;

  /**
   * Makes the environment; the first episode starts with the first `update`.
   *
   * @throws RangeError when the actions are not categorical
   */
  constructor(setup: TrainingSetup, options: RolloutOptions) {
    super(setup, options, setup.vectorEnv(1));
    this.#env = this.vector.envs[0];
    const { observationSpace, actionSpace, rows } = this.#env;
    this.#counts = alternativesOf(actionSpace);
    this.#firsts = firstOutputs(this.#counts);
    const width = this.#counts.reduce((sum, count) => sum + count, 0);
    this.#network = createNetwork({ kind: "mlp", hidden: [], value: "none" }, observationSpace.size, width, 0);
    this.#parameters = new Float32Array(this.#network.parameterCount);
    this.#policy = this.policyOf(this.#network.config, this.#parameters, null);
    this.#fits = Array.from({ length: width }, () => new BatchRidge(observationSpace.size + 1));
    this.#squares = new Float64Array(this.#counts.length);
    this.#probed = new Float64Array(this.#counts.length);
    this.#observation = new Float32Array(rows * observationSpace.size);
    this.#action = new Float32Array(rows * actionSpace.size);
    this.#features = new Float64Array(observationSpace.size + 1);
  }

  protected learn(): Learned {
    const { episodes, keep } = this.options;
    for (const fit of this.#fits) fit.scale(keep);
    const random = randomStream(this.seed, "rollout/occasions", this.updatesDone);
    for (let i = 0; i < episodes; i++) {
      const seed = trainingSeed(this.seed, "rollout/episodes", this.updatesDone * episodes + i);
      const occasions = this.#survey(seed);
      this.#probeEpisode(seed, this.#drawOccasions(occasions, random), occasions);
    }
    this.#fit();
    const probes = this.#probed.reduce((sum, count) => sum + count, 0);
    const squares = this.#squares.reduce((sum, square) => sum + square, 0);
    return { columns: { probes, difference: Math.sqrt(squares / Math.max(1, probes)) }, learningRate: 1 };
  }

  /** Plays an episode with the policy; returns how often each choice comes up in it. */
  #survey(seed: number): Int32Array {
    const occasions = new Int32Array(this.#counts.length);
    this.#play(seed, (_row, choice) => occasions[choice]++, true);
    return occasions;
  }

  /** Draws the occasions on which each choice is probed, as numbers from 0 on. */
  #drawOccasions(occasions: Int32Array, random: RandomStream): Set<number>[] {
    return Array.from(occasions, (count) => {
      const drawn = new Set<number>();
      for (let i = 0; i < this.options.probes && count > 0; i++) drawn.add(random.integer(count));
      return drawn;
    });
  }

  #probeEpisode(seed: number, wanted: readonly Set<number>[], occasions: Int32Array): void {
    const seen = new Int32Array(this.#counts.length);
    this.#play(
      seed,
      (row, choice, observation) => {
        if (!wanted[choice].has(seen[choice]++)) return;
        // A choice that is made once stands for the whole episode.
        const horizon = occasions[choice] === 1 ? Number.POSITIVE_INFINITY : this.options.horizon;
        this.#probe(row, choice, observation, horizon);
      },
      false,
    );
  }

  /** Plays an episode with the policy. Calls `visit` for every row and choice with more than one legal alternative. */
  #play(seed: number, visit: (row: number, choice: number, observation: unknown) => void, counts: boolean): void {
    const env = this.#env;
    let { observation } = env.reset({ seed });
    for (;;) {
      const mask = env.actionMask();
      for (let row = 0; row < env.rows; row++) {
        for (let choice = 0; choice < this.#counts.length; choice++) {
          if (this.#legal(mask, row, choice) > 1) visit(row, choice, observation);
        }
      }
      const step = env.step(this.#act(env, observation, mask, null));
      this.stepsDone += 1;
      observation = step.observation;
      const over = step.terminated || step.truncated;
      if (counts) this.episodes.step(0, meanReward(step.reward), over);
      if (over) return;
    }
  }

  /** Plays every alternative ahead and learns from the differences in return. */
  #probe(row: number, choice: number, observation: unknown, horizon: number): void {
    const mask = this.#env.actionMask();
    const count = this.#counts[choice];
    const returns = new Float64Array(count);
    const legal = Array.from({ length: count }, (_, i) => i).filter((i) => this.#allows(mask, row, choice, i));
    let sum = 0;
    for (const alternative of legal) {
      returns[alternative] = this.#playAhead({ row, choice, alternative }, observation, horizon);
      sum += returns[alternative];
    }
    const mean = sum / legal.length;
    let square = 0;
    for (const alternative of legal) square += (returns[alternative] - mean) ** 2 / legal.length;
    this.#squares[choice] += square;
    this.#probed[choice]++;
    const unit = this.#unit(choice);
    const { size } = this.#env.observationSpace;
    flattenRows(this.#env.observationSpace, observation, this.#env.rows, this.#observation);
    for (let i = 0; i < size; i++) this.#features[i] = this.#observation[row * size + i];
    this.#features[size] = 1;
    const { clip } = this.options;
    for (const alternative of legal) {
      const better = unit === 0 ? 0 : (returns[alternative] - mean) / unit;
      this.#fits[this.#firsts[choice] + alternative].add(this.#features, Math.min(clip, Math.max(-clip, better)));
    }
  }

  /** Plays a copy in which a row holds an alternative; returns the copy's return. */
  #playAhead(held: Held, first: unknown, horizon: number): number {
    const env = this.#env.fork();
    let observation = first;
    let total = 0;
    for (let i = 0; i < horizon; i++) {
      const step = env.step(this.#act(env, observation, env.actionMask(), held));
      this.stepsDone += 1;
      total += meanReward(step.reward);
      observation = step.observation;
      if (step.terminated || step.truncated) break;
    }
    return total;
  }

  #act(env: AnyEnv, observation: unknown, mask: Uint8Array | null, held: Held | null): unknown {
    const { observationSpace, actionSpace, rows } = env;
    flattenRows(observationSpace, observation, rows, this.#observation);
    this.#policy.actRows(this.#observation, rows, mask, this.#action);
    if (held !== null && this.#allows(mask, held.row, held.choice, held.alternative)) {
      const start = "start" in actionSpace ? (actionSpace.start as number) : 0;
      this.#action[held.row * actionSpace.size + held.choice] = held.alternative + start;
    }
    return unflattenRows(actionSpace, this.#action, rows);
  }

  #allows(mask: Uint8Array | null, row: number, choice: number, alternative: number): boolean {
    return mask === null || mask[row * this.#fits.length + this.#firsts[choice] + alternative] !== 0;
  }

  #legal(mask: Uint8Array | null, row: number, choice: number): number {
    let legal = 0;
    for (let i = 0; i < this.#counts[choice]; i++) if (this.#allows(mask, row, choice, i)) legal++;
    return legal;
  }

  /** Root mean square of a choice's differences in return so far. */
  #unit(choice: number): number {
    return Math.sqrt(this.#squares[choice] / Math.max(1, this.#probed[choice]));
  }

  /** Fits the linear score of every alternative. */
  #fit(): void {
    const { ridge, caution } = this.options;
    const inputs = this.#network.inputs;
    const width = this.#fits.length;
    const coefficients = new Float64Array(inputs + 1);
    this.#fits.forEach((fit, output) => {
      fit.solve(ridge, coefficients);
      if (this.#firsts.includes(output)) coefficients[inputs] += caution;
      for (let i = 0; i <= inputs; i++) this.#parameters[i * width + output] = coefficients[i];
    });
  }

  policy(): NetworkPolicy {
    return this.policyOf(this.#network.config, this.#parameters.slice(), null);
  }

  protected ownState(): OwnState {
    const { size } = this.#fits[0];
    const gram = new Float32Array(this.#fits.length * size * size);
    const moment = new Float32Array(this.#fits.length * size);
    this.#fits.forEach((fit, i) => {
      gram.set(fit.gram, i * size * size);
      moment.set(fit.moment, i * size);
    });
    const squares = Float32Array.from(this.#squares);
    const probed = Float32Array.from(this.#probed);
    return {
      counters: {},
      streams: {},
      moments: {},
      arrays: { parameters: this.#parameters.slice(), gram, moment, squares, probed },
    };
  }

  protected restoreOwn({ arrays }: OwnState): void {
    const { size } = this.#fits[0];
    const read = (name: string, length: number): Float32Array => requireArray(arrays, name, length, "state");
    this.#parameters.set(read("parameters", this.#parameters.length));
    const gram = read("gram", this.#fits.length * size * size);
    const moment = read("moment", this.#fits.length * size);
    this.#fits.forEach((fit, i) => {
      fit.gram.set(gram.subarray(i * size * size, (i + 1) * size * size));
      fit.moment.set(moment.subarray(i * size, (i + 1) * size));
    });
    this.#squares.set(read("squares", this.#squares.length));
    this.#probed.set(read("probed", this.#probed.length));
  }
}
