import { invalidAction } from "../../gym/action.ts";
import { EnvUsageError, type Info, type Split, type StepOutcome } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Box, MultiDiscrete } from "../../gym/spaces.ts";
import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { gpuMetrics } from "../../kernel/gpu/metrics.ts";
import { GpuPlanner } from "../../kernel/gpu/planner.ts";
import { createStance, type GpuStance } from "../../kernel/gpu/stance.ts";
import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import { gpuWorkloads } from "../../workloads/gpu/catalog.ts";
import { BoundedCache } from "../bounded_cache.ts";
import { type EpisodeDraws, SubsystemEnv } from "../subsystem_env.ts";
import { GPU_ALTERNATIVES, GPU_CHOICES, GPU_MASK_SIZE, takeStance, writeMask } from "./actions.ts";
import { drawGpuScenario } from "./episode.ts";
import { GPU_FEATURES, GPU_OBSERVATION_LIMIT, observeGpu } from "./observation.ts";
import { type GpuOptions, readGpuOptions } from "./options.ts";

/** Largest number of channel groups. Source: the largest published mix. */
const ROWS = 10;

/** Time between two choices of a best-effort group, ns. Source: choice, the length of a turn. */
const BEST_EFFORT_NS = 10_000_000;

/** Capacity of the workload cache: a comparison of policies plays the same episodes many times. */
const MOST_KEPT = 64;

/** Time that the planner takes when it wakes up by itself, us. Source: choice, as for every rule in the driver. */
const PLANNER_US = 1;

/** Cost of one unit of reward. */
const COST_PER_REWARD = 0.01;

