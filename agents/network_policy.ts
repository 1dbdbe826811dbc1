import { flattenRows, unflattenRows } from "../gym/rows.ts";
import type { RunningMoments } from "../gym/running_moments.ts";
import type { Space } from "../gym/spaces.ts";
import type { RandomStream } from "../kernel/random.ts";
import type { ActionHead, FlatActions, HeadRow } from "./action_head.ts";
import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import type { Network, NetworkConfig } from "./network.ts";
import { copyObservations } from "./observations.ts";

/** The parts of a policy. */
export interface PolicyParts {
  /** Registered name of the algorithm that trained it. */
  algorithm: string;
  /** Registry id of the environment it was trained for. */
  env: string;
  /** The space of one row's observation. */
  observationSpace: Space<unknown>;
  /** The space of one row's action. */
  actionSpace: Space<unknown>;
  network: NetworkConfig;
  /** All parameters of the network and the action head. */
  parameters: Float32Array;
  /** Statistics that normalise observations, or null for none. The policy keeps a frozen copy. */
  normaliser: RunningMoments | null;
  /**
   * Settings of the environment that belong to the policy: they decide what it observes and what its actions do. None
   * by default.
   */
  options?: Readonly<Record<string, number | string>>;
}

/**
 * A trained policy. It computes in typed arrays, so that it needs no tfjs backend.
 *
 * Without a random stream it is greedy: it takes the most probable action.
 */
export class NetworkPolicy {
  readonly algorithm: string;
  readonly env: string;
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
  readonly network: NetworkConfig;
  readonly parameters: Float32Array;
  readonly normaliser: RunningMoments | null;
  readonly options: Readonly<Record<string, number | string>>;
  readonly #network: Network;
  readonly #head: ActionHead;
  readonly #row: HeadRow;
  readonly #observation: Float32Array;
  readonly #action: Float32Array;

  /** @throws RangeError when the parameters or the normaliser do not have the size that network and spaces need */
  constructor(parts: PolicyParts) {
    this.algorithm = parts.algorithm;
    this.env = parts.env;
    this.observationSpace = parts.observationSpace;
    this.actionSpace = parts.actionSpace;
    this.network = parts.network;
    this.parameters = parts.parameters;
    this.options = parts.options ?? {};
    this.normaliser = parts.normaliser?.fork() ?? null;
    this.normaliser?.freeze();
    const inputs = parts.observationSpace.size;
    this.#head = createActionHead(parts.actionSpace);
    this.#network = createNetwork(parts.network, inputs, this.#head.width, this.#head.freeParameters);
    const { features, parameterCount, freeOffset, stride } = this.#network;
    if (parts.parameters.length !== parameterCount) {
      throw new RangeError(`the network has ${parameterCount} parameters, got ${parts.parameters.length}`);
    }
    if (this.normaliser !== null && this.normaliser.size !== features) {
      const whose = features === inputs ? "an observation" : "an action";
      throw new RangeError(`the normaliser is for ${this.normaliser.size} numbers, ${whose} has ${features}`);
    }
    this.#observation = new Float32Array(inputs);
    this.#action = new Float32Array(this.#head.actionSize);
    this.#row = {
      outputs: new Float32Array(stride),
      offset: 0,
      free: parts.parameters.subarray(freeOffset),
      mask: null,
      maskOffset: 0,
    };
  }

  /**
   * Bytes that a kernel would need to hold the policy in single precision: the parameters, and two numbers per
   * normalised feature.
   */
  get bytes(): number {
    return 4 * (this.parameters.length + 2 * (this.normaliser?.size ?? 0));
  }

  /** The same policy under another algorithm's name. */
  as(algorithm: string): NetworkPolicy {
    return new NetworkPolicy({ ...this, algorithm });
  }

  /**
   * Acts in flat arrays, as `VectorEnv` uses them.
   *
   * @param observations `rows` observations one after another
   * @param masks `rows` action masks one after another, or null when every action is legal
   * @param actions receives `rows` flattened actions
   * @param random draws the actions; null takes the most probable action
   */
  actRows(
    observations: Float32Array,
    rows: number,
    masks: Uint8Array | null,
    actions: FlatActions,
    random: RandomStream | null = null,
  ): void {
    const row = this.#row;
    const inputs = this.#observation.length;
    row.mask = masks;
    const { maskSize } = this.#head;
    const idle = maskSize === 1 ? masks : null;
    for (let i = 0; i < rows; i++) {
      // A row that does not decide now acts in the middle. In environments with many rows, that is most of them.
      if (idle !== null && idle[i] === 0) {
        for (let at = i * this.actionSpace.size; at < (i + 1) * this.actionSpace.size; at++) actions[at] = 0;
        continue;
      }
      row.maskOffset = i * maskSize;
      if (!this.#head.forced(row, this.#action, 0)) {
        copyObservations(this.normaliser, inputs, observations, i * inputs, 1, this.#observation, 0);
        const legal = maskSize === this.#network.width ? masks : null;
        this.#network.act(this.parameters, this.#observation, 0, row.outputs, 0, legal, row.maskOffset);
        if (random === null) {
          this.#head.mode(row, this.#action, 0);
        } else {
          this.#head.sample(row, random, this.#action, 0);
        }
      }
      this.#head.toEnvironment(this.#action, 0, actions, i * this.actionSpace.size);
    }
  }

  /**
   * The action for an observation that `Env.observe` returned, as `Env.step` expects it: an element of the action space
   * with one row, a typed array with more.
   */
  act(observation: unknown, rows: number, mask: Uint8Array | null, random: RandomStream | null = null): unknown {
    const { observationSpace, actionSpace } = this;
    const observations = new Float32Array(rows * observationSpace.size);
    const actions = new Float32Array(rows * actionSpace.size);
    flattenRows(observationSpace, observation, rows, observations);
    this.actRows(observations, rows, mask, actions, random);
    return unflattenRows(actionSpace, actions, rows);
  }
}
