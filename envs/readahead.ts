import { invalidAction } from "../gym/action.ts";
import {
  type Credits,
  EnvUsageError,
  type Info,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from "../gym/env.ts";
import type { EnvContext } from "../gym/registry.ts";
import { SEED_RANGES } from "../gym/seeds.ts";
import { Box, Discrete } from "../gym/spaces.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { CANDIDATES, Candidates, FEATURES } from "../kernel/readahead/candidates.ts";
import type { ReadaheadDecision } from "../kernel/readahead/decision.ts";
import { FAULT_CHARGES } from "../kernel/readahead/fault_ledger.ts";
import { meanLoneFault } from "../kernel/readahead/lone_fault.ts";
import { LruMisses } from "../kernel/readahead/lru_misses.ts";
import { ReadaheadKernel } from "../kernel/readahead/readahead.ts";
import type { ReadaheadOutcome, ReadaheadScenario } from "../kernel/readahead/scenario.ts";
import type { ReadaheadWorkload } from "../kernel/readahead/workload.ts";
import { readaheadWorkloads } from "../workloads/readahead_catalog.ts";
import type { Decided, KernelEnv } from "./kernel_env.ts";
import { alteredAfter, drawReadaheadScenario } from "./readahead_episode.ts";
import { type ReadaheadOptions, readReadaheadOptions } from "./readahead_options.ts";

/** Greatest absolute value of an observation. */
const OBSERVATION_LIMIT = 10;

/** Seeds tried after the first when a program fits its frames. */
const MOST_DRAWS = 16;

/** Episodes of which the time of a lone fault is remembered. */
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
  /** Time of a fault that nothing else delays, us. */
  #alone = 1;
  /** Where plain LRU would miss. */
  #misses: LruMisses | null = null;
  readonly #loneFaults = new Map<string, number>();
  #pollution = 0;
  readonly #last = { issued: 0, majors: 0 };

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
    const { workload, device, frames, backgroundLoad } = scenario;
    if (this.#kernel.done) {
      throw new EnvUsageError(`${this.spec.id}: ${this.#workload} never swaps with ${frames} frames; give it fewer`);
    }
    this.#running = true;
    this.#candidates = new Candidates(workload);
    this.#decisionMicroseconds = read.decisionMicroseconds;
    const episode = JSON.stringify([this.#seed, this.#episode, this.#workload, options]);
    this.#alone = this.#loneFault(scenario, kernelSeed, episode);
    this.#misses = new LruMisses(workload, frames);
    this.#pollution = 0;
    this.#last.issued = 0;
    this.#last.majors = this.#kernel.view.counters.major_faults;
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

  /** `meanLoneFault`, remembered: who compares policies plays the same episodes again and again. */
  #loneFault(scenario: ReadaheadScenario, kernelSeed: number, episode: string): number {
    const known = this.#loneFaults.get(episode);
    if (known !== undefined) return known;
    const measured = meanLoneFault(scenario, kernelSeed);
    if (this.#loneFaults.size >= MOST_REMEMBERED) this.#loneFaults.clear();
    this.#loneFaults.set(episode, measured);
    return measured;
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
    const decision = this.#look().decision(action);
    decision.microseconds = this.#decisionMicroseconds;
    const decided = this.decide(decision);
    return { observation: this.observe(), ...decided };
  }

  decide(decision: ReadaheadDecision): Decided {
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    const { kind, thread } = this.#kernel.view;
    const fault = kind === "fault" ? 1 : 0;
    if (fault && !this.#misses!.missed(thread, this.#kernel.threadPosition(thread))) this.#pollution++;
    const outcome = this.#kernel.decide(decision);
    const { major_faults, ra_issued } = this.#kernel.view.counters;
    const last = this.#last;
    const issued = ra_issued - last.issued;
    const nextIsFault = !this.#kernel.done && this.#kernel.view.kind === "fault" ? 1 : 0;
    const majors = major_faults - last.majors + fault - nextIsFault;
    last.issued = ra_issued;
    last.majors = major_faults;
    const price = (this.#pollution + 0.1 * 64) / (ra_issued + 64);
    const credits = this.#credits(outcome, price);
    let hitUs = 0;
    for (let i = 0; i < outcome.hits; i++) hitUs += outcome.hitUs[i];
    let reward = majors - (outcome.cost - hitUs) / this.#alone - price * issued;
    for (const part of credits.rewards) reward += part;
    this.#looked = false;
    const terminated = this.#kernel.done;
    if (terminated) this.#running = false;
    return { reward, terminated, truncated: false, info: { ...this.#info(), credits } };
  }

  /** What the uses of pages since the last step earned, by the step that had read them. */
  #credits(outcome: ReadaheadOutcome, price: number): Credits {
    const { hits, hitThread, hitAccess, hitDecision, hitUs } = outcome;
    const rewards = new Float32Array(hits);
    for (let i = 0; i < hits; i++) {
      const missed = this.#misses!.missed(hitThread[i], hitAccess[i]);
      if (!missed) this.#pollution++;
      rewards[i] = (missed ? 1 : 0) - hitUs[i] / this.#alone + (missed ? price : 0);
    }
    return { steps: hitDecision.slice(0, hits), rewards };
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
    return { clock: this.#kernel.clock, cost: this.#kernel.cost, charged, position: this.#kernel.position };
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
    copy.#seed = this.#seed;
    copy.#episode = this.#episode;
    copy.#running = this.#running;
    copy.#workload = this.#workload;
    copy.#decisionMicroseconds = this.#decisionMicroseconds;
    copy.#alone = this.#alone;
    copy.#misses = this.#misses;
    copy.#pollution = this.#pollution;
    Object.assign(copy.#last, this.#last);
    return copy;
  }
}
