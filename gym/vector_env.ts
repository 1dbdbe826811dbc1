import { describe } from "./describe.ts";
import { type AnyEnv, type EnvSpec, EnvUsageError, type Info } from "./env.ts";
import { UnknownNameError } from "./nearest.ts";
import { flattenRows } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";
import { createRows, maskSize, type RowArray, type Space } from "./spaces.ts";

/**
 * When an environment starts its next episode after the end of an episode:
 *
 * - `same-step`: in the same step. `observations` and `infos` are those of the new episode.
 * - `next-step`: in the next step. That step ignores the environment's action; its reward is 0 and both flags are 0.
 * - `disabled`: not before `resetEnv`. Until then the environment stands still: steps ignore its action, its
 *   observation and flags stay, its reward is 0 and its info is empty.
 *
 * In every mode, `finalObservations` and `finalInfos` hold the observation and the info of the last step of the
 * episode.
 */
export type AutoresetMode = (typeof AUTORESET_MODES)[number];

const AUTORESET_MODES = ["same-step", "next-step", "disabled"] as const;

/** Options of a VectorEnv. */
export interface VectorEnvOptions {
  /** `same-step` by default. */
  autoresetMode?: AutoresetMode;
}

/** How `VectorEnv.reset` starts all environments. */
export interface VectorResetOptions {
  /**
   * One seed for the group, from which `deriveSeed` derives a seed of the same split for each environment; or one seed
   * for each environment. Without seeds, every random stream continues.
   */
  seed?: number | readonly number[];
  /**
   * Options for every environment. They hold for this episode and for the episodes that autoresets start, until the
   * next `reset` or `resetEnv` of the environment, which replaces them (with no options where it gives none).
   */
  options?: Record<string, unknown>;
}

/** The result of the last `reset` or `step` of a VectorEnv. The next call reuses all buffers: copy what you keep. */
export interface VectorStep {
  /** totalRows x observationSpace.size, row-major, environment by environment. */
  readonly observations: Float32Array;
  /** A reward for each row. */
  readonly rewards: Float32Array;
  /** 1 for each environment that terminated in this step (`disabled`: since its last reset). */
  readonly terminations: Uint8Array;
  /**
   * 1 for each environment that was truncated and did not terminate in this step (`disabled`: since its last reset).
   */
  readonly truncations: Uint8Array;
  /** As `observations`, but only the rows of environments whose episode ended in this step are valid. */
  readonly finalObservations: Float32Array;
  /** Legal actions at `observations`, totalRows x maskSize(actionSpace); null when no environment has a mask. */
  readonly masks: Uint8Array | null;
  /** An info for each environment; after an autoreset, the info of the reset. */
  readonly infos: readonly Info[];
  /** The info of the last step, for each environment whose episode ended in this step; null for the others. */
  readonly finalInfos: readonly (Info | null)[];
}

/**
 * Steps many environments of one kind, one after another in this process, into contiguous arrays.
 *
 * An environment with several rows has several rows here, too. The environments receive their actions in a buffer that
 * the next step reuses: an environment that keeps an action must copy it.
 */
export class VectorEnv implements VectorStep {
  readonly spec: EnvSpec;
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
  readonly autoresetMode: AutoresetMode;
  readonly numEnvs: number;
  /** Rows of each environment. */
  readonly rows: number;
  /** Rows of all environments together. */
  readonly totalRows: number;
  readonly observations: Float32Array;
  readonly rewards: Float32Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly finalObservations: Float32Array;
  readonly infos: Info[];
  readonly finalInfos: (Info | null)[];
  readonly #envs: readonly AnyEnv[];
  readonly #maskBuffer: Uint8Array;
  /** For each environment: 1 if its last mask was null. */
  readonly #unmasked: Uint8Array;
  #anyMask = false;
  /** For each environment: the options of its last reset, which hold for its autoresets. */
  readonly #options: (Record<string, unknown> | undefined)[];
  /** The buffer for the action of one environment; null where an action is a number, or an element of Dict or Tuple. */
  readonly #action: RowArray | null;
  #started = false;

