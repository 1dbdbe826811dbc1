import { hashKey } from "../random.ts";
import { InvariantError, type Subsystem } from "../subsystem.ts";
import { INSTRUCTION, WAIT_FOR_IDLE } from "./architecture.ts";
import { ArrivalStatistics } from "./arrival_statistics.ts";
import { assertDecision } from "./assert_decision.ts";
import { createCoRun } from "./co_run.ts";
import { ControlPath, DISABLE, ENABLE, PREEMPT, RESET, SET_INTERLEAVE, SET_MODE, SET_SLICE } from "./control_path.ts";
import { LAUNCH_MEDIAN_NS } from "./cost.ts";
import { CostLedger } from "./cost_ledger.ts";
import { createView } from "./create_view.ts";
import { CriticalLoad } from "./critical_load.ts";
import {
  createDecision,
  type GpuDecision,
  NOTIFY_KERNELS,
  NOTIFY_REQUESTS,
  SHARING_AS_IS,
  SHARING_STREAMS,
  SHARING_TIME_SLICE,
  SHARINGS,
} from "./decision.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import { GroupDisplay } from "./group_display.ts";
import { Groups } from "./groups.ts";
import { HostSettings } from "./host_settings.ts";
import type { GpuOutcome } from "./outcome.ts";
import { RunlistEngine } from "./runlist_engine.ts";
import { assertScenario, type GpuScenario } from "./scenario.ts";
import { SpatialEngine } from "./spatial_engine.ts";
import { TimeLedger } from "./time_ledger.ts";
import { encodeTimeslice } from "./timeslice.ts";
import { GPU_EVENTS, type GpuView, TICK_NS } from "./view.ts";
import { declaredNs } from "./workload.ts";

const NEVER = Number.POSITIVE_INFINITY;

const EVENT_TICK = GPU_EVENTS.indexOf("tick");
const EVENT_WAKE_UP = GPU_EVENTS.indexOf("wake-up");
const EVENT_KERNEL = GPU_EVENTS.indexOf("kernel");
const EVENT_DONE = GPU_EVENTS.indexOf("done");
const EVENT_ARRIVAL = GPU_EVENTS.indexOf("arrival");
const EVENT_READY = GPU_EVENTS.indexOf("ready");

/**
 * A GPU that several clients share. Each client is a channel group with a queue of requests, and a request is a
 * sequence of kernels. Groups are latency-critical or best-effort. A runlist, or a sharing by space, runs their
 * kernels. Settings of the scheduler change late, through the control path; the host can also hold work back by itself.
 * Time is whole ns.
 *
 * Decision points are the start, every millisecond, the arrival, launch and end of every critical request, and the
 * wake-up of the last decision. The notify level of a decision adds more.
 */
export class GpuKernel implements Subsystem<GpuScenario, GpuView, GpuDecision, GpuOutcome>, EngineEvents {
  #scenario: GpuScenario | null = null;
  #view!: GpuView;
  #display!: GroupDisplay;
  #groups!: Groups;
  #engine!: Engine;
  #ledger!: TimeLedger;
  #costs!: CostLedger;
  #statistics!: ArrivalStatistics;
  #criticalLoad!: CriticalLoad;
  #control!: ControlPath;
  #outcome!: GpuOutcome;
  /** `[groups]` cost that earlier outcomes have reported. */
  #settled!: Float64Array;
  /** The settings that decisions have asked for so far. */
  #asked!: GpuDecision;
  /** The host's own settings that have not taken effect yet. */
  #host!: HostSettings;
  /** The sharing in effect, -1 before the first decision. */
  #sharing = -1;
  #seed = 0;
  #time = 0;
  #nextTick = 0;
  #wakeUp = NEVER;
  /** Time of the next arrival or launch of any group. */
  #soonest = 0;
  /** Index in `GPU_EVENTS` of the event that asks for a decision, 0 for none. */
  #event = 0;
  #eventGroup = -1;
  #events = 0;
  #dropped = 0;
  #done = true;