/**
 * # ring0/GpuPreemption-v1
 *
 * ## Description
 *
 * Clients share a GPU. Some serve requests with a deadline (critical), others have work without end (best effort). The
 * GPU runs one channel group at a time. A runlist lets groups take turns by timeslices. To change groups takes tens of
 * microseconds, or as long as a kernel that cannot be preempted. By default, a critical request waits for several
 * timeslices of other groups. The host can set timeslices, preemption modes and enable bits, but each of these is a
 * control operation that takes effect late. The host can also hold launches back, and it knows about a request while
 * the client still prepares it.
 *
 * A row is a channel group. There is a decision at the start, at every arrival, launch and end of a critical request,
 * and every millisecond. An action states the intent for each group. A planner in the kernel carries it out between
 * decisions, and wakes up by itself when it has to reserve or release the GPU. Every episode draws the groups, their
 * models, arrivals and objectives, the GPU, the latency of control operations and the shortest timeslice anew. [The
 * simulator](../../docs/gpu.md).
 *
 * ## Action Space
 *
 * `MultiDiscrete([5, 4, 3, 2, 5, 3, 4, 2, 2])` for each of 10 rows. A row makes the choices of its kind of group. For
 * the choices of the other kind, and in rows without a group, the mask allows only the current value. Best-effort
 * groups choose at the start and every 10 ms. Critical groups choose at the start, every millisecond, and when
 * something happens to them; the first critical group chooses the context for all groups, only at the start. At other
 * times the last choices stay. The mask forbids instruction-level preemption for a group that does not have it.
 *
 * | Num | Action | Of | Alternatives | Meaning |
 * |-----|--------|----|--------------|---------|
 * | 0 | means | best effort | 0 auto, 1 timeslice, 2 disable, 3 gate, 4 poll | by which a best-effort group is taken off for critical work: what the planner works out to be fastest by its profile; the end of its timeslice, a control operation, few launches ahead (as many kernels as reach for the time of a launch, 3.4 % of its time or more) and none while critical work is there, or a flag that its kernels poll at every thread block (2.5 % of its time) |
 * | 1 | mode | best effort | 0 auto, 1 instruction, 2 thread-block, 3 wait-for-idle | preemption mode of a best-effort group, auto: what costs least by its profile |
 * | 2 | timeslice | best effort | 0 1 us, 1 200 us, 2 1024 us | of a best-effort group, at least the driver's shortest |
 * | 3 | turn | best effort | 0 take-turns, 1 always | whether a best-effort group is one of those of which one at a time is enabled (10 ms each), or enabled always |
 * | 4 | reserve | critical | 0 hint, 1 none, 2 tight, 3 wide, 4 linger | for which launches the GPU is kept free for a critical group: those in preparation; none; also the next one expected, with little or with much room; also any shortly after the last end |
 * | 5 | lead | critical | 0 x 0.75, 1 x 0.4, 2 x 1.5 | time before a launch from which the GPU is kept, over what taking best effort off is thought to take |
 * | 6 | order | critical | 0 normal, 1 auto, 2 low, 3 high | auto: low while its oldest request cannot be in time any more, else normal; a critical group waits, disabled by control operations, while one of higher order has work |
 * | 7 | release | critical | 0 resident, 1 done | when best effort may come back: when the critical group is on the GPU, or when critical work is done |
 * | 8 | context | critical | 0 own, 1 shared | whether clients have a context each, or one in common, where one server launches for all and kernels run side by side: the first critical group chooses for all at the start. In one context only gate and poll take best effort off (the others act as gate) |
 *
 * ## Observation Space
 *
 * `Box(41)` for each of 10 rows: the state of one group, and the state that all groups share. A row observes what a
 * driver, or a shim under the client, can know: profiles of the kernels, past arrivals and elapsed times. It does not
 * observe how long a request or a kernel will really take, what will arrive, or how much work there is in total. A
 * switch is the time of the GPU itself to preempt and to change groups. Observations of one kind of group are 0 in rows
 * of the other kind, and rows without a group are all 0.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | 1: a channel group | -10 | 10 |
 * | 1 | 1: critical | -10 | 10 |
 * | 2 | log2(shortest timeslice / us) / 10 | -10 | 10 |
 * | 3 | log2(control latency / switch) / 4 | -10 | 10 |
 * | 4 | log2(switch / 32 us) / 4 | -10 | 10 |
 * | 5 | control operations in flight / 4 | -10 | 10 |
 * | 6 | critical groups with work / 4 | -10 | 10 |
 * | 7 | critical load: declared length over time between arrivals, summed | -10 | 10 |
 * | 8 | best-effort groups with work / 4 | -10 | 10 |
 * | 9 | critical groups / 4 | -10 | 10 |
 * | 10 | best-effort groups / 4 | -10 | 10 |
 * | 11 | log2(longest thread block of a best-effort group / switch) / 4 | -10 | 10 |
 * | 12 | log2(greatest time-weighted kernel length of a best-effort group / switch) / 4 | -10 | 10 |
 * | 13 | share of best-effort groups with instruction-level preemption | -10 | 10 |
 * | 14 | mean share of the multiprocessors that critical kernels fill | -10 | 10 |
 * | 15 | best effort: log2(time-weighted kernel length / switch) / 4 | -10 | 10 |
 * | 16 | best effort: log2(8 mean kernels / switch) / 4 | -10 | 10 |
 * | 17 | best effort: log2(thread block / switch) / 4 | -10 | 10 |
 * | 18 | best effort: log2(longest kernel / switch) / 4 | -10 | 10 |
 * | 19 | best effort: instruction-level preemption | -10 | 10 |
 * | 20 | best effort: share of the time it got, x number of best-effort groups | -10 | 10 |
 * | 21 | best effort: that, over the mean of all best-effort groups, minus 1 | -10 | 10 |
 * | 22 | best effort: work | -10 | 10 |
 * | 23 | best effort: log2(1 + elapsed time of its kernel / switch) / 4 | -10 | 10 |
 * | 24 | critical: work | -10 | 10 |
 * | 25 | critical: resident | -10 | 10 |
 * | 26 | critical: requests in preparation / 4 | -10 | 10 |
 * | 27 | critical: time until the next launch / 4 switches | -10 | 10 |
 * | 28 | critical: preparation / 4 switches | -10 | 10 |
 * | 29 | critical: slack that is left / 8 switches | -10 | 10 |
 * | 30 | critical: hopeless | -10 | 10 |
 * | 31 | critical: log2(declared length / switch) / 4 | -10 | 10 |
 * | 32 | critical: what is left / declared length | -10 | 10 |
 * | 33 | critical: deviation of the time between arrivals / its mean | -10 | 10 |
 * | 34 | critical: log2(deviation / switch) / 4 | -10 | 10 |
 * | 35 | critical: log2(time between arrivals / switch) / 4 | -10 | 10 |
 * | 36 | critical: time since the last arrival / time between arrivals | -10 | 10 |
 * | 37 | critical: share of requests missed | -10 | 10 |
 * | 38 | critical: requests launched / 4 | -10 | 10 |
 * | 39 | critical: log2(declared length / control latency) / 4 | -10 | 10 |
 * | 40 | critical: declared length / longest with work | -10 | 10 |
 *
 * ## Rewards
 *
 * All rows get the same reward: 100 x (the share of the run that has passed since the last step, minus the cost that
 * fell due). That is what best effort got of its entitlement, minus the penalty of late requests. Over an episode the
 * rewards add up to 100 x (1 - cost).
 *
 * ## Starting State
 *
 * A workload of the allowed splits at time 0, with nothing launched and with the default settings of a driver. The seed
 * decides the GPU (v100, a100, h100, rtx3080; on the test split also h200 and rtx5090), the median latency of a control
 * operation (5 to 350 us, log-uniform), and what the workload draws. The shortest timeslice is 1 us and 1,000 us in
 * turn, by seed plus episode.
 *
 * ## Episode End
 *
 * Termination: the time of the run is over, 400 ms by default. There is no truncation.
 *
 * The cost is the cost of lateness plus the cost of starvation, each 0 to 1. Lateness is the mean, over critical
 * groups, of the mean penalty of their requests. The penalty is 0 when a request is done as early as if its group were
 * alone, and rises to 0.25 at its slack; it is 0.75 just after its slack and rises to 1 at 20 slacks. The slack is the
 * time that the objective allows, at least two switches. Unfinished requests count as late as they are at the end.
 * Starvation is the mean, over best-effort groups, of the share that they lack of their entitlement. The entitlement of
 * a group is an equal part of the time that critical work leaves. Every action is charged `decision_us`: its effects
 * come that much later.
 *
 * ## Arguments
 *
 * `reset({ options })` takes `workload` (a name, or a GpuWorkload of at most 10 groups), `duration_ms`,
 * `critical_load`, `architecture`, `control_us`, `min_slice_us`, `cold_us`, `decision_us`, `lead_scale` and
 * `alter_after`; `npm run list` prints their ranges. The seed decides options that are not given, with these
 * exceptions. `cold_us` is 0. `critical_load` is 1; it multiplies the rate at which critical requests arrive in a
 * workload with a name. `lead_scale` is 1; it multiplies the planner's estimate of the time to take best effort off the
 * GPU.
 *
 * ## Version History
 *
 * - v1: first version
 */
