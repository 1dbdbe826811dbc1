import type { Info, StepOutcome } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Box } from "../../gym/spaces.ts";
import { HISTOGRAM_KNOBS, type HistogramDecision, type TieringDecision } from "../../kernel/tiering/decision.ts";
import { LeastTime } from "../../kernel/tiering/least_time.ts";
import { ACCESSES_PER_UNIT } from "../../kernel/tiering/machine.ts";
import { TieringKernel } from "../../kernel/tiering/tiering.ts";
import { CHARGES } from "../../kernel/tiering/time_ledger.ts";
import type { TieringWorkload, WindowHistogram } from "../../kernel/tiering/workload.ts";
import { tieringWorkloads } from "../../workloads/tiering/catalog.ts";
import { type EpisodeDraws, SubsystemEnv } from "../subsystem_env.ts";
import { drawScenario } from "./episode.ts";
import { readTieringOptions, type TieringOptions } from "./options.ts";

/** Largest magnitude of an observation. */
const OBSERVATION_LIMIT = 10;
const OBSERVATIONS = 18;
const ACTIONS = ["share", "move rate", "recency", "hysteresis"] as const;

/**
 * # ring0/Tiering-v1
 *
 * ## Description
 *
 * A program runs on a machine with a fast and a slow memory tier. A kernel ranks the pages of the program by sampled
 * heat and moves them between the tiers. Once a second the policy sets the knobs of the kernel, above all the share of
 * accesses that the fast tier should serve. More is not always better: other programs use the fast tier too, and a
 * loaded fast tier answers more slowly than an idle slow tier. Every episode draws the machine and the background load
 * anew, so that no constant fits all episodes.
 *
 * ## Action Space
 *
 * `Box(4)`: levels of the kernel's knobs. 0 is a sane setting.
 *
 * | Num | Action | Min | Max | Meaning |
 * |-----|--------|-----|-----|---------|
 * | 0 | fast share | -1 | 1 | share of accesses the fast tier serves at most: (1 + a) / 2 |
 * | 1 | move rate | -1 | 1 | MB a second moved at most: 2048 x 8^a |
 * | 2 | recency | -1 | 1 | how much of a page's heat is what was sampled just now: 0 to 1, 0.8 at 0 |
 * | 3 | hysteresis | -1 | 1 | how much hotter a page must be to replace another: 0.125 to 8, 1.5 at 0 |
 *
 * ## Observation Space
 *
 * `Box(18)`: values that a kernel can read from memory controllers, firmware tables and its own counters. Latencies and
 * utilisations are means over the last second. Shares are those at its end. `ln` is the natural logarithm.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | ln(fast latency / slow latency) | -10 | 10 |
 * | 1 | change of 0 since the last step | -10 | 10 |
 * | 2 | ln(fast latency / fast latency without load) | -10 | 10 |
 * | 3 | ln(slow latency / slow latency without load) | -10 | 10 |
 * | 4 | fast tier's utilisation | -10 | 10 |
 * | 5 | slow tier's utilisation | -10 | 10 |
 * | 6 | fast tier's share of accesses | -10 | 10 |
 * | 7 | change of 6 since the last step | -10 | 10 |
 * | 8 | ln(fast capacity / pages of the program) | -10 | 10 |
 * | 9 | ln(slow bandwidth / fast bandwidth) | -10 | 10 |
 * | 10 | ln(slow latency / fast latency), both without load | -10 | 10 |
 * | 11 | throughput relative to an unloaded fast tier | -10 | 10 |
 * | 12 | pages promoted, relative to the fast capacity | -10 | 10 |
 * | 13 | pages demoted within 10 s of their promotion, relative to the fast capacity | -10 | 10 |
 * | 14 | short memory's share on the fast tier's pages minus 6 | -10 | 10 |
 * | 15 | long memory's share on the fast tier's pages minus 6: what was hot and is not | -10 | 10 |
 * | 16 | share of the heat on the hottest pages that would fit minus 6: what could still be gained | -10 | 10 |
 * | 17 | share of the samples that fell on pages without heat: how new what is hot is | -10 | 10 |
 *
 * ## Rewards
 *
 * The least time that the work of the step can take on this machine beside this background, minus the time it took, s:
 * about -1 to 0. The sum over an episode is the certified bound minus the cost, so a policy cannot gain by doing work
 * late, early or not at all. Migration, monitoring and deciding cost time inside the simulator. The least time is only
 * in the reward, never in the observation.
 *
 * ## Starting State
 *
 * A workload of the allowed splits, with its pages placed by first touch. The seed decides the slow bandwidth (20 to 69
 * GB/s, log-uniform), the slow latency (120 to 250 ns), the fast capacity (1/6 to 1/2 of the pages, log-uniform) and a
 * background load of 0 to 3 times five threads that changes every 5 to 25 units of work.
 *
 * ## Episode End
 *
 * 1. Termination: the program has done its work.
 * 2. Truncation: 1000 steps.
 *
 * The cost is the time until termination, s.
 *
 * ## Arguments
 *
 * `reset({ options })` takes `workload` (a name, or a TieringWorkload), `pages`, `slow_bandwidth`, `slow_latency`,
 * `slow_write_cost`, `fast_fraction`, `background`, `sampling_period`, `decision_us` and `alter_after`; `npm run list`
 * prints their ranges. The seed decides options that are not given and have no default.
 *
 * ## Version History
 *
 * - v1: first version
 */
