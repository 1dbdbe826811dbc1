import { Bbr, SHIPPED_BBR } from "../baselines/congestion/bbr.ts";
import { Cubic, SHIPPED_CUBIC } from "../baselines/congestion/cubic.ts";
import { invalidAction } from "../gym/action.ts";
import { EnvUsageError, type Info, type ResetOptions, type ResetResult, type StepResult } from "../gym/env.ts";
import type { EnvContext } from "../gym/registry.ts";
import { Box } from "../gym/spaces.ts";
import { CongestionKernel } from "../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../kernel/congestion/decision.ts";
import { congestionMetrics } from "../kernel/congestion/metrics.ts";
import type { CongestionWorkload } from "../kernel/congestion/workload.ts";
import { congestionWorkloads } from "../workloads/congestion_catalog.ts";
import { ArraySlab } from "./array_slab.ts";
import { chooseWorkload } from "./choose_workload.ts";
import { applyActions, createRates } from "./congestion_actions.ts";
import { congestionScenario } from "./congestion_episode.ts";
import {
  CONGESTION_FEATURES,
  CONGESTION_OBSERVATION_LIMIT,
  type LastActions,
  observeCongestion,
  rlCcSignal,
} from "./congestion_observation.ts";
import { type CongestionOptions, readCongestionOptions } from "./congestion_options.ts";
import { CongestionRewards } from "./congestion_rewards.ts";
import { EpisodeSeeds } from "./episode_seeds.ts";
import type { Decided, KernelEnv } from "./kernel_env.ts";

/** Queue pairs that can be asked. Source: choice; the catalogue's workloads have at most about 72 at once. */
const ROWS = 96;

/** Workloads that are kept: who compares policies plays the same episodes again and again. */
const MOST_KEPT = 64;

const TCP = { cubic: new Cubic("cubic", SHIPPED_CUBIC), bbr: new Bbr("bbr", SHIPPED_BBR) };