  /** Scenario of the current run. Throws before the first `reset`. */
  get scenario(): GpuScenario {
    if (this.#scenario === null) throw new Error("no run has started; call reset first");
    return this.#scenario;
  }

  /** The view at the current decision point. The kernel reuses the object. */
  get view(): GpuView {
    return this.#view;
  }

  /** Whether the run is over. */
  get done(): boolean {
    return this.#done;
  }

  /** Current time, ns. */
  get time(): number {
    return this.#time;
  }

  /** Seed of the current run. Launch and control latencies depend on it. */
  get seed(): number {
    return this.#seed;
  }

  /** Cost so far, 0 to 2 at the end: the cost of late requests plus the shortfall of best-effort groups. */
  get cost(): number {
    let sum = 0;
    for (const cost of this.#costs.costs) sum += cost;
    return sum;
  }

  /** The latencies and the parts of the cost. */
  get costs(): CostLedger {
    return this.#costs;
  }

  /** How the GPU has spent its time. */
  get ledger(): TimeLedger {
    return this.#ledger;
  }

  /** Number of control operations submitted so far. */
  get controlOperations(): number {
    return this.#control.submitted;
  }

  /** Number of requests that the preemption timeout has ended. */
  get timeouts(): number {
    return this.#dropped;
  }

  /** Number of simulated events so far, of the engine, of requests and of the control path. */
  get events(): number {
    return this.#events + this.#engine.events;
  }

  /** Starts a run, up to its first decision point. Throws a RangeError for an impossible scenario. */
  reset(scenario: GpuScenario, seed: number): void {
    assertScenario(scenario);
    const { groups } = scenario.workload;
    const key = hashKey(seed, "gpu/launch");
    this.#scenario = scenario;
    this.#seed = seed;
    this.#groups = new Groups(groups, key);
    this.#ledger = new TimeLedger();
    this.#costs = new CostLedger(scenario, key);
    this.#statistics = new ArrivalStatistics(groups.length);
    this.#criticalLoad = new CriticalLoad();
    this.#control = new ControlPath(scenario.controlNs, hashKey(seed, "gpu/control"));
    this.#outcome = { cost: 0, costs: new Float64Array(groups.length) };
    this.#settled = new Float64Array(groups.length);
    this.#asked = createDecision(groups.length);
    this.#host = new HostSettings(groups.length);
    this.#sharing = -1;
    this.#time = 0;
    this.#nextTick = TICK_NS;
    this.#wakeUp = NEVER;
    this.#event = 0;
    this.#eventGroup = -1;
    this.#events = 0;
    this.#dropped = 0;
    this.#done = false;
    for (let g = 0; g < groups.length; g++) this.#groups.mode[g] = this.#modeOf(g, INSTRUCTION);
    this.#engine = this.#createEngine(SHARING_TIME_SLICE, this.#asked);
    this.#view = createView(scenario, this.#groups, this.#statistics, this.#costs);
    this.#display = new GroupDisplay(this.#view, this.#groups, scenario.architecture);
    this.#findSoonest();
    this.#fillView();
  }

  /** Applies a decision and runs to the next decision point. Throws a RangeError for an invalid decision. */
  decide(decision: GpuDecision): GpuOutcome {
    if (this.#done) throw new Error("the run is over; call reset first");
    this.#begin(decision);
    this.#event = 0;
    this.#eventGroup = -1;
    const end = this.scenario.workload.durationNs;
    while (!this.#done) {
      const time = Math.min(
        this.#engine.next,
        this.#soonest,
        this.#control.due,
        this.#host.due,
        this.#wakeUp,
        this.#nextTick,
        end,
      );
      if (time > this.#time && this.#event > 0) break;
      this.#engine.advance(time);
      this.#time = time;
      if (time === end) this.#end();
      else this.#happen();
    }
    this.#fillView();
    return this.#settle();
  }

  /** Accepts a decision. Differences from the last one become control operations or wait in the host's queue. */
  #begin(decision: GpuDecision): void {
    assertDecision(decision, this.#groups.count, this.#time);
    this.#share(decision);
    const asked = this.#asked;
    const sent = this.#time + Math.round(decision.microseconds * 1000);
    this.#submitBits(decision, sent);
    let host = false;
    for (let g = 0; g < this.#groups.count; g++) {
      if (decision.preempt[g] === 1) this.#control.submit(PREEMPT, g, 0, sent);
      if (decision.reset[g] === 1) this.#control.submit(RESET, g, 0, sent);
      if (decision.sliceUs[g] !== asked.sliceUs[g]) {
        asked.sliceUs[g] = decision.sliceUs[g];
        this.#control.submit(SET_SLICE, g, decision.sliceUs[g], sent);
      }
      if (decision.mode[g] !== asked.mode[g]) {
        asked.mode[g] = decision.mode[g];
        this.#control.submit(SET_MODE, g, decision.mode[g], sent);
      }
      if (decision.interleave[g] !== asked.interleave[g]) {
        asked.interleave[g] = decision.interleave[g];
        this.#control.submit(SET_INTERLEAVE, g, decision.interleave[g], sent);
      }
      host ||=
        decision.hold[g] !== asked.hold[g] ||
        decision.depth[g] !== asked.depth[g] ||
        decision.spin[g] !== asked.spin[g] ||
        decision.polling[g] !== asked.polling[g];
    }
    if (host) {
      asked.hold.set(decision.hold);
      asked.depth.set(decision.depth);
      asked.spin.set(decision.spin);
      asked.polling.set(decision.polling);
      // The host's settings of the first decision are in place before the first client launches anything.
      this.#host.submit(asked, this.#time === 0 ? 0 : sent + LAUNCH_MEDIAN_NS);
    }
    asked.notify = decision.notify;
    this.#engine.notifyKernels = decision.notify >= NOTIFY_KERNELS;
    // Time is whole ns.
    this.#wakeUp = decision.wakeUp > this.#time ? Math.ceil(decision.wakeUp) : NEVER;
  }

  /** Submits at most two operations: one for all groups to disable and one for all groups to enable. */
  #submitBits(decision: GpuDecision, sent: number): void {
    const asked = this.#asked;
    let enable = 0;
    let disable = 0;
    let gentle = 0;
    for (let g = 0; g < this.#groups.count; g++) {
      if (decision.enabled[g] === asked.enabled[g]) continue;
      asked.enabled[g] = decision.enabled[g];
      if (decision.enabled[g] === 1) enable |= 1 << g;
      else {
        disable |= 1 << g;
        if (decision.gentle[g] === 1) gentle |= 1 << g;
      }
    }
    if (disable !== 0) this.#control.submit(DISABLE, disable, gentle, sent);
    if (enable !== 0) this.#control.submit(ENABLE, enable, 0, sent);
  }

  #share(decision: GpuDecision): void {
    // A policy that takes over in the middle of a run does not need to know the sharing of the first decision.
    if (this.#sharing >= 0 && decision.sharing === SHARING_AS_IS) return;
    const asIs = this.scenario.workload.sharing === "streams" ? SHARING_STREAMS : SHARING_TIME_SLICE;
    const sharing = decision.sharing === SHARING_AS_IS ? asIs : decision.sharing;
    if (sharing === this.#sharing) return;
    if (this.#sharing >= 0) {
      throw new RangeError(
        `only the first decision of a run sets the sharing: it is ${SHARINGS[this.#sharing]}, got ${SHARINGS[sharing]}`,
      );
    }
    this.#sharing = sharing;
    this.#engine = this.#createEngine(sharing, decision);
  }

  #createEngine(sharing: number, { share }: GpuDecision): Engine {
    if (sharing === SHARING_TIME_SLICE) {
      return new RunlistEngine(this.scenario, this.#groups, this.#ledger, this);
    }
    return new SpatialEngine(createCoRun(sharing, share), this.#groups, this.#ledger, this);
  }

  /** Handles everything that is due at the current time. */
  #happen(): void {
    const now = this.#time;
    while (this.#control.due <= now) this.#applyControl();
    while (this.#host.due <= now) this.#applyHost();
    if (this.#soonest <= now) this.#requests();
    if (this.#engine.next <= now) this.#engine.fire();
    if (this.#nextTick <= now) {
      this.#nextTick += TICK_NS;
      this.#raise(EVENT_TICK, -1);
    }
    if (this.#wakeUp <= now) {
      this.#wakeUp = NEVER;
      this.#raise(EVENT_WAKE_UP, -1);
    }
  }

  #requests(): void {
    const groups = this.#groups;
    const now = this.#time;
    for (let g = 0; g < groups.count; g++) {
      if (groups.nextArrival[g] <= now) {
        this.#events++;
        if (groups.specs[g].critical) this.#criticalLoad.arrive(declaredNs(groups.specs[g], groups.arrived[g]), now);
        groups.arrive(g, now);
        this.#statistics.arrive(g, now);
        const { critical, prepNs } = groups.specs[g];
        if (critical ? prepNs > 0 : this.#asked.notify >= NOTIFY_REQUESTS) this.#raise(EVENT_ARRIVAL, g);
      }
      if (groups.nextLaunch[g] <= now) {
        this.#events++;
        groups.launch(g, now);
        if (groups.queued[g] === 1) this.#display.showHead(g);
        this.#engine.changed(g);
        if (this.#hears(g)) this.#raise(EVENT_READY, g);
      }
    }
    this.#findSoonest();
  }

  #hears(g: number): boolean {
    return this.#groups.specs[g].critical || this.#asked.notify >= NOTIFY_REQUESTS;
  }

  #findSoonest(): void {
    const { count, nextArrival, nextLaunch } = this.#groups;
    let soonest = NEVER;
    for (let g = 0; g < count; g++) {
      if (nextArrival[g] < soonest) soonest = nextArrival[g];
      if (nextLaunch[g] < soonest) soonest = nextLaunch[g];
    }
    this.#soonest = soonest;
  }

  #applyControl(): void {
    this.#events++;
    const { kind, groups: target, value } = this.#control;
    this.#control.shift();
    const groups = this.#groups;
    switch (kind) {
      case SET_SLICE:
        groups.sliceUs[target] = encodeTimeslice(Math.max(value, this.scenario.minSliceUs));
        this.#engine.changed(target);
        return;
      case SET_INTERLEAVE:
        groups.interleave[target] = value;
        this.#engine.relist();
        return;
      case SET_MODE:
        groups.mode[target] = this.#modeOf(target, value);
        return;
      case PREEMPT:
        this.#engine.preempt(target);
        return;
      case RESET:
        this.#engine.reset(target);
        return;
      default:
        for (let g = 0; g < groups.count; g++) {
          if ((target & (1 << g)) === 0) continue;
          groups.enabled[g] = kind === ENABLE ? 1 : 0;
          groups.gentle[g] = (value >> g) & 1;
        }
        for (let g = 0; g < groups.count; g++) if ((target & (1 << g)) !== 0) this.#engine.changed(g);
    }
  }

  /** The preemption mode that a group gets when `mode` is asked for. */
  #modeOf(g: number, mode: number): number {
    return mode === INSTRUCTION && !this.scenario.workload.groups[g].instructionPreemption ? WAIT_FOR_IDLE : mode;
  }

  #applyHost(): void {
    const groups = this.#groups;
    const { hold, depth, spin, polling } = this.#host.shift();
    for (let g = 0; g < groups.count; g++) {
      groups.depth[g] = depth[g];
      groups.polling[g] = polling[g];
      const changed = groups.hold[g] !== hold[g] || groups.spin[g] !== spin[g];
      if (!changed) continue;
      this.#events++;
      groups.spin[g] = spin[g];
      if (groups.hold[g] !== hold[g]) this.#ledger.draining += groups.setHold(g, hold[g]);
      this.#engine.changed(g);
    }
  }

  requestDone(g: number, dropped: boolean): void {
    const groups = this.#groups;
    const now = this.#time;
    if (dropped) {
      this.#dropped++;
      this.#ledger.wasted += groups.progress[g];
      this.#costs.drop(groups, g, groups.completed[g], this.scenario.workload.durationNs);
    } else {
      this.#ledger.overhead += groups.total[g] - Math.round(groups.total[g] * groups.useful[g]);
      this.#costs.finish(groups, g, now);
    }
    groups.finish(g);
    this.#view.lastDone[g] = now;
    this.#display.showHead(g);
    for (let other = 0; other < groups.count; other++) {
      const next = groups.nextAfter(other, g, now);
      if (next < NEVER) groups.nextArrival[other] = next;
    }
    this.#findSoonest();
    if (this.#hears(g)) this.#raise(EVENT_DONE, g);
  }

  kernelDone(g: number): void {
    this.#raise(EVENT_KERNEL, g);
  }

  #raise(event: number, group: number): void {
    if (event < this.#event) return;
    this.#event = event;
    this.#eventGroup = group;
  }

  #end(): void {
    this.#done = true;
    this.#costs.end(this.#groups, this.#time);
  }

  /** Computes the cost that fell due since the last decision point. */
  #settle(): GpuOutcome {
    const outcome = this.#outcome;
    const { costs } = this.#costs;
    if (!this.#done) this.#costs.update(this.#groups, this.#time);
    outcome.cost = 0;
    for (let g = 0; g < costs.length; g++) {
      outcome.costs[g] = costs[g] - this.#settled[g];
      outcome.cost += outcome.costs[g];
      this.#settled[g] = costs[g];
    }
    return outcome;
  }

  #fillView(): void {
    const view = this.#view;
    const groups = this.#groups;
    const engine = this.#engine;
    view.time = this.#time;
    view.criticalLoad = this.#criticalLoad.at(this.#time);
    view.sharing = this.#sharing < 0 ? SHARING_AS_IS : this.#sharing;
    view.event = GPU_EVENTS[this.#event];
    view.eventGroup = this.#eventGroup;
    view.resident = engine.resident;
    view.residentSince = engine.residentSince;
    view.switching = engine.switching;
    view.controlInFlight = this.#control.waiting;
    view.switches = engine.switches;
    view.switchNs = this.#ledger.switching;
    for (let g = 0; g < groups.count; g++) {
      view.servedNs[g] = this.#costs.served(groups, g);
      view.nextReady[g] =
        groups.preparing[g] > 0 ? groups.arrivalOf(g, groups.launched[g]) + groups.specs[g].prepNs : NEVER;
      this.#display.showKernel(g);
    }
  }

  /** Throws an InvariantError unless time and requests add up. */
  checkInvariants(): void {
    const groups = this.#groups;
    this.#ledger.check(this.#time);
    for (let g = 0; g < groups.count; g++) {
      const { arrived, completed, queued, preparing } = groups;
      if (arrived[g] !== completed[g] + queued[g] + preparing[g]) {
        throw new InvariantError(
          `group ${g}: ${arrived[g]} requests arrived, but ${completed[g]} are done, ${queued[g]} queued, ${preparing[g]} in preparation`,
        );
      }
      if (groups.progress[g] > groups.total[g]) {
        throw new InvariantError(`group ${g}: ${groups.progress[g]} ns done of a request of ${groups.total[g]} ns`);
      }
    }
  }

  fork(): GpuKernel {
    const copy = new GpuKernel();
    const scenario = this.scenario;
    copy.#scenario = scenario;
    copy.#seed = this.#seed;
    copy.#groups = this.#groups.fork();
    copy.#ledger = this.#ledger.fork();
    copy.#costs = this.#costs.fork();
    copy.#statistics = this.#statistics.fork();
    copy.#criticalLoad = this.#criticalLoad.fork();
    copy.#control = this.#control.fork();
    copy.#engine = this.#engine.fork(copy.#groups, copy.#ledger, copy);
    copy.#outcome = structuredClone(this.#outcome);
    copy.#settled = this.#settled.slice();
    copy.#asked = structuredClone(this.#asked);
    copy.#host = this.#host.fork();
    copy.#sharing = this.#sharing;
    copy.#time = this.#time;
    copy.#nextTick = this.#nextTick;
    copy.#wakeUp = this.#wakeUp;
    copy.#soonest = this.#soonest;
    copy.#event = this.#event;
    copy.#eventGroup = this.#eventGroup;
    copy.#events = this.#events;
    copy.#dropped = this.#dropped;
    copy.#done = this.#done;
    copy.#view = createView(scenario, copy.#groups, copy.#statistics, copy.#costs);
    copy.#display = new GroupDisplay(copy.#view, copy.#groups, scenario.architecture);
    copy.#view.lastDone.set(this.#view.lastDone);
    for (let g = 0; g < copy.#groups.count; g++) copy.#display.showHead(g);
    copy.#fillView();
    return copy;
  }
}