export class GpuEnv extends SubsystemEnv<GpuKernel, GpuDecision, Int32Array, Float32Array, GpuOptions> {
  readonly rows = ROWS;
  readonly observationSpace = new Box(-GPU_OBSERVATION_LIMIT, GPU_OBSERVATION_LIMIT, [GPU_FEATURES]);
  readonly actionSpace = new MultiDiscrete(GPU_ALTERNATIVES);
  readonly costPerReward = COST_PER_REWARD;
  readonly #kept = new BoundedCache<GpuWorkload>(MOST_KEPT);
  #planner = new GpuPlanner();
  #stance: GpuStance = createStance(new Uint8Array(0));
  /** The last choices of every row. */
  readonly #held = new Int32Array(ROWS * GPU_CHOICES.length);
  readonly #mask = new Uint8Array(ROWS * GPU_MASK_SIZE);
  /** Whether `#mask` belongs to the current decision point. */
  #masked = false;
  #decisionMicroseconds = 0;

  constructor(context: EnvContext) {
    super(context, new GpuKernel(), "gpu/episode");
  }

  get cost(): number {
    return this.kernel.cost;
  }

  get condition(): string {
    return `slices from ${this.kernel.scenario.minSliceUs} us`;
  }

  protected readOptions(options: Readonly<Record<string, unknown>>): GpuOptions {
    return readGpuOptions(options, this.spec);
  }

  protected begin(options: GpuOptions, { workload: draw, kernelSeed, random }: EpisodeDraws): Info {
    const { workload, split } = this.#open(options, draw, kernelSeed);
    if (workload.groups.length > ROWS) {
      throw new EnvUsageError(
        `${this.spec.id}: ${workload.name} has ${workload.groups.length} channel groups, at most ${ROWS} are possible`,
      );
    }
    const scenario = drawGpuScenario(workload, split, this.seeds.turn, random, options);
    this.kernel.reset(scenario, kernelSeed);
    this.#planner = new GpuPlanner(options.planner);
    this.#stance = createStance(this.kernel.view.critical);
    this.#held.fill(0);
    this.#masked = false;
    this.#decisionMicroseconds = options.decisionMicroseconds;
    const { architecture, controlNs, minSliceUs } = scenario;
    return { architecture: architecture.name, control_us: controlNs / 1000, min_slice_us: minSliceUs };
  }

