import type { AnyEnv } from "../gym/env.ts";
import { flattenRows, meanReward, unflattenRows } from "../gym/rows.ts";
import { RunningMoments } from "../gym/running_moments.ts";
import { Box } from "../gym/spaces.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { Adam } from "./adam.ts";
import { alternativesOf, firstOutputs } from "./alternatives.ts";
import { BaseTrainer, type Learned, type OwnState } from "./base_trainer.ts";
import { chooseNetwork } from "./choose_network.ts";
import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import type { EsOptions } from "./es_options.ts";
import type { Network } from "./network.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import { updateMoments } from "./observations.ts";
import { standardise } from "./standardise.ts";
import type { TrainingSetup } from "./trainer.ts";
import { trainingSeed } from "./training_seed.ts";
import { restoreWeights, weightState } from "./weight_state.ts";

/**
 * Evolution strategies (Salimans et al. 2017): moves the weights of a greedy policy towards the random perturbations
 * that did better over whole episodes. It needs neither a value estimate nor rewards per step, so it is the yardstick
 * for learners that need them.
 *
 * Perturbations are mirrored, and all members of a generation play the same episodes (common random numbers), so that
 * members differ by their weights alone. Observation statistics change only between generations. All computation runs
 * in typed arrays.
 *
 * One update is one generation of 2 x `pairs` x `episodes` episodes. Columns of the training log: `episodic_return` and
 * `episodic_length` are means over the last 100 episodes of the population (with several rows, of the rows' mean
 * reward); `fitness_mean`, `fitness_best` and `fitness_std` are over the members of the generation.
 *
 * Every generation derives its seeds and perturbations from (seed, generation), so that a resumed training equals one
 * that was never interrupted.
 */
export class EsTrainer extends BaseTrainer<EsOptions> {
  readonly agent = "es";
  readonly #env: AnyEnv;
  readonly #network: Network;
  readonly #parameters: Float32Array;
  readonly #adam: Adam;
  #moments: RunningMoments | null;
  readonly #observation: Float32Array;
  readonly #action: Float32Array;

  /** Makes the environment and the initial weights; the first episode starts with the first `update`. */
  constructor(setup: TrainingSetup, options: EsOptions) {
    super(setup, options, setup.vectorEnv(1));
    this.#env = this.vector.envs[0];
    const { observationSpace, actionSpace, rows } = this.#env;
    const head = createActionHead(actionSpace);
    const architecture = chooseNetwork({ ...options, value: "none" }, observationSpace, actionSpace);
    this.#network = createNetwork(architecture, observationSpace.size, head.width, head.freeParameters);
    this.#parameters = this.#network.initialise(randomStream(this.seed, "es/init"));
    head.initialise(this.#parameters.subarray(this.#network.freeOffset));
    if (options.margin > 0) {
      // Without a critic, the biases of the outputs are the last parameters of the network.
      const biases = this.#parameters.subarray(this.#network.freeOffset - head.width, this.#network.freeOffset);
      for (const first of firstOutputs(alternativesOf(actionSpace))) biases[first] = options.margin;
    }
    this.#adam = new Adam(this.#network.freeOffset);
    this.#moments = options.normalizeObservations ? new RunningMoments(this.#network.features) : null;
    this.#observation = new Float32Array(rows * observationSpace.size);
    this.#action = new Float32Array(rows * actionSpace.size);
  }

  protected learn(): Learned {
    const learningRate = this.annealed(this.options);
    const noise = randomStream(this.seed, "es/noise", this.updatesDone);
    const fitness = this.#play(noise.fork());
    const weights = this.options.fitness === "rank" ? centredRanks(fitness) : fitness.slice();
    if (this.options.fitness === "standardised") {
      standardise(weights);
    }
    const gradientNorm = this.#descend(weights, noise, learningRate);
    const members = fitness.length;
    const mean = fitness.reduce((sum, value) => sum + value, 0) / members;
    const columns = {
      fitness_mean: mean,
      fitness_best: Math.max(...fitness),
      fitness_std: Math.sqrt(fitness.reduce((sum, value) => sum + (value - mean) ** 2, 0) / members),
      gradient_norm: gradientNorm,
    };
    return { columns, learningRate };
  }

  /** The fitness of every member. Pair i has its perturbation added at 2i, and subtracted at 2i + 1. */
  #play(noise: RandomStream): Float64Array {
    const { pairs, sigma } = this.options;
    const size = this.#network.freeOffset;
    const perturbation = new Float32Array(size);
    const member = this.#parameters.slice();
    const policy = this.policyOf(this.#network.config, member, this.#moments);
    const fitness = new Float64Array(2 * pairs);
    for (let pair = 0; pair < pairs; pair++) {
      drawNormals(noise, perturbation);
      for (const sign of [1, -1]) {
        for (let i = 0; i < size; i++) {
          member[i] = this.#parameters[i] + sign * sigma * perturbation[i];
        }
        fitness[2 * pair + (sign === 1 ? 0 : 1)] = this.#fitness(policy);
      }
    }
    return fitness;
  }

  /** Mean fitness of a policy over the episodes of this generation. */
  #fitness(policy: NetworkPolicy): number {
    const { episodes } = this.options;
    let sum = 0;
    for (let episode = 0; episode < episodes; episode++) {
      const number = this.updatesDone * episodes + episode;
      sum += this.#episode(policy, trainingSeed(this.seed, "es/episodes", number), this.#workloadOf(number));
    }
    return sum / episodes;
  }

