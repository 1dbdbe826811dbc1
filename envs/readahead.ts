import { invalidAction } from "../gym/action.ts";
import { EnvUsageError, type Info, type ResetOptions, type ResetResult, type StepResult } from "../gym/env.ts";
import type { EnvContext } from "../gym/registry.ts";
import { SEED_RANGES } from "../gym/seeds.ts";
import { Box, Discrete } from "../gym/spaces.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { CANDIDATES, Candidates, FEATURES } from "../kernel/readahead/candidates.ts";
import type { ReadaheadDecision } from "../kernel/readahead/decision.ts";
import { FAULT_CHARGES } from "../kernel/readahead/fault_ledger.ts";
import { ReadaheadKernel } from "../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../kernel/readahead/scenario.ts";
import type { ReadaheadWorkload } from "../kernel/readahead/workload.ts";
import { readaheadWorkloads } from "../workloads/readahead_catalog.ts";
import type { Decided, KernelEnv } from "./kernel_env.ts";
import { alteredAfter, drawReadaheadScenario } from "./readahead_episode.ts";
import { type ReadaheadOptions, readReadaheadOptions } from "./readahead_options.ts";
import { ReadaheadRewards } from "./readahead_rewards.ts";

/** Greatest absolute value of an observation. */
const OBSERVATION_LIMIT = 10;

/** Seeds tried after the first when a program fits its frames. */
const MOST_DRAWS = 16;

/** Episodes of which the unit of the reward is remembered. */
const MOST_REMEMBERED = 1024;

export class ReadaheadEnv implements KernelEnv<ReadaheadKernel, ReadaheadDecision, number> {
  readonly rows = 1;
  readonly observationSpace = new Box(-OBSERVATION_LIMIT, OBSERVATION_LIMIT, [CANDIDATES.length, FEATURES.length]);
  readonly actionSpace = new Discrete(CANDIDATES.length);
  readonly #context: EnvContext;
  /** Profiles an episode's device is drawn from. */
  readonly #devices: readonly string[];
  #kernel = new ReadaheadKernel();
  #candidates: Candidates | null = null;
  /** Whether `#candidates` is of this decision point. */
  #looked = false;
  #seed: number;
  #episode = -1;
  #running = false;
  #workload = "";
  #decisionMicroseconds = 0;
  #rewards: ReadaheadRewards | null = null;
  /** Unit of the reward by episode. */
  readonly #units = new Map<string, number>();

  constructor(context: EnvContext, devices: readonly string[]) {
    this.#context = context;
    this.#devices = devices;
    // Without a seed the stream begins at the first one allowed: the same for everybody, as nothing here is random.
    this.#seed = context.splits === null ? 0 : SEED_RANGES[context.splits[0]][0];
  }

  get spec() {
    return this.#context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  get kernel(): ReadaheadKernel {
    return this.#kernel;
  }

  get cost(): number {
    return this.#kernel.cost;
  }

  get costPerReward(): number {
    return this.#rewards?.unit ?? 1;
  }