  /**
   * @param envs newly made, all with the same spec, spaces and number of rows; the VectorEnv owns them from now on
   * @throws RangeError when there are no environments, when they differ, when one of them is there twice, or when the
   *   autoreset mode is unknown
   */
  constructor(envs: readonly AnyEnv[], { autoresetMode = "same-step" }: VectorEnvOptions = {}) {
    if (envs.length === 0) {
      throw new RangeError("VectorEnv: at least one environment is needed");
    }
    if (!AUTORESET_MODES.includes(autoresetMode)) {
      throw new UnknownNameError("autoreset mode", autoresetMode, AUTORESET_MODES);
    }
    const [first] = envs;
    for (const env of envs) {
      assertAlike(first, env);
    }
    assertDistinct(envs);
    this.#envs = [...envs];
    this.spec = first.spec;
    this.observationSpace = first.observationSpace;
    this.actionSpace = first.actionSpace;
    this.autoresetMode = autoresetMode;
    this.numEnvs = envs.length;
    this.rows = first.rows;
    this.totalRows = envs.length * first.rows;
    this.observations = new Float32Array(this.totalRows * this.observationSpace.size);
    this.finalObservations = new Float32Array(this.observations.length);
    this.rewards = new Float32Array(this.totalRows);
    this.terminations = new Uint8Array(this.numEnvs);
    this.truncations = new Uint8Array(this.numEnvs);
    this.infos = envs.map(() => ({}));
    this.finalInfos = envs.map(() => null);
    this.#options = envs.map(() => undefined);
    this.#maskBuffer = new Uint8Array(this.totalRows * maskSize(this.actionSpace)).fill(1);
    this.#unmasked = new Uint8Array(this.numEnvs).fill(1);
    this.#action = lendsArray(this.actionSpace, this.rows) ? createRows(this.actionSpace, this.rows) : null;
  }

  get masks(): Uint8Array | null {
    return this.#anyMask ? this.#maskBuffer : null;
  }

  /** The environments, in the order of the rows. */
  get envs(): readonly AnyEnv[] {
    return this.#envs;
  }

  /**
   * Starts an episode in every environment.
   *
   * @throws RangeError when the number of seeds is not the number of environments; also the errors of the environments
   */
  reset({ seed, options }: VectorResetOptions = {}): VectorStep {
    if (typeof seed === "object" && seed.length !== this.numEnvs) {
      throw new RangeError(`VectorEnv: ${this.numEnvs} environments need as many seeds, got ${seed.length}`);
    }
    this.rewards.fill(0);
    this.finalInfos.fill(null);
    for (let i = 0; i < this.numEnvs; i++) {
      this.#options[i] = options && { ...options };
      this.#begin(i, typeof seed === "number" ? deriveSeed(seed, i) : seed?.[i]);
    }
    this.#started = true;
    this.#anyMask = this.#unmasked.includes(0);
    return this;
  }

  /** Starts an episode in environment `index`. The other environments do not change. */
  resetEnv(index: number, { seed, options }: { seed?: number; options?: Record<string, unknown> } = {}): VectorStep {
    if (!Number.isInteger(index) || index < 0 || index >= this.numEnvs) {
      throw new RangeError(`VectorEnv: environment must be from 0 to ${this.numEnvs - 1}, got ${index}`);
    }
    this.rewards.fill(0, index * this.rows, (index + 1) * this.rows);
    this.finalInfos[index] = null;
    this.#options[index] = options && { ...options };
    this.#begin(index, seed);
    this.#anyMask = this.#unmasked.includes(0);
    return this;
  }

  /**
   * Steps every environment.
   *
   * @param actions totalRows x actionSpace.size numbers as the space flattens them (Discrete: one whole number a row)
   * @throws RangeError on another number of numbers; EnvUsageError before the first reset, and on an action outside its
   *   space (environments before the one that refused have taken their step then, so reset all before the next step)
   */
  step(actions: Float32Array | Int32Array): VectorStep {
    const { rows, numEnvs } = this;
    const width = rows * this.actionSpace.size;
    if (!this.#started) {
      throw new EnvUsageError(`${this.spec.id}: step refused: no episode has begun; call reset first`);
    }
    if (actions.length !== numEnvs * width) {
      throw new RangeError(
        `VectorEnv: ${this.totalRows} rows of ${this.actionSpace} need ${numEnvs * width} numbers, got ${actions.length}`,
      );
    }
    for (let i = 0; i < numEnvs; i++) {
      this.finalInfos[i] = null;
      const ended = this.terminations[i] !== 0 || this.truncations[i] !== 0;
      if (!ended || this.autoresetMode === "same-step") {
        this.#stepEnv(i, this.#envs[i], this.#actionAt(actions, i * width));
        continue;
      }
      this.rewards.fill(0, i * rows, (i + 1) * rows);
      if (this.autoresetMode === "next-step") {
        this.#begin(i);
      } else {
        this.infos[i] = {};
      }
    }
    this.#anyMask = this.#unmasked.includes(0);
    return this;
  }