  /** Settings of an episode: with `everyWorkload`, the next workload in turn. */
  #workloadOf(episode: number): Record<string, unknown> {
    if (!this.options.everyWorkload) return {};
    const workloads = this.#env.spec.workloads.filter(({ split }) => split === "train");
    return workloads.length === 0 ? {} : { workload: workloads[episode % workloads.length].name };
  }

  /** Plays one episode; returns its return, or minus its cost. */
  #episode(policy: NetworkPolicy, seed: number, options: Record<string, unknown>): number {
    const env = this.#env;
    const { rows, observationSpace, actionSpace } = env;
    let { observation } = env.reset({ seed, options });
    let total = 0;
    for (;;) {
      flattenRows(observationSpace, observation, rows, this.#observation);
      updateMoments(this.#moments, this.#observation);
      policy.actRows(this.#observation, rows, env.actionMask(), this.#action);
      // With several rows of Box actions, the environment takes the flat array itself.
      const step = env.step(
        rows > 1 && actionSpace instanceof Box ? this.#action : unflattenRows(actionSpace, this.#action, rows),
      );
      observation = step.observation;
      const reward = meanReward(step.reward);
      const over = step.terminated || step.truncated;
      total += reward;
      this.stepsDone += 1;
      this.episodes.step(0, reward, over);
      if (over) {
        return this.options.objective === "return" ? total : -costOf(env.spec.id, step.info.cost);
      }
    }
  }

  /**
   * Starts from the weights of another algorithm's policy instead of random ones.
   *
   * @throws RangeError when the layers of its network differ
   */
  startFrom({ network, parameters }: NetworkPolicy): void {
    const { config, freeOffset, parameterCount } = this.#network;
    if (network.kind !== config.kind || JSON.stringify(network.hidden) !== JSON.stringify(config.hidden)) {
      throw new RangeError(
        `a policy with layers ${config.hidden} is wanted, got one with ${network.hidden} (${network.kind})`,
      );
    }
    // The weights of a critic lie between those of the policy and the free parameters.
    this.#parameters.set(parameters.subarray(0, freeOffset));
    this.#parameters.set(parameters.subarray(parameters.length - (parameterCount - freeOffset)), freeOffset);
  }

  /** Moves the weights by one step; returns the L2 norm of the estimated gradient. */
  #descend(weights: Float64Array, noise: RandomStream, learningRate: number): number {
    const { pairs, sigma, weightDecay } = this.options;
    const size = this.#network.freeOffset;
    const perturbation = new Float32Array(size);
    const gradient = new Float32Array(size);
    for (let pair = 0; pair < pairs; pair++) {
      drawNormals(noise, perturbation);
      const slope = (weights[2 * pair + 1] - weights[2 * pair]) / (2 * pairs * sigma);
      for (let i = 0; i < size; i++) {
        gradient[i] += slope * perturbation[i];
      }
    }
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const weightsOnly = this.#parameters.subarray(0, size);
    if (weightDecay > 0) {
      for (let i = 0; i < size; i++) {
        weightsOnly[i] *= 1 - learningRate * weightDecay;
      }
    }
    this.#adam.step(weightsOnly, gradient, learningRate);
    return norm;
  }

  policy(): NetworkPolicy {
    return this.policyOf(this.#network.config, this.#parameters.slice(), this.#moments);
  }

  protected ownState(): OwnState {
    const moments = { observation: this.#moments?.toJSON() ?? null };
    return { ...weightState(this.#parameters, this.#adam), streams: {}, moments };
  }

  protected restoreOwn(state: OwnState): void {
    restoreWeights(state, this.#parameters, this.#adam, this.#network.freeOffset);
    const { observation } = state.moments;
    this.#moments = this.options.normalizeObservations ? RunningMoments.fromJSON(observation) : null;
  }
}

function drawNormals(random: RandomStream, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = random.normal();
  }
}

function costOf(env: string, cost: unknown): number {
  if (typeof cost !== "number" || !Number.isFinite(cost)) {
    throw new RangeError(`objective "cost" needs a number info.cost at the end of an episode of ${env}, got ${cost}`);
  }
  return cost;
}

/** Ranks from -0.5 (worst) to 0.5 (best); equal values share their mean rank. */
export function centredRanks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]] === values[order[first]]) {
      end += 1;
    }
    for (let i = first; i < end; i++) {
      ranks[order[i]] = (first + end - 1) / 2 / Math.max(1, values.length - 1) - 0.5;
    }
    first = end;
  }
  return ranks;
}