export class TieringEnv extends SubsystemEnv<TieringKernel, TieringDecision, Float32Array, number, TieringOptions> {
  readonly rows = 1;
  readonly observationSpace = new Box(-OBSERVATION_LIMIT, OBSERVATION_LIMIT, [OBSERVATIONS]);
  readonly actionSpace = new Box(-1, 1, [ACTIONS.length]);
  readonly condition = null;
  #least: LeastTime | null = null;
  #window: WindowHistogram = { access: new Float64Array(0), write: new Float32Array(0) };
  /** The window whose least time is known, and that time, s. */
  #leastWindow = -1;
  #leastSeconds = 0;
  #decisionSeconds = 0;
  #latencyRatio = 0;
  #share = 0;
  readonly #previous = { latencyRatio: 0, share: 0 };
  readonly #decision: HistogramDecision = {
    mechanism: "histogram",
    fastShare: 1,
    moveRate: 0,
    recency: 0,
    hysteresis: 0,
  };

  constructor(context: EnvContext) {
    super(context, new TieringKernel(), "tiering/episode");
  }

  get cost(): number {
    return this.kernel.view.time;
  }

  get costPerReward(): number {
    return 1;
  }

  protected readOptions(options: Readonly<Record<string, unknown>>): TieringOptions {
    return readTieringOptions(options, this.spec);
  }

  protected begin(options: TieringOptions, { workload: draw, kernelSeed, random }: EpisodeDraws): Info {
    const workload = this.openWorkload<TieringWorkload>(options.workload, draw, (name) =>
      tieringWorkloads.find((entry) => entry.name === name)!.open(kernelSeed, { pages: options.pages }),
    );
    const scenario = drawScenario(workload, random, options);
    this.kernel.reset(scenario, kernelSeed);
    this.#least = new LeastTime(scenario.machine, workload.pages);
    this.#window = { access: new Float64Array(workload.pages), write: new Float32Array(workload.pages) };
    this.#leastWindow = -1;
    this.#decisionSeconds = options.decisionMicroseconds * 1e-6;
    this.#observeKernel();
    this.#previous.latencyRatio = this.#latencyRatio;
    this.#previous.share = this.#share;
    const [fast, slow] = scenario.machine.tiers;
    return { fast_pages: fast.capacity, slow_bandwidth: slow.bandwidth, slow_latency: slow.latencyNs };
  }

  protected act(action: Float32Array): StepOutcome<number> {
    this.kernel.ledger.owe("deciding", this.#decisionSeconds);
    return this.carryOut(this.toDecision(action));
  }

  /** The kernel's knobs for an action. The next call reuses the object. */
  toDecision(action: ArrayLike<number>): HistogramDecision {
    const decision = this.#decision;
    const { moveRate, recency, hysteresis } = HISTOGRAM_KNOBS;
    decision.fastShare = (1 + action[0]) / 2;
    decision.moveRate = level(action[1], moveRate);
    decision.recency =
      recency.start + action[2] * (action[2] < 0 ? recency.start - recency.min : recency.max - recency.start);
    decision.hysteresis = level(action[3], hysteresis);
    return decision;
  }

  protected carryOut(decision: TieringDecision): StepOutcome<number> {
    const start = this.kernel.position;
    this.#previous.latencyRatio = this.#latencyRatio;
    this.#previous.share = this.#share;
    const { cost } = this.kernel.decide(decision);
    const reward = this.#leastTimeOf(start, this.kernel.position) - cost;
    this.#observeKernel();
    return this.outcome(reward);
  }

  /** Least time of the work between two positions, s. */
  #leastTimeOf(from: number, to: number): number {
    const { workload, background } = this.kernel.scenario;
    let seconds = 0;
    for (let window = Math.floor(from); window < to; window++) {
      if (window !== this.#leastWindow) {
        workload.fill(window, this.#window);
        this.#leastSeconds = this.#least!.seconds(this.#window, background[window]);
        this.#leastWindow = window;
      }
      seconds += (Math.min(to, window + 1) - Math.max(from, window)) * this.#leastSeconds;
    }
    return seconds;
  }

  #observeKernel(): void {
    const [fast, slow] = this.kernel.view.tiers;
    this.#latencyRatio = Math.log(fast.latency / slow.latency);
    this.#share = fast.share;
  }

  observe(): Float32Array {
    const { view } = this.kernel;
    const [fast, slow] = view.tiers;
    const observation = new Float32Array(OBSERVATIONS);
    observation[0] = this.#latencyRatio;
    observation[1] = this.#latencyRatio - this.#previous.latencyRatio;
    observation[2] = Math.log(fast.latency / fast.unloadedLatency);
    observation[3] = Math.log(slow.latency / slow.unloadedLatency);
    observation[4] = fast.utilisation;
    observation[5] = slow.utilisation;
    observation[6] = this.#share;
    observation[7] = this.#share - this.#previous.share;
    observation[8] = Math.log(fast.capacity / view.pages);
    observation[9] = Math.log(slow.bandwidth / fast.bandwidth);
    observation[10] = Math.log(slow.unloadedLatency / fast.unloadedLatency);
    observation[11] = view.throughput / ACCESSES_PER_UNIT;
    observation[12] = view.promoted / fast.capacity;
    observation[13] = view.pingPong / fast.capacity;
    observation[14] = view.fastShort - this.#share;
    observation[15] = view.fastLong - this.#share;
    observation[16] = view.hotHeat - this.#share;
    observation[17] = view.novelty;
    for (let i = 0; i < OBSERVATIONS; i++) {
      observation[i] = Math.max(-OBSERVATION_LIMIT, Math.min(OBSERVATION_LIMIT, observation[i]));
    }
    return observation;
  }

  protected info(): Info {
    const charged: Record<string, number> = {};
    for (const name of CHARGES) charged[name] = this.kernel.ledger.charged(name);
    const { time } = this.kernel.view;
    return { clock: time, cost: time, charged, position: this.kernel.position };
  }

  actionMask(): null {
    return null;
  }

  metrics(): Record<string, number> {
    return this.kernel.metrics();
  }

  render(): string {
    const { view, position, scenario } = this.kernel;
    const lines = [`${view.time.toFixed(1)} s, ${position.toFixed(1)} of ${scenario.workload.windows} units of work`];
    for (const tier of view.tiers) {
      const share = `${(100 * tier.share).toFixed(1)} % of accesses`;
      lines.push(
        `${tier.name.padEnd(5)} ${tier.used} of ${tier.capacity} pages, ${share}, ` +
          `${tier.latency.toFixed(0)} ns, ${(100 * tier.utilisation).toFixed(0)} % busy`,
      );
    }
    return lines.join("\n");
  }

  protected create(): this {
    return new TieringEnv(this.context) as this;
  }

  protected copyFrom(other: this): void {
    if (other.#least) {
      const { machine, workload } = this.kernel.scenario;
      this.#least = new LeastTime(machine, workload.pages);
      this.#window = { access: new Float64Array(workload.pages), write: new Float32Array(workload.pages) };
    }
    this.#decisionSeconds = other.#decisionSeconds;
    this.#latencyRatio = other.#latencyRatio;
    this.#share = other.#share;
    Object.assign(this.#previous, other.#previous);
  }
}

/** The level of a knob: its starting value at 0, the ends of its range at -1 and 1, and equal ratios between them. */
function level(action: number, knob: { min: number; max: number; start: number }): number {
  return knob.start * (action < 0 ? knob.min / knob.start : knob.max / knob.start) ** Math.abs(action);
}