export class CongestionEnv implements KernelEnv<CongestionKernel, CongestionDecision, Float32Array, Float32Array> {
  readonly rows = ROWS;
  readonly observationSpace = new Box(-CONGESTION_OBSERVATION_LIMIT, CONGESTION_OBSERVATION_LIMIT, [
    CONGESTION_FEATURES.length,
  ]);
  readonly actionSpace = new Box(-1, 1, [1]);
  readonly condition = null;
  readonly #context: EnvContext;
  readonly #kept = new Map<string, CongestionWorkload>();
  #kernel = new CongestionKernel();
  #options!: CongestionOptions;
  #rewards!: CongestionRewards;
  #decision = createRates(2 * ROWS);
  readonly #last: LastActions = {
    previous: new Float32Array(ROWS),
    before: new Float32Array(ROWS),
    signal: new Float32Array(ROWS),
  };
  readonly #observations = new ArraySlab(ROWS * CONGESTION_FEATURES.length, (length) => new Float32Array(length));
  readonly #masks = new ArraySlab(ROWS, (length) => new Uint8Array(length));
  readonly #seeds: EpisodeSeeds;
  #running = false;
  #workload = "";

  constructor(context: EnvContext) {
    this.#context = context;
    this.#seeds = new EpisodeSeeds(context);
  }

  get spec() {
    return this.#context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  get kernel(): CongestionKernel {
    return this.#kernel;
  }

  get cost(): number {
    return this.#kernel.cost;
  }

  get costPerReward(): number | null {
    return this.#options.reward === "cost" ? 1 : null;
  }

  get workload(): string {
    return this.#workload;
  }

  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    const read = readCongestionOptions(options, this.spec);
    this.#seeds.begin(seed);
    const random = this.#seeds.stream("congestion/episode");
    const draw = random.next();
    const kernelSeed = random.integer(2 ** 31);
    const { name, workload } = chooseWorkload(this.#context, read.workload, draw, (one) =>
      this.#opened(one, kernelSeed, read),
    );
    this.#workload = name;
    this.#options = read;
    this.#last.previous.fill(0);
    this.#last.before.fill(0);
    this.#last.signal.fill(0);
    this.#kernel.onRoundTrip = null;
    this.#kernel.reset(congestionScenario(workload, TCP[read.tcp], read), kernelSeed);
    this.#listen();
    this.#running = !this.#kernel.done;
    return { observation: this.observe(), info: { ...this.#info(), workload: name } };
  }

  #opened(name: string, seed: number, { open }: CongestionOptions): CongestionWorkload {
    const key = `${name}/${seed}/${JSON.stringify(open)}`;
    let workload = this.#kept.get(key);
    if (workload === undefined) {
      workload = congestionWorkloads.find((entry) => entry.name === name)!.open(seed, open);
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(key, workload);
    }
    return workload;
  }

  #listen(): void {
    this.#rewards = new CongestionRewards(ROWS, this.#kernel, this.#options.reward);
    const rewards = this.#rewards;
    this.#kernel.onRoundTrip = this.#options.reward === "cost" ? null : (row) => rewards.note(row);
  }

  step(action: Float32Array): StepResult<Float32Array, Float32Array> {
    this.#assertAction(action);
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    const { view } = this.#kernel;
    const { askedCount } = view;
    if (askedCount > this.#decision.rate.length) this.#decision = createRates(2 * askedCount);
    applyActions(view, action, this.#options, this.#decision);
    this.#note(action);
    const decided = this.#decided(this.#decision);
    return { observation: this.observe(), ...decided };
  }

  /** Remembers what was done to whom. */
  #note(action: Float32Array): void {
    const { asked, askedCount, queuePairs, roundTrips } = this.#kernel.view;
    const { previous, before, signal } = this.#last;
    for (let i = 0; i < askedCount; i++) {
      const row = asked[i];
      if (row >= ROWS) continue;
      const fresh = roundTrips.count[row] === 0;
      before[row] = fresh ? 0 : previous[row];
      previous[row] = fresh ? 0 : action[row];
      signal[row] = fresh
        ? 0
        : rlCcSignal(roundTrips.rtt[row] / queuePairs.base[row], queuePairs.rate[row] / queuePairs.line[row]);
    }
  }

  #assertAction(action: Float32Array): void {
    if (!(action instanceof Float32Array) || action.length !== ROWS)
      throw invalidAction(this.spec, action, this.actionSpace);
    for (let row = 0; row < ROWS; row++) {
      if (!(action[row] >= -1 && action[row] <= 1)) throw invalidAction(this.spec, action, this.actionSpace);
    }
  }

  decide(decision: CongestionDecision): Decided<Float32Array> {
    if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    return this.#decided(decision);
  }

  #decided(decision: CongestionDecision): Decided<Float32Array> {
    const { cost } = this.#kernel.decide(decision);
    const { done } = this.#kernel;
    if (done) this.#running = false;
    const reward = this.#options.reward === "cost" ? new Float32Array(ROWS).fill(-cost) : this.#rewards.take();
    return { reward, terminated: done, truncated: false, info: this.#info() };
  }

  observe(): Float32Array {
    const observation = this.#observations.next();
    observeCongestion(this.#kernel.view, ROWS, this.#options, this.#last, observation);
    return observation;
  }

  actionMask(): Uint8Array {
    const mask = this.#masks.next();
    const { asked, askedCount } = this.#kernel.view;
    for (let i = 0; i < askedCount; i++) if (asked[i] < ROWS) mask[asked[i]] = 1;
    return mask;
  }

  #info(): Info {
    const { time, done } = this.#kernel;
    return { clock: time, position: time / 1000, began: this.#began(), ...(done && { cost: this.#kernel.cost }) };
  }

  /** Rows in which another queue pair begins. */
  #began(): number[] {
    const { asked, askedCount, roundTrips } = this.#kernel.view;
    const began: number[] = [];
    for (let i = 0; i < askedCount; i++) if (asked[i] < ROWS && roundTrips.count[asked[i]] === 0) began.push(asked[i]);
    return began;
  }

  metrics(): Record<string, number> {
    return congestionMetrics(this.#kernel);
  }

  render(): string {
    const { view, time, ledger, scenario } = this.#kernel;
    const { messages, smc } = scenario.workload;
    const all = messages.length + (smc?.requests.length ?? 0);
    const head = `${(time / 1000).toFixed(1)} us, ${ledger.finished} of ${all} messages done`;
    const { queuePairs, roundTrips } = view;
    const lines: string[] = [];
    for (let i = 0; i < queuePairs.count; i++) {
      if (queuePairs.active[i] === 0) continue;
      const rate = (8 * queuePairs.rate[i]).toFixed(1);
      const inflation = (roundTrips.rtt[i] / queuePairs.base[i]).toFixed(2);
      lines.push(`queue pair ${i}: ${rate} Gb/s, ${inflation} base round trips, ${queuePairs.remaining[i]} bytes left`);
    }
    return [head, ...lines].join("\n");
  }

  close(): void {
    this.#running = false;
  }

  fork(): CongestionEnv {
    const copy = new CongestionEnv(this.#context);
    copy.#kernel = this.#kernel.fork();
    copy.#options = this.#options;
    copy.#listen();
    copy.#rewards.earned.set(this.#rewards.earned);
    copy.#last.previous.set(this.#last.previous);
    copy.#last.before.set(this.#last.before);
    copy.#last.signal.set(this.#last.signal);
    copy.#seeds.copyFrom(this.#seeds);
    copy.#running = this.#running;
    copy.#workload = this.#workload;
    return copy;
  }
}