  /** Closes every environment. */
  close(): void {
    for (const env of this.#envs) {
      env.close();
    }
  }

  #begin(i: number, seed?: number): void {
    const { observation, info } = this.#envs[i].reset({ seed, options: this.#options[i] });
    this.#writeObservation(this.observations, i, observation);
    this.infos[i] = info;
    this.terminations[i] = 0;
    this.truncations[i] = 0;
    this.#writeMask(i, this.#envs[i].actionMask());
  }

  #stepEnv(i: number, env: AnyEnv, action: unknown): void {
    const result = env.step(action);
    const { rows } = this;
    if (rows === 1) {
      this.rewards[i] = result.reward;
    } else {
      this.rewards.set(result.reward, i * rows);
    }
    if (!result.terminated && !result.truncated) {
      this.#writeObservation(this.observations, i, result.observation);
      this.infos[i] = result.info;
      this.terminations[i] = 0;
      this.truncations[i] = 0;
      this.#writeMask(i, env.actionMask());
      return;
    }
    this.#writeObservation(this.finalObservations, i, result.observation);
    this.finalInfos[i] = result.info;
    if (this.autoresetMode === "same-step") {
      this.#begin(i);
    } else {
      this.#writeObservation(this.observations, i, result.observation);
      this.infos[i] = result.info;
      // The next step ignores the action, so every action is legal.
      this.#writeMask(i, null);
    }
    this.terminations[i] = result.terminated ? 1 : 0;
    this.truncations[i] = result.truncated && !result.terminated ? 1 : 0;
  }

  #writeObservation(out: Float32Array, i: number, observation: unknown): void {
    const { observationSpace, rows } = this;
    flattenRows(observationSpace, observation, rows, out, i * rows * observationSpace.size);
  }

  #writeMask(i: number, mask: Uint8Array | null): void {
    const width = this.#maskBuffer.length / this.numEnvs;
    if (mask !== null) {
      this.#maskBuffer.set(mask, i * width);
      this.#unmasked[i] = 0;
    } else if (this.#unmasked[i] === 0) {
      this.#maskBuffer.fill(1, i * width, (i + 1) * width);
      this.#unmasked[i] = 1;
    }
  }

  #actionAt(actions: Float32Array | Int32Array, offset: number): unknown {
    const action = this.#action;
    if (action === null) {
      return this.actionSpace.unflatten(actions, offset);
    }
    for (let i = 0; i < action.length; i++) {
      action[i] = actions[offset + i];
      if (action[i] !== actions[offset + i]) {
        const given = describe(actions.subarray(offset, offset + action.length));
        throw new EnvUsageError(`${this.spec.id}: action ${given} is not in ${this.actionSpace}`);
      }
    }
    return action;
  }
}

/** Throws a RangeError when two rows would step one environment, in whatever wrappers. */
function assertDistinct(envs: readonly AnyEnv[]): void {
  const indices = new Map<AnyEnv, number>();
  for (const [index, env] of envs.entries()) {
    const inner = env.unwrapped ?? env;
    const earlier = indices.get(inner);
    if (earlier !== undefined) {
      throw new RangeError(
        `VectorEnv: environments ${earlier} and ${index} are the same ${env.spec.id}; make one for each`,
      );
    }
    indices.set(inner, index);
  }
}

/** Whether the action of one environment is a typed array. */
function lendsArray(space: Space<unknown>, rows: number): boolean {
  return rows > 1 || (space.kind !== "discrete" && space.kind !== "dict" && space.kind !== "tuple");
}

function assertAlike(a: AnyEnv, b: AnyEnv): void {
  for (const [what, mine, theirs] of [
    ["ids", a.spec.id, b.spec.id],
    ["rows", a.rows, b.rows],
    ["observation spaces", JSON.stringify(a.observationSpace), JSON.stringify(b.observationSpace)],
    ["action spaces", JSON.stringify(a.actionSpace), JSON.stringify(b.actionSpace)],
  ]) {
    if (mine !== theirs) {
      throw new RangeError(`VectorEnv: environments must be alike, but their ${what} are ${mine} and ${theirs}`);
    }
  }
}
