import { invalidAction } from "../../gym/action.ts";
import type { Info, StepOutcome } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Box } from "../../gym/spaces.ts";
import { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../../kernel/congestion/decision.ts";
import { congestionMetrics } from "../../kernel/congestion/metrics.ts";
import { Bbr, SHIPPED_BBR } from "../../kernel/congestion/programs/bbr.ts";
import { Cubic, SHIPPED_CUBIC } from "../../kernel/congestion/programs/cubic.ts";
import type { CongestionWorkload } from "../../kernel/congestion/workload.ts";
import { congestionWorkloads } from "../../workloads/congestion/catalog.ts";
import { ArraySlab } from "../array_slab.ts";
import { BoundedCache } from "../bounded_cache.ts";
import { type EpisodeDraws, SubsystemEnv } from "../subsystem_env.ts";
import { applyActions, createRates } from "./actions.ts";
import { congestionScenario } from "./episode.ts";
import {
  CONGESTION_FEATURES,
  CONGESTION_OBSERVATION_LIMIT,
  type LastActions,
  observeCongestion,
  rlCcSignal,
} from "./observation.ts";
import { type CongestionOptions, readCongestionOptions } from "./options.ts";
import { CongestionRewards } from "./rewards.ts";

/** Most queue pairs with a row. Source: choice; workloads of the catalogue have at most about 72 at once. */
const ROWS = 96;

/** Capacity of the workload cache: a comparison of policies plays the same episodes many times. */
const MOST_KEPT = 64;

const TCP = { cubic: new Cubic("cubic", SHIPPED_CUBIC), bbr: new Bbr("bbr", SHIPPED_BBR) };

/**
 * # ring0/CongestionControl-v1
 *
 * ## Description
 *
 * Hosts send messages to each other over a fabric of switches by RDMA, some of them for sockets (SMC-R). Every queue
 * pair of a NIC has a rate and a window. If they are too high, queues grow until switches pause whole links and all
 * senders wait. If they are too low, links stand idle. A sender on a shared link has to find its share, but nothing
 * tells it about the other senders. The shipped default (DCQCN) backs off too far with few senders, and lets queues
 * grow with many.
 *
 * A row is a queue pair, and all rows share one policy. A row decides when its queue pair begins, and then once a round
 * trip: at the first acknowledgement of a packet that was sent after the last decision, at least a base round trip
 * later. A queue pair that has been idle for a base round trip or more also decides when it has something to send. Each
 * step has decisions only for the rows that are due at the same time. The mask is 1 for them and 0 for other rows;
 * other rows observe zeros, and their actions are ignored. A decision takes effect `decision_us` after that
 * acknowledgement, and until then its row does not decide again. A decision about the rate with which a queue pair
 * begins or resumes takes no time, because it can be made before there is anything to send.
 *
 * A new queue pair takes the lowest free index, so a row can pass to another queue pair. `info.began` lists the rows in
 * which a new queue pair begins: a policy that remembers something about a row must forget it then. Queue pairs beyond
 * the 96 rows behave as with action 0. Rows of queue pairs that carry TCP never decide.
 *
 * Every episode draws the fabric, the speed, the messages and their sizes anew. [The
 * simulator](../../docs/congestion.md).
 *
 * ## Action Space
 *
 * `Box(1)` for each of 96 rows. When a queue pair begins, a sets its rate to exp(2 (a - 1)) of the link of its NIC,
 * that is 0.018 to 1 of it. After that, each action multiplies the rate by exp(a); the rate stays within 0.001 and 1 of
 * the link. The window follows the rate: 1.03 x rate x base round trip, less the chunk that may always go.
 *
 * | Num | Action | Min | Max |
 * |-----|--------|-----|-----|
 * | 0 | a: logarithm of what the rate is multiplied by; of a queue pair that begins, half of that of its share of the link, plus 1 | -1 | 1 |
 *
 * ## Observation Space
 *
 * `Box(17)` for each of 96 rows; all 0 in rows that do not decide. A row observes what a NIC knows about its own queue
 * pair: when acknowledgements came, and what the NIC did. Round-trip times are means over the bytes acknowledged since
 * the last decision. `base` is the queue pair's own round-trip time on the empty fabric, `line` is the rate of its
 * NIC's link. A queue pair that has just begun has measured nothing: 2 to 14 are 0.
 *
 * Numbers marked `rl-cc` are 0 unless `observation=rl-cc`, which sets 2, 3 and 6 to 9 to 0 instead. Numbers marked
 * `ecn`, `int`, `remaining` and `senders` are 0 unless `information` names these.
 *
 * | Num | Observation | Min | Max | With |
 * |-----|-------------|-----|-----|------|
 * | 0 | 1: it is asked | -10 | 10 |  |
 * | 1 | 1: it has just begun and has measured nothing | -10 | 10 |  |
 * | 2 | ln(round-trip time / base) | -10 | 10 |  |
 * | 3 | ln(rate / line) / 3 | -10 | 10 |  |
 * | 4 | previous action | -10 | 10 |  |
 * | 5 | action before that | -10 | 10 |  |
 * | 6 | ln(round-trip time / that of the round trip before) | -10 | 10 |  |
 * | 7 | 1: it goes on after it was idle | -10 | 10 |  |
 * | 8 | ln(last round-trip time / base) | -10 | 10 |  |
 * | 9 | ln(1 + acknowledged / (base x line)) / 3 | -10 | 10 |  |
 * | 10 | `rl-cc`: s | -10 | 10 | `rl-cc` |
 * | 11 | `rl-cc`: s of the round trip before | -10 | 10 | `rl-cc` |
 * | 12 | `ecn`: share of the bytes marked | -10 | 10 | `ecn` |
 * | 13 | `int`: utilisation of the fullest link | -10 | 10 | `int` |
 * | 14 | `int`: ln(1 + greatest queue / (base x line)) | -10 | 10 | `int` |
 * | 15 | `remaining`: ln(bytes left / (base x line)) / 3 | -10 | 10 | `remaining` |
 * | 16 | `senders`: ln(queue pairs that share its last link) / 3 | -10 | 10 | `senders` |
 *
 * ## Rewards
 *
 * `reward=target`, the default: for every round trip that a queue pair completes, its row earns
 *
 * -(duration / base) x distance, distance = e above 0 and -3 e below, with e = ln(rtt / base) - 0.07 + 0.24 ln(rate /
 * line)
 *
 * where rtt is the mean round-trip time and duration is the length of the round trip. The reward is a distance from a
 * target delay, which is longer for slower senders, so that all senders on one link are on target at one and the same
 * rate. It is proportional to time, because otherwise fewer decisions would be cheaper. It weighs more below the
 * target, because time in which a link is idle is lost. A step gives each row the reward since the last step, also when
 * the row does not decide: the reward of a decision is the sum until the next decision of the row. This reward is a
 * substitute for the cost and not the cost: return and cost are different quantities (`costPerReward` is null).
 *
 * `reward=cost`: every row earns minus the growth of the cost of the run, so that the return of a row is minus the
 * cost. `reward=rl-cc`: minus s squared for every round trip completed. It is no substitute for the cost either: a
 * sender that hardly sends loses no more than 0.64 by it, as s is never below -0.8.
 *
 * ## Starting State
 *
 * A workload of the allowed splits, at the time at which its first queue pairs begin, with nothing sent. The seed
 * decides the workload and what the workload draws: senders, sizes, start times, loads and hosts. It also decides the
 * paths, where there are several, and the marks of the switches. The workload decides speeds and fabrics.
 *
 * ## Episode End
 *
 * Termination: all messages are acknowledged and all requests are answered, or the time limit is over. The limit is 10
 * times about the least time that the run can take, plus 1,000 us. There is no truncation.
 *
 * The cost of a run is J = ln(T) + 0.25 ln(1 + Q). T is the mean slowdown of the slowest 5 % of all messages and
 * requests (at least one), over the least mean that any policy can reach; for collectives, it is the time until all is
 * done over the least such time. A message that is not done at the limit counts as twice as slow as it is by then. Q is
 * the time that bytes spend in queues of switches over the base round trip, both averaged over bytes. 0 is the bound.
 * The metrics `cost_w0.1` and `cost_w0.5` give the queue other weights; `jain` is the fairness.
 *
 * ## Arguments
 *
 * `reset({ options })` takes options of the run: `workload` (a name or a CongestionWorkload) and, where the workload
 * has such a number, `senders`, `bytes`, `load` and `duration_us`; `gbps` and `delay_us` of the links of hosts;
 * `mtuPerChunk` (number of packets that are simulated as one: 1 is exact; the default is 4 at 100 Gb/s and more, fewer
 * on slower links); `lossless` (0: switches drop packets instead of pausing); `tcp` (cubic or bbr, for sockets that
 * fell back); `limit_us`; and `alter_after`, for tests.
 *
 * Options of the policy are `decision_us` (0.5), `window` (1.03; 0 for none), `observation` (rtt or rl-cc), `map` (exp,
 * or rl-cc: 1 + 0.2 a from 0 up, 1 / (1 - 0.2 a) below), `reward` and `information` (any of ecn, int, remaining and
 * senders, separated by commas). With ecn, switches mark from 25 kB at 100 Gb/s on, and always from 50 kB on. With int,
 * packets are 42 bytes longer. `npm run list` prints the ranges. The seed decides options that are not given and have
 * no default.
 *
 * ## Version History
 *
 * - v1: first version
 */
export class CongestionEnv extends SubsystemEnv<
  CongestionKernel,
  CongestionDecision,
  Float32Array,
  Float32Array,
  CongestionOptions
> {
  readonly rows = ROWS;
  readonly observationSpace = new Box(-CONGESTION_OBSERVATION_LIMIT, CONGESTION_OBSERVATION_LIMIT, [
    CONGESTION_FEATURES.length,
  ]);
  readonly actionSpace = new Box(-1, 1, [1]);
  readonly condition = null;
  readonly #kept = new BoundedCache<CongestionWorkload>(MOST_KEPT);
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

  constructor(context: EnvContext) {
    super(context, new CongestionKernel(), "congestion/episode");
  }

  get cost(): number {
    return this.kernel.cost;
  }

  get costPerReward(): number | null {
    return this.#options.reward === "cost" ? 1 : null;
  }

  protected readOptions(options: Readonly<Record<string, unknown>>): CongestionOptions {
    return readCongestionOptions(options, this.spec);
  }

  protected begin(options: CongestionOptions, { workload: draw, kernelSeed }: EpisodeDraws): Info {
    const { open, tcp } = options;
    const workload = this.openWorkload<CongestionWorkload>(options.workload, draw, (name) =>
      this.#kept.get(`${name}/${kernelSeed}/${JSON.stringify(open)}`, () =>
        congestionWorkloads.find((entry) => entry.name === name)!.open(kernelSeed, open),
      ),
    );
    this.#options = options;
    this.#last.previous.fill(0);
    this.#last.before.fill(0);
    this.#last.signal.fill(0);
    this.kernel.onRoundTrip = null;
    this.kernel.reset(congestionScenario(workload, TCP[tcp], options), kernelSeed);
    this.#listen();
    return {};
  }

  #listen(): void {
    this.#rewards = new CongestionRewards(ROWS, this.kernel, this.#options.reward);
    const rewards = this.#rewards;
    this.kernel.onRoundTrip = this.#options.reward === "cost" ? null : (row) => rewards.note(row);
  }

  protected act(action: Float32Array): StepOutcome<Float32Array> {
    const { view } = this.kernel;
    const { askedCount } = view;
    if (askedCount > this.#decision.rate.length) this.#decision = createRates(2 * askedCount);
    applyActions(view, action, this.#options, this.#decision);
    this.#note(action);
    return this.carryOut(this.#decision);
  }

  /** Remembers the last actions of the rows that decide. */
  #note(action: Float32Array): void {
    const { asked, askedCount, queuePairs, roundTrips } = this.kernel.view;
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

  protected override assertAction(action: Float32Array): void {
    if (!(action instanceof Float32Array) || action.length !== ROWS)
      throw invalidAction(this.spec, action, this.actionSpace);
    for (let row = 0; row < ROWS; row++) {
      if (!(action[row] >= -1 && action[row] <= 1)) throw invalidAction(this.spec, action, this.actionSpace);
    }
  }

  protected carryOut(decision: CongestionDecision): StepOutcome<Float32Array> {
    const { cost } = this.kernel.decide(decision);
    return this.outcome(this.#options.reward === "cost" ? new Float32Array(ROWS).fill(-cost) : this.#rewards.take());
  }

  observe(): Float32Array {
    const observation = this.#observations.next();
    observeCongestion(this.kernel.view, ROWS, this.#options, this.#last, observation);
    return observation;
  }

  actionMask(): Uint8Array {
    const mask = this.#masks.next();
    const { asked, askedCount } = this.kernel.view;
    for (let i = 0; i < askedCount; i++) if (asked[i] < ROWS) mask[asked[i]] = 1;
    return mask;
  }

  protected info(): Info {
    const { time, done } = this.kernel;
    return { clock: time, position: time / 1000, began: this.#began(), ...(done && { cost: this.kernel.cost }) };
  }

  /** Rows in which a new queue pair begins. */
  #began(): number[] {
    const { asked, askedCount, roundTrips } = this.kernel.view;
    const began: number[] = [];
    for (let i = 0; i < askedCount; i++) if (asked[i] < ROWS && roundTrips.count[asked[i]] === 0) began.push(asked[i]);
    return began;
  }

  metrics(): Record<string, number> {
    return congestionMetrics(this.kernel);
  }

  render(): string {
    const { view, time, ledger, scenario } = this.kernel;
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

  protected create(): this {
    return new CongestionEnv(this.context) as this;
  }

  protected copyFrom(other: this): void {
    this.#options = other.#options;
    this.#listen();
    this.#rewards.earned.set(other.#rewards.earned);
    this.#last.previous.set(other.#last.previous);
    this.#last.before.set(other.#last.before);
    this.#last.signal.set(other.#last.signal);
  }
}
