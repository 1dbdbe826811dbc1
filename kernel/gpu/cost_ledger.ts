import { aloneDone, fairShares, latePenalty, launchNs, slackNs } from "./cost.ts";
import type { Groups } from "./groups.ts";
import type { GpuScenario } from "./scenario.ts";
import { serviceNs } from "./workload.ts";

/** The constant references of a run's cost. Built once per run and shared by its copies. */
interface Standard {
  /** When each request of an open-loop critical group would be done alone, ns; null for other groups. */
  readonly alone: readonly (Float64Array | null)[];
  /** Number of requests that count in each open-loop critical group; 0 for other groups. */
  readonly counted: Int32Array;
  /** Useful time to which each best-effort group is entitled, ns. */
  readonly fair: Float64Array;
  readonly critical: number;
  readonly bestEffort: number;
}

/**
 * The cost of a run so far, and the latencies behind it. The cost has two parts: the mean over critical groups of the
 * mean `latePenalty` of their requests, plus the mean over best-effort groups of the share of their entitlement that
 * they did not get.
 *
 * A request of an open-loop group counts if its slack ends within the run when the group runs alone. Decisions do not
 * change which requests count. In a closed loop, finished requests count, and at the end of the run an unfinished one
 * that is beyond its slack.
 */
export class CostLedger {
  /**
   * `[groups]` cost so far. The entitlement grows with time; at the end the value is the group's part of the run's
   * cost.
   */
  readonly costs: Float64Array;
  /** `[groups]` number of critical requests that were later than their slack. */
  readonly missed: Int32Array;
  /** Latency and time alone of finished critical requests, ns, in the order in which they ended. */
  readonly latencies: number[] = [];
  readonly standalone: number[] = [];
  /** Lateness of finished critical requests, ns. At the end also that of unfinished requests beyond their slack. */
  readonly lateness: number[] = [];
  /** `[groups]` useful time of finished requests, ns. */
  readonly finishedNs: Float64Array;

  readonly #scenario: GpuScenario;
  readonly #key: number;
  readonly #standard: Standard;
  readonly #penalties: Float64Array;
  readonly #judged: Int32Array;

  /** @param key of the launch latencies */
  constructor(scenario: GpuScenario, key: number, standard: Standard = standardOf(scenario, key)) {
    const n = scenario.workload.groups.length;
    this.#scenario = scenario;
    this.#key = key;
    this.#standard = standard;
    this.costs = new Float64Array(n);
    this.missed = new Int32Array(n);
    this.finishedNs = new Float64Array(n);
    this.#penalties = new Float64Array(n);
    this.#judged = new Int32Array(n);
  }

  /** Useful time to which each best-effort group is entitled, ns. */
  get fair(): Float64Array {
    return this.#standard.fair;
  }

  /** Records that group `g` has finished its oldest launched request at `now`. */
  finish(groups: Groups, g: number, now: number): void {
    const spec = this.#scenario.workload.groups[g];
    const index = groups.completed[g];
    const service = serviceNs(spec, index);
    this.finishedNs[g] += service;
    if (!spec.critical) return;
    const arrival = groups.arrivalOf(g, index);
    const late = Math.max(0, now - this.#aloneDone(g, index, arrival));
    this.latencies.push(now - arrival);
    this.lateness.push(late);
    this.standalone.push(spec.prepNs + launchNs(this.#key, g, index) + service);
    this.#judge(g, index, arrival, late);
  }

  /** Ends the run at `end` (ns). An unfinished request is as late as it is by then. */
  end(groups: Groups, end: number): void {
    const { workload } = this.#scenario;
    for (let g = 0; g < groups.count; g++) {
      if (!workload.groups[g].critical) continue;
      for (let index = groups.completed[g]; index < groups.arrived[g]; index++) {
        this.drop(groups, g, index, end);
      }
    }
    this.update(groups, end);
  }

  /** Records that request `index` of group `g` does not finish within the run. */
  drop(groups: Groups, g: number, index: number, end: number): void {
    if (!this.#scenario.workload.groups[g].critical) return;
    const arrival = groups.arrivalOf(g, index);
    const late = end - this.#aloneDone(g, index, arrival);
    if (late < this.#slack(g, index)) return;
    this.lateness.push(late);
    this.#judge(g, index, arrival, late);
  }

  /** Brings `costs` up to `now`. */
  update(groups: Groups, now: number): void {
    const { fair, critical, bestEffort, counted } = this.#standard;
    const { workload } = this.#scenario;
    const elapsed = Math.min(1, now / workload.durationNs);
    for (let g = 0; g < groups.count; g++) {
      if (workload.groups[g].critical) {
        const requests = counted[g] > 0 ? counted[g] : this.#judged[g];
        this.costs[g] = requests > 0 ? this.#penalties[g] / requests / critical : 0;
      } else {
        const got = fair[g] > 0 ? Math.min(1, this.served(groups, g) / fair[g]) : elapsed;
        this.costs[g] = (elapsed - got) / bestEffort;
      }
    }
  }

  /** Useful time that group `g` got so far, ns. */
  served(groups: Groups, g: number): number {
    return this.finishedNs[g] + (groups.queued[g] > 0 ? groups.progress[g] * groups.useful[g] : 0);
  }

  #judge(g: number, index: number, arrival: number, late: number): void {
    const slack = this.#slack(g, index);
    if (late > slack) this.missed[g]++;
    const { durationNs } = this.#scenario.workload;
    const { alone } = this.#standard;
    if (alone[g] !== null && this.#aloneDone(g, index, arrival) + slack >= durationNs) return;
    this.#judged[g]++;
    this.#penalties[g] += latePenalty(late, slack);
  }

  #aloneDone(g: number, index: number, arrival: number): number {
    const alone = this.#standard.alone[g];
    if (alone !== null) return alone[index];
    const spec = this.#scenario.workload.groups[g];
    return arrival + spec.prepNs + launchNs(this.#key, g, index) + serviceNs(spec, index);
  }

  #slack(g: number, index: number): number {
    const { workload, architecture } = this.#scenario;
    const spec = workload.groups[g];
    return slackNs(spec, serviceNs(spec, index), architecture);
  }

  /** Returns an exact copy. */
  fork(): CostLedger {
    const copy = new CostLedger(this.#scenario, this.#key, this.#standard);
    copy.costs.set(this.costs);
    copy.missed.set(this.missed);
    copy.finishedNs.set(this.finishedNs);
    copy.#penalties.set(this.#penalties);
    copy.#judged.set(this.#judged);
    copy.latencies.push(...this.latencies);
    copy.lateness.push(...this.lateness);
    copy.standalone.push(...this.standalone);
    return copy;
  }
}

function standardOf({ workload, architecture }: GpuScenario, key: number): Standard {
  const { groups, durationNs } = workload;
  const alone = groups.map((group, g) => (group.critical && group.arrivals !== null ? aloneDone(group, g, key) : null));
  const counted = Int32Array.from(alone, (done, g) => {
    let requests = 0;
    if (done !== null) {
      for (let i = 0; i < done.length; i++) {
        if (done[i] + slackNs(groups[g], serviceNs(groups[g], i), architecture) < durationNs) requests++;
      }
    }
    return requests;
  });
  const critical = groups.filter((group) => group.critical).length;
  return { alone, counted, fair: fairShares(workload), critical, bestEffort: groups.length - critical };
}