  get workload(): string {
    return this.#workload;
  }

  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    const read = readReadaheadOptions(options, this.spec);
    if (seed !== undefined) {
      this.#context.checkSeed(seed);
      this.#seed = seed;
      this.#episode = 0;
    } else {
      this.#episode++;
    }
    const random = randomStream(this.#seed, "readahead/episode", this.#episode);
    const workloadDraw = random.next();
    const firstSeed = random.integer(2 ** 31);
    let kernelSeed = firstSeed;
    let scenario = this.#openScenario(read, workloadDraw, kernelSeed, random.fork());
    this.#kernel.reset(scenario, kernelSeed);
    // A part of a recording may fit its frames; then another part is drawn.
    while (this.#kernel.done && kernelSeed < firstSeed + MOST_DRAWS) {
      kernelSeed++;
      scenario = this.#openScenario(read, workloadDraw, kernelSeed, random.fork());
      this.#kernel.reset(scenario, kernelSeed);
    }
    const { device, frames, backgroundLoad } = scenario;
    if (this.#kernel.done) {
      throw new EnvUsageError(`${this.spec.id}: ${this.#workload} never swaps with ${frames} frames; give it fewer`);
    }
    this.#running = true;
    this.#candidates = new Candidates(this.#kernel.view);
    this.#decisionMicroseconds = read.decisionMicroseconds;
    // A workload that is given as an object has no name to remember it by.
    const named = typeof read.workload !== "object";
    const episode = named ? JSON.stringify([this.#seed, this.#episode, this.#workload, options]) : "";
    this.#rewards = new ReadaheadRewards(scenario, kernelSeed, this.#units.get(episode));
    if (named) this.#remember(episode, this.#rewards.unit);
    this.#looked = false;
    return {
      observation: this.observe(),
      info: {
        ...this.#info(),
        workload: this.#workload,
        frames,
        device: device.name,
        latency_us: device.latencyUs,
        page_us: device.pageUs,
        background: backgroundLoad,
      },
    };
  }

  #openScenario(read: ReadaheadOptions, draw: number, seed: number, random: RandomStream): ReadaheadScenario {
    const opened = this.#openWorkload(read.workload, draw, seed, read.accesses);
    const workload = read.alterAfter === undefined ? opened : alteredAfter(opened, read.alterAfter);
    return drawReadaheadScenario(workload, this.#devices, this.#seed + this.#episode, random, read);
  }

  /** Who compares policies plays the same episodes again and again: their units are not measured each time. */
  #remember(episode: string, unit: number): void {
    if (this.#units.size >= MOST_REMEMBERED) this.#units.clear();
    this.#units.set(episode, unit);
  }

  #openWorkload(
    wanted: string | ReadaheadWorkload | undefined,
    draw: number,
    seed: number,
    accesses: number | undefined,
  ): ReadaheadWorkload {
    if (typeof wanted === "object") {
      if (this.#context.splits !== null) {
        const allowed = this.#context.splits.join(", ");
        throw new EnvUsageError(
          `${this.spec.id}: a workload object has no split; allowed here: workloads of ${allowed}`,
        );
      }
      this.#workload = wanted.name;
      return wanted;
    }
    const entries = this.#context.workloads;
    const { name } = this.#context.openWorkload(wanted ?? entries[Math.floor(draw * entries.length)].name);
    this.#workload = name;
    return readaheadWorkloads.find((entry) => entry.name === name)!.open(seed, { accesses });
  }

  step(action: number): StepResult<Float32Array> {
    if (!this.actionSpace.contains(action)) throw invalidAction(this.spec, action, this.actionSpace);
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    const candidates = this.#look();
    if (candidates.mask[action] === 0) {
      throw new EnvUsageError(`${this.spec.id}: action ${action} would read nothing here, the mask forbids it`);
    }
    const decision = candidates.decision(action);
    decision.microseconds = this.#decisionMicroseconds;
    const decided = this.decide(decision);
    return { observation: this.observe(), ...decided };
  }

  decide(decision: ReadaheadDecision): Decided {
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    const rewards = this.#rewards!;
    rewards.before(this.#kernel);
    const outcome = this.#kernel.decide(decision);
    this.#looked = false;
    const terminated = this.#kernel.done;
    if (terminated) this.#running = false;
    const reward = rewards.reward(this.#kernel, outcome);
    const credits = rewards.credits(this.#kernel, outcome);
    return { reward, terminated, truncated: false, info: { ...this.#info(), credits } };
  }

  /** The page sets of this decision point, made when first asked for: heuristics do not need them. */
  #look(): Candidates {
    if (!this.#looked) this.#candidates!.update(this.#kernel.view);
    this.#looked = true;
    return this.#candidates!;
  }

  observe(): Float32Array {
    const observation = this.#look().features.slice();
    for (let i = 0; i < observation.length; i++) {
      if (observation[i] > OBSERVATION_LIMIT) observation[i] = OBSERVATION_LIMIT;
    }
    return observation;
  }

  #info(): Info {
    const charged: Record<string, number> = {};
    for (const name of FAULT_CHARGES) charged[name] = this.#kernel.charged(name);
    return { clock: this.#kernel.clock, cost: this.#kernel.cost, charged, position: this.#furthest() };
  }

  /** Accesses of the thread that has done most: what comes after so many accesses of a thread has not been seen before. */
  #furthest(): number {
    let most = 0;
    for (let i = 0; i < this.#kernel.scenario.workload.threads.length; i++) {
      most = Math.max(most, this.#kernel.threadPosition(i));
    }
    return most;
  }

  actionMask(): Uint8Array {
    return this.#look().mask.slice();
  }

  metrics(): Record<string, number> {
    return this.#kernel.metrics();
  }

  render(): string {
    const { view } = this.#kernel;
    const names = CANDIDATES.filter((_, i) => this.#look().mask[i] === 1).map(({ name }) => name);
    return [
      `${(view.time / 1000).toFixed(1)} ms, ${this.#kernel.position} accesses, ${view.counters.major_faults} major faults`,
      `${view.kind} at page ${view.page} of VMA ${view.vma}, thread ${view.thread}, instruction ${view.pc}`,
      `page sets that would read something: ${names.join(", ")}`,
    ].join("\n");
  }

  close(): void {
    this.#running = false;
  }

  fork(): ReadaheadEnv {
    const copy = new ReadaheadEnv(this.#context, this.#devices);
    copy.#kernel = this.#kernel.fork();
    copy.#candidates = new Candidates(this.#kernel.view);
    copy.#candidates.copyFrom(this.#candidates!);
    // Looking twice would take the stock rule a fault further.
    copy.#looked = this.#looked;
    copy.#seed = this.#seed;
    copy.#episode = this.#episode;
    copy.#running = this.#running;
    copy.#workload = this.#workload;
    copy.#decisionMicroseconds = this.#decisionMicroseconds;
    if (this.#rewards !== null) {
      copy.#rewards = new ReadaheadRewards(this.#kernel.scenario, 0, this.#rewards.unit);
      copy.#rewards.copyFrom(this.#rewards);
    }
    return copy;
  }
}
