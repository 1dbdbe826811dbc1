import { EnvUsageError, type Info, type StepOutcome } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { CANDIDATES, Candidates, FEATURES } from "../../kernel/readahead/candidates.ts";
import type { ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import { FAULT_CHARGES } from "../../kernel/readahead/fault_ledger.ts";
import { LoneRun } from "../../kernel/readahead/lone_run.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";
import { readaheadWorkloads } from "../../workloads/readahead/catalog.ts";
import { BoundedCache } from "../bounded_cache.ts";
import { type EpisodeDraws, SubsystemEnv } from "../subsystem_env.ts";
import { alteredAfter, drawReadaheadScenario } from "./episode.ts";
import { type ReadaheadOptions, readReadaheadOptions } from "./options.ts";
import { ReadaheadRewards } from "./rewards.ts";

/** Largest magnitude of an observation. */
const OBSERVATION_LIMIT = 10;

/** Largest number of further seeds to try when a program fits its frames. */
const MOST_DRAWS = 16;

/** Capacity of the cache of episodes without readahead. */
const MOST_REMEMBERED = 1024;

/**
 * # ring0/Readahead-v1
 *
 * ## Description
 *
 * A program does not fit its memory. The rest of its pages are on a swap device, a drive or remote memory, that answers
 * later than the thread needs them. At a major fault the thread waits for its page. The kernel may read other pages at
 * the same time, so that they are in memory when the program wants them. If it reads too few, the program waits again
 * and again. If it reads wrong pages, they take frames from pages in use and keep the bus busy, for the next faults of
 * this program and for other tenants.
 *
 * There is one decision at every major fault, and one at the first use of a marked page. Every page set, except those
 * of actions 0 to 2 and the clusters, marks the page that the program should use first, so that reading can stay ahead
 * of the thread. Every episode draws the memory, the device, its load and the program anew, so that no constant fits
 * all episodes. [The simulator](../../docs/readahead.md).
 *
 * ## Action Space
 *
 * `Discrete(22)`: page sets. An action reads only those pages of its set that are on the device and not in memory. The
 * mask forbids sets without such a page, and a forbidden action is an error. A VMA window lies ahead of the fault if
 * the last fault or hit in the VMA was at the page before, behind the fault if it was at the next page, and around it
 * otherwise. It includes the faulting page. At a marker, it begins after the pages that are in memory already.
 *
 * | Num | Action | Reads |
 * |-----|--------|-------|
 * | 0 | none | nothing |
 * | 1 | none, and for 64 decision points | nothing, nor at the next 64 decision points |
 * | 2 | stock VMA window | what Linux's readahead by VMA would, up to 8 pages |
 * | 3 | vma 2 | window of 2 pages of the VMA |
 * | 4 | vma 4 | window of 4 pages of the VMA |
 * | 5 | vma 8 | window of 8 pages of the VMA |
 * | 6 | vma 16 | window of 16 pages of the VMA |
 * | 7 | vma 32 | window of 32 pages of the VMA |
 * | 8 | cluster 8 | aligned block of 8 swap slots |
 * | 9 | cluster 16 | aligned block of 16 swap slots |
 * | 10 | stride 4 | 4 steps of the thread's stride |
 * | 11 | stride 8 | 8 steps of the thread's stride |
 * | 12 | stride 16 | 16 steps of the thread's stride |
 * | 13 | pc-stride 4 | 4 steps of the instruction's stride |
 * | 14 | pc-stride 8 | 8 steps of the instruction's stride |
 * | 15 | pc-stride 16 | 16 steps of the instruction's stride |
 * | 16 | replay 4 | up to 4 pages that followed this page last time |
 * | 17 | replay 8 | up to 8 pages that followed this page last time |
 * | 18 | replay 16 | up to 16 pages that followed this page last time |
 * | 19 | replay 32 | up to 32 pages that followed this page last time |
 * | 20 | pc-replay 8 | up to 8 pages that followed this instruction last time |
 * | 21 | pc-replay 16 | up to 16 pages that followed this instruction last time |
 *
 * ## Observation Space
 *
 * `Box(22, 42)`: one line of columns for each action, in their order, so that one network can score each action by the
 * same weights. Columns 0 to 13 describe the page set of the action here, and how useful its rule was so far, also
 * where the policy did not follow it. Column 14 is 1 for the choice of a rule with a global history buffer: `replay 4`
 * where 19 % of the accesses of a thread were among the four pages that followed last time and any of these is on the
 * device, else the stock window. Columns 15 to 25 say the kind of the action. Columns 26 to 41 are the state of memory
 * and device, and are the same for all actions. A kernel can know all of this: it sees faults and hits in the swap
 * cache, but not the use of mapped pages. A lone fault is a fault on an idle device.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | pages it would read now / 16 | -10 | 10 |
 * | 1 | whether it would read any | -10 | 10 |
 * | 2 | time the device takes for them / time of a lone fault | -10 | 10 |
 * | 3 | pages it would read / frames, x 8 | -10 | 10 |
 * | 4 | share of its pages to be used, as of all that its rule named lately | -10 | 10 |
 * | 5 | share of its pages to be used, as of what its rule named in this VMA | -10 | 10 |
 * | 6 | share of its pages to be used, as of what its rule named for this instruction | -10 | 10 |
 * | 7 | share of its source's pages read for this instruction that were used | -10 | 10 |
 * | 8 | how often its rule would have named the next page of this thread | -10 | 10 |
 * | 9 | how often its rule would have named the next page in this VMA | -10 | 10 |
 * | 10 | how often its rule would have named the next page for this instruction | -10 | 10 |
 * | 11 | pages it would read now / 16 x share for this instruction | -10 | 10 |
 * | 12 | share of its direction's neighbours used lately, near | -10 | 10 |
 * | 13 | share of its direction's neighbours used lately, far | -10 | 10 |
 * | 14 | what a global history buffer would choose | -10 | 10 |
 * | 15 | reads nothing | -10 | 10 |
 * | 16 | stock window | -10 | 10 |
 * | 17 | VMA window ahead | -10 | 10 |
 * | 18 | VMA window behind | -10 | 10 |
 * | 19 | VMA window around | -10 | 10 |
 * | 20 | slot cluster | -10 | 10 |
 * | 21 | stride of the thread | -10 | 10 |
 * | 22 | stride of the instruction | -10 | 10 |
 * | 23 | replay after this page | -10 | 10 |
 * | 24 | replay after this instruction | -10 | 10 |
 * | 25 | log2(size) / 5 | -10 | 10 |
 * | 26 | at a marker | -10 | 10 |
 * | 27 | the fault writes | -10 | 10 |
 * | 28 | wait for the device / time of a lone fault | -10 | 10 |
 * | 29 | reads under way / 64 | -10 | 10 |
 * | 30 | ln(time of a lone fault / us) / 5 | -10 | 10 |
 * | 31 | transfer of a page / time of a lone fault, x 10 | -10 | 10 |
 * | 32 | frames, log2 / 16 | -10 | 10 |
 * | 33 | pages lately refaulted shortly after their reclaim | -10 | 10 |
 * | 34 | refault distance of this page / frames | -10 | 10 |
 * | 35 | share of swap accesses that were hits, lately | -10 | 10 |
 * | 36 | stock hit count of the VMA / 8 | -10 | 10 |
 * | 37 | pages read ahead and not used yet / 64 | -10 | 10 |
 * | 38 | neighbours that are there already, at a marker / 16 | -10 | 10 |
 * | 39 | time of a major fault lately / time of a lone fault | -10 | 10 |
 * | 40 | how often the next page was among the 4 that followed last time, in this thread | -10 | 10 |
 * | 41 | how often the next page was among the 4 that followed last time, in this VMA | -10 | 10 |
 *
 * ## Rewards
 *
 * Major faults without readahead minus time. The first part is the number of major faults that the work since the last
 * step causes in a run of the same episode without readahead. The second part is the time that swapping took since the
 * last step, in units of the mean time of such a fault. The first parts add up to the same number for every policy, so
 * the return is a constant minus cost / unit: a policy cannot gain by doing work late, early or not at all.
 *
 * The effect of a decision shows many steps later, when the program uses its pages or the kernel throws them out.
 * `info.credits` reports it as it becomes known: `steps` (numbers of earlier steps) and `rewards` (what to add to the
 * value of each), in the same unit. A used page earns the fault it saved, unless it would still be in memory in the run
 * without readahead. Every page pays for its frame and its transfer at their prices in the episode so far, and for each
 * fault that waited for the bus while the bus carried the page. Every decision pays for its own time. Credits are
 * estimates for learners that look at each decision by itself (`bandit`). Together they are about the gain over reading
 * nothing, and they are not part of any score. A real kernel could not compute them alone, because they need the run
 * without readahead.
 *
 * ## Starting State
 *
 * A workload of the allowed splits, with none of its pages in memory, run to the first decision. The seed decides the
 * device (one of the asynchronous profiles; its transfer time is 1 to 4 times that of the profile, log-uniform), the
 * share of the bus that other tenants use (0 to 0.6) and the share of swap slots that others hold (0 to 0.3). Frames
 * are 10 % and 25 % of the pages that the program touches in turn, by seed plus episode, and at least 64. If the
 * program fits its frames and never swaps, another part of the recording (another program of the generator) is drawn,
 * up to 16 times.
 *
 * ## Episode End
 *
 * Termination: every thread has done its accesses. There is no truncation.
 *
 * The cost is the stall of the threads by swapping plus the delay of other tenants' requests, us. Stall is all time of
 * the threads except their own computing and first touches; it includes the time of decisions. Every action is charged
 * `decision_us`, 0.2 by default, and so is `none`. Action 1 is charged once; the decision points that it skips are
 * free.
 *
 * ## Arguments
 *
 * `reset({ options })` takes `workload` (a name, or a ReadaheadWorkload), `accesses`, `frames`, `device`, `latency_us`,
 * `page_us`, `background`, `fragmentation`, `demand_first`, `count_pollution`, `decision_us` and `alter_after`; `npm
 * run list` prints their ranges. The seed decides options that are not given and have no default. A device given by
 * name has the transfer time of its profile.
 *
 * ## Version History
 *
 * - v1: first version
 */
export class ReadaheadEnv extends SubsystemEnv<ReadaheadKernel, ReadaheadDecision, number, number, ReadaheadOptions> {
  readonly rows = 1;
  readonly observationSpace = new Box(-OBSERVATION_LIMIT, OBSERVATION_LIMIT, [CANDIDATES.length, FEATURES.length]);
  readonly actionSpace = new Discrete(CANDIDATES.length);
  readonly condition = null;
  /** Names of the profiles from which an episode draws its device. */
  readonly #devices: readonly string[];
  #candidates: Candidates | null = null;
  /** Whether `#candidates` belongs to the current decision point. */
  #looked = false;
  #decisionMicroseconds = 0;
  #rewards: ReadaheadRewards | null = null;
  /** Runs without readahead, by episode. */
  readonly #loneRuns = new BoundedCache<LoneRun>(MOST_REMEMBERED);

  constructor(context: EnvContext, devices: readonly string[]) {
    super(context, new ReadaheadKernel(), "readahead/episode");
    this.#devices = devices;
  }

  get cost(): number {
    return this.kernel.cost;
  }

  get costPerReward(): number {
    return this.#rewards?.unit ?? 1;
  }

  protected readOptions(options: Readonly<Record<string, unknown>>): ReadaheadOptions {
    return readReadaheadOptions(options, this.spec);
  }

  protected begin(options: ReadaheadOptions, draws: EpisodeDraws): Info {
    let { kernelSeed } = draws;
    let scenario = this.#openScenario(options, draws, kernelSeed);
    this.kernel.reset(scenario, kernelSeed);
    // If a part of a recording fits its frames, another part is drawn.
    while (this.kernel.done && kernelSeed < draws.kernelSeed + MOST_DRAWS) {
      kernelSeed++;
      scenario = this.#openScenario(options, draws, kernelSeed);
      this.kernel.reset(scenario, kernelSeed);
    }
    const { device, frames, backgroundLoad } = scenario;
    if (this.kernel.done) {
      throw new EnvUsageError(`${this.spec.id}: ${this.workload} never swaps with ${frames} frames; give it fewer`);
    }
    this.#candidates = new Candidates(this.kernel.view);
    this.#decisionMicroseconds = options.decisionMicroseconds;
    this.#rewards = new ReadaheadRewards(this.#loneRun(options, scenario, kernelSeed));
    this.#looked = false;
    return {
      frames,
      device: device.name,
      latency_us: device.latencyUs,
      page_us: device.pageUs,
      background: backgroundLoad,
    };
  }

  #openScenario(options: ReadaheadOptions, { workload, random }: EpisodeDraws, seed: number): ReadaheadScenario {
    const { accesses, alterAfter } = options;
    const opened = this.openWorkload<ReadaheadWorkload>(options.workload, workload, (name) =>
      readaheadWorkloads.find((entry) => entry.name === name)!.open(seed, { accesses }),
    );
    const altered = alterAfter === undefined ? opened : alteredAfter(opened, alterAfter);
    return drawReadaheadScenario(altered, this.#devices, this.seeds.turn, random.fork(), options);
  }

  /** The episode without readahead. A comparison of policies plays an episode many times but measures this once. */
  #loneRun(options: ReadaheadOptions, scenario: ReadaheadScenario, kernelSeed: number): LoneRun {
    const measure = () => new LoneRun(scenario, kernelSeed);
    // A workload object has no name that could be part of a key.
    if (typeof options.workload === "object") return measure();
    const { seed, episode } = this.seeds;
    return this.#loneRuns.get(JSON.stringify([seed, episode, this.workload, options]), measure);
  }

  protected act(action: number): StepOutcome<number> {
    const candidates = this.#look();
    if (candidates.mask[action] === 0) {
      throw new EnvUsageError(`${this.spec.id}: action ${action} would read nothing here, the mask forbids it`);
    }
    const decision = candidates.decision(action);
    decision.microseconds = this.#decisionMicroseconds;
    return this.carryOut(decision);
  }

  protected carryOut(decision: ReadaheadDecision): StepOutcome<number> {
    const rewards = this.#rewards!;
    const outcome = this.kernel.decide(decision);
    this.#looked = false;
    const reward = rewards.reward(this.kernel, outcome);
    const credits = rewards.credits(this.kernel, outcome, decision.microseconds);
    return this.outcome(reward, { ...this.info(), credits });
  }

  /** The page sets of the current decision point, made at their first use: heuristics do not need them. */
  #look(): Candidates {
    if (!this.#looked) this.#candidates!.update(this.kernel.view);
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

  protected info(): Info {
    const charged: Record<string, number> = {};
    for (const name of FAULT_CHARGES) charged[name] = this.kernel.charged(name);
    return { clock: this.kernel.clock, cost: this.kernel.cost, charged, position: this.#furthest() };
  }

  /** Accesses of the thread with most accesses: so far, no thread has met anything later than that. */
  #furthest(): number {
    let most = 0;
    for (let i = 0; i < this.kernel.scenario.workload.threads.length; i++) {
      most = Math.max(most, this.kernel.threadPosition(i));
    }
    return most;
  }

  actionMask(): Uint8Array {
    return this.#look().mask.slice();
  }

  metrics(): Record<string, number> {
    return this.kernel.metrics();
  }

  render(): string {
    const { view } = this.kernel;
    const names = CANDIDATES.filter((_, i) => this.#look().mask[i] === 1).map(({ name }) => name);
    return [
      `${(view.time / 1000).toFixed(1)} ms, ${this.kernel.position} accesses, ${view.counters.major_faults} major faults`,
      `${view.kind} at page ${view.page} of VMA ${view.vma}, thread ${view.thread}, instruction ${view.pc}`,
      `page sets that would read something: ${names.join(", ")}`,
    ].join("\n");
  }

  protected create(): this {
    return new ReadaheadEnv(this.context, this.#devices) as this;
  }

  protected copyFrom(other: this): void {
    this.#candidates = new Candidates(other.kernel.view);
    this.#candidates.copyFrom(other.#candidates!);
    // A second look would advance the stock rule by one fault.
    this.#looked = other.#looked;
    this.#decisionMicroseconds = other.#decisionMicroseconds;
    this.#rewards = other.#rewards?.fork() ?? null;
  }
}
