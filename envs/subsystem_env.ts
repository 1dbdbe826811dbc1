import { invalidAction } from "../gym/action.ts";
import {
  type EnvSpec,
  EnvUsageError,
  type Info,
  type ResetOptions,
  type ResetResult,
  type StepOutcome,
  type StepResult,
} from "../gym/env.ts";
import type { EnvContext } from "../gym/env_context.ts";
import { containsRows, type Space } from "../gym/spaces.ts";
import type { RandomStream } from "../kernel/random.ts";
import { chooseWorkload } from "./choose_workload.ts";
import { EpisodeSeeds } from "./episode_seeds.ts";
import type { AnySubsystem, KernelEnv } from "./kernel_env.ts";

/** What the seed of an episode decides. Every episode draws the same numbers first, so that no option shifts them. */
export interface EpisodeDraws {
  /** Which of the allowed workloads, 0 to below 1. */
  readonly workload: number;
  /** Seed of the kernel and of generated workloads. */
  readonly kernelSeed: number;
  /** Continues the stream of the episode, for everything else that it draws. */
  readonly random: RandomStream;
}

/**
 * What all environments around a kernel have in common: seeds and episodes, the order of checks in a step, forks.
 *
 * A subclass says what is special about its subsystem: how an episode begins (`begin`), what an action does (`act`) and
 * what it earns, what the rows observe (`observe`), and which state a fork copies (`copyFrom`).
 *
 * @typeParam Options what `readOptions` makes of the options of a reset
 */
export abstract class SubsystemEnv<Kernel extends AnySubsystem, Decision, Act, Reward, Options>
  implements KernelEnv<Kernel, Decision, Act, Reward>
{
  abstract readonly rows: number;
  abstract readonly observationSpace: Space<unknown>;
  abstract readonly actionSpace: Space<unknown>;
  abstract readonly cost: number;
  abstract readonly costPerReward: number | null;
  abstract readonly condition: string | null;
  protected readonly context: EnvContext;
  protected readonly seeds: EpisodeSeeds;
  readonly #purpose: string;
  #kernel: Kernel;
  #running = false;
  #workload = "";

  /**
   * @param kernel newly made
   * @param purpose names the random stream of an episode, e.g. `tiering/episode`
   */
  constructor(context: EnvContext, kernel: Kernel, purpose: string) {
    this.context = context;
    this.seeds = new EpisodeSeeds(context);
    this.#kernel = kernel;
    this.#purpose = purpose;
  }

  /** Checks the options of a reset. Throws a RangeError or TypeError that names the option and the allowed values. */
  protected abstract readOptions(options: Readonly<Record<string, unknown>>): Options;
  /** Opens the workload, resets the kernel and the subclass' own state. Returns what the info of the reset adds. */
  protected abstract begin(options: Options, draws: EpisodeDraws): Info;
  /** Carries out an action that is in the action space. */
  protected abstract act(action: Act): StepOutcome<Reward>;
  /** Carries out a decision of the subsystem. */
  protected abstract carryOut(decision: Decision): StepOutcome<Reward>;
  /** The info of the current decision point. */
  protected abstract info(): Info;
  /** A new environment of the same class and context. */
  protected abstract create(): this;
  /** Takes over the subclass' own state from `other`. The kernel is a fork of the other kernel already. */
  protected abstract copyFrom(other: this): void;
  abstract observe(): Float32Array;
  abstract actionMask(): Uint8Array | null;
  abstract metrics(): Record<string, number>;
  abstract render(): string;

  get spec(): EnvSpec {
    return this.context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  get kernel(): Kernel {
    return this.#kernel;
  }

  get workload(): string {
    return this.#workload;
  }

  /**
   * @throws RangeError or TypeError on a bad option or seed, SplitError on a workload or seed of a split that is not
   *   allowed, EnvUsageError on a workload that the environment cannot run
   */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    const read = this.readOptions(options);
    this.seeds.begin(seed);
    const random = this.seeds.stream(this.#purpose);
    const added = this.begin(read, { workload: random.next(), kernelSeed: random.integer(2 ** 31), random });
    this.#running = !this.#kernel.done;
    return { observation: this.observe(), info: { ...this.info(), workload: this.#workload, ...added } };
  }

  /** @throws EnvUsageError on an action that is outside the action space or illegal, and when no episode is running */
  step(action: Act): StepResult<Float32Array, Reward> {
    this.assertAction(action);
    this.#assertRunning();
    const outcome = this.act(action);
    return { ...outcome, observation: this.observe() };
  }

  /** @throws EnvUsageError when no episode is running */
  decide(decision: Decision): StepOutcome<Reward> {
    this.#assertRunning();
    return this.carryOut(decision);
  }

  close(): void {
    this.#running = false;
  }

  fork(): this {
    const copy = this.create();
    copy.#kernel = this.#kernel.fork() as Kernel;
    copy.#running = this.#running;
    copy.#workload = this.#workload;
    copy.seeds.copyFrom(this.seeds);
    copy.copyFrom(this);
    return copy;
  }

  /** Throws an EnvUsageError unless the action is in the action space. */
  protected assertAction(action: Act): void {
    if (!containsRows(this.actionSpace, action, this.rows)) throw invalidAction(this.spec, action, this.actionSpace);
  }

  /**
   * Opens the workload of an episode and notes its name; see `chooseWorkload`.
   *
   * @param wanted a name, an object, or undefined for a drawn one
   * @param draw 0 to below 1
   * @param open makes the workload of a name
   */
  protected openWorkload<Workload extends { readonly name: string }>(
    wanted: string | Workload | undefined,
    draw: number,
    open: (name: string) => Workload,
  ): Workload {
    const { name, workload } = chooseWorkload(this.context, wanted, draw, open);
    this.#workload = name;
    return workload;
  }

  /** The outcome of the decision that the kernel has just carried out. The kernel's end is the episode's end. */
  protected outcome(reward: Reward, info: Info = this.info()): StepOutcome<Reward> {
    const terminated = this.#kernel.done;
    if (terminated) this.#running = false;
    return { reward, terminated, truncated: false, info };
  }

  #assertRunning(): void {
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
  }
}