  #open(options: GpuOptions, draw: number, seed: number): { workload: GpuWorkload; split: Split } {
    let split: Split = "test";
    const workload = this.openWorkload<GpuWorkload>(options.workload, draw, (name) => {
      const entry = gpuWorkloads.find((candidate) => candidate.name === name)!;
      split = entry.split;
      const { durationNs, criticalLoad } = options;
      const key = `${name}/${seed}/${durationNs}/${criticalLoad}`;
      return this.#kept.get(key, () => entry.open(seed, { durationNs, criticalLoad }));
    });
    return { workload, split };
  }

  protected override assertAction(action: Int32Array): void {
    if (!(action instanceof Int32Array) || action.length !== this.#held.length) this.#refuse(action);
  }

  protected act(action: Int32Array): StepOutcome<Float32Array> {
    this.#assertAllowed(action);
    const { kernel } = this;
    const { view } = kernel;
    const choices = GPU_CHOICES.length;
    for (let g = 0; g < view.groups; g++) takeStance(this.#stance, g, view.critical[g] === 1, action, g * choices);
    this.#held.set(action);
    this.#masked = false;
    const time = kernel.time;
    let cost = 0;
    let microseconds = this.#decisionMicroseconds;
    do {
      const decision = this.#planner.plan(view, this.#stance);
      decision.microseconds = microseconds;
      cost += kernel.decide(decision).cost;
      microseconds = PLANNER_US;
    } while (view.event === "wake-up" && !kernel.done);
    return this.#rewarded(time, cost);
  }

  protected carryOut(decision: GpuDecision): StepOutcome<Float32Array> {
    const time = this.kernel.time;
    this.#masked = false;
    return this.#rewarded(time, this.kernel.decide(decision).cost);
  }

  #rewarded(since: number, cost: number): StepOutcome<Float32Array> {
    const { time, scenario } = this.kernel;
    const passed = (time - since) / scenario.workload.durationNs;
    return this.outcome(new Float32Array(ROWS).fill((passed - cost) / COST_PER_REWARD));
  }

  /** Throws an EnvUsageError unless every choice of every row exists and the mask allows it. */
  #assertAllowed(action: Int32Array): void {
    const mask = this.#currentMask();
    let at = 0;
    for (let i = 0, choice = 0; i < action.length; i++, choice++) {
      if (choice === GPU_ALTERNATIVES.length) choice = 0;
      const count = GPU_ALTERNATIVES[choice];
      if (!(action[i] >= 0 && action[i] < count)) this.#refuse(action);
      if (mask[at + action[i]] === 0) {
        const row = Math.floor(i / GPU_CHOICES.length);
        const { name, alternatives } = GPU_CHOICES[choice];
        throw new EnvUsageError(
          `${this.spec.id}: row ${row} may not choose ${name} ${action[i]} (${alternatives[action[i]]}) here, the mask forbids it`,
        );
      }
      at += count;
    }
  }

  #refuse(action: unknown): never {
    throw invalidAction(this.spec, action, this.actionSpace);
  }

  observe(): Float32Array {
    const observation = new Float32Array(ROWS * GPU_FEATURES);
    observeGpu(this.kernel.view, ROWS, observation);
    return observation;
  }

  actionMask(): Uint8Array {
    return this.#currentMask().slice();
  }

  /** The mask of the current decision point, made at its first use. */
  #currentMask(): Uint8Array {
    if (this.#masked) return this.#mask;
    this.#masked = true;
    const { view } = this.kernel;
    const slow = view.time % BEST_EFFORT_NS === 0;
    for (let row = 0; row < ROWS; row++) {
      const asked = view.critical[row] === 1 ? view.eventGroup < 0 || view.eventGroup === row : slow;
      writeMask(view, row, asked, this.#held, this.#mask);
    }
    return this.#mask;
  }

  protected info(): Info {
    const { time, cost, ledger } = this.kernel;
    const { busy, spin, switching, idle } = ledger;
    return { clock: time, cost, charged: { busy, spin, switching, idle }, position: time / 1000 };
  }

  metrics(): Record<string, number> {
    return gpuMetrics(this.kernel);
  }

  render(): string {
    const { view, scenario, cost } = this.kernel;
    const rows = scenario.workload.groups.map(({ name, critical }, g) => {
      const state = view.resident === g ? (view.switching ? "leaves or comes" : "on the GPU") : "";
      const kind = critical ? "critical" : "best effort";
      return `${name} (${kind}): ${view.queued[g]} launched, ${view.completed[g]} done, ${view.missed[g]} late ${state}`;
    });
    return [`${(view.time / 1e6).toFixed(3)} ms, ${view.event}, cost ${cost.toFixed(4)}`, ...rows].join("\n");
  }

  protected create(): this {
    return new GpuEnv(this.context) as this;
  }

  protected copyFrom(other: this): void {
    this.#planner = other.#planner.fork();
    this.#stance = structuredClone(other.#stance);
    this.#held.set(other.#held);
    this.#decisionMicroseconds = other.#decisionMicroseconds;
  }
}
