import type { CoRun } from "./co_run.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import type { Groups } from "./groups.ts";
import { RunningKernels } from "./running_kernels.ts";
import type { TimeLedger } from "./time_ledger.ts";

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Progress is kept in these parts of a ns. Rates are whole numbers of parts, so sums are exact in whatever steps time
 * passes: 2^20 parts of 8 s still fit a double.
 */
const PARTS = 2 ** 20;

/**
 * A GPU on which kernels of several groups run side by side. Of each group the kernels of its oldest launched request
 * run in order. The speed of a kernel depends on the kernels beside it and stays constant until one of them ends, stops
 * or joins. A disabled group stops at the end of its running kernel. There are no context switches and no timeslices.
 */
export class SpatialEngine implements Engine {
  notifyKernels = false;
  readonly resident = -1;
  readonly residentSince = 0;
  readonly switching = false;
  readonly switches = 0;
  readonly timeouts = 0;
  events = 0;
  next = NEVER;

  readonly #coRun: CoRun;
  readonly #groups: Groups;
  readonly #ledger: TimeLedger;
  readonly #notify: EngineEvents;
  readonly #running: RunningKernels;
  #now = 0;
  /** Whether a waiting kernel keeps the GPU. */
  #spinning = false;
  /** `[groups]` the kernel that runs or comes next, and the progress at which it starts and ends. */
  readonly #kernel: Int32Array;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  /** `[groups]` progress beyond the whole ns, in parts. */
  readonly #fraction: Float64Array;
  /** `[groups]` progress per ns, in parts; valid for running groups. */
  readonly #rate: Float64Array;

  constructor(coRun: CoRun, groups: Groups, ledger: TimeLedger, notify: EngineEvents) {
    this.#coRun = coRun;
    this.#groups = groups;
    this.#ledger = ledger;
    this.#notify = notify;
    this.#running = new RunningKernels(groups.count);
    this.#kernel = new Int32Array(groups.count);
    this.#start = new Float64Array(groups.count);
    this.#end = new Float64Array(groups.count).fill(NEVER);
    this.#fraction = new Float64Array(groups.count);
    this.#rate = new Float64Array(groups.count);
  }

  advance(time: number): void {
    const passed = time - this.#now;
    this.#now = time;
    if (passed === 0) return;
    const { count, group } = this.#running;
    if (count === 0) {
      if (this.#spinning) this.#ledger.spin += passed;
      else this.#ledger.idle += passed;
      return;
    }
    this.#ledger.busy += passed;
    const { progress } = this.#groups;
    for (let i = 0; i < count; i++) {
      const g = group[i];
      const parts = this.#fraction[g] + passed * this.#rate[g];
      const whole = Math.floor(parts / PARTS);
      progress[g] += whole;
      this.#fraction[g] = parts - whole * PARTS;
    }
  }

  fire(): void {
    this.events++;
    const groups = this.#groups;
    for (let g = 0; g < groups.count; g++) {
      if (this.#ended(g)) this.#goOn(g);
      if (groups.emptying[g] > 0 && groups.progress[g] >= groups.stopAt[g]) this.#empty(g);
    }
    this.#schedule();
  }

  changed(g: number): void {
    const groups = this.#groups;
    // The request may have just come to the front. For a running request the kernel is already known.
    if (groups.queued[g] === 1 && groups.progress[g] === 0 && this.#fraction[g] === 0) this.#enter(g, 0);
    this.#goBack(g);
    this.#catchUp();
    this.#schedule();
  }

  /** Does nothing: there is no runlist. */
  relist(): void {}

  /** Does nothing: kernels that run side by side are not preempted. */
  preempt(_g: number): void {}

  reset(g: number): void {
    this.#catchUp();
    const groups = this.#groups;
    if (!this.#runs(g) || !groups.specs[g].sequence.idempotent) return;
    // Side by side, the lost work can exceed the time that has passed.
    this.#ledger.wasted += Math.min(groups.killKernel(g), this.#ledger.busy - this.#ledger.wasted);
    this.#fraction[g] = 0;
    this.#goBack(g);
    this.#schedule();
  }

  /** Handles what was due at this very time before the change that the caller makes. */
  #catchUp(): void {
    if (this.next <= this.#now) this.fire();
  }

  /** Whether the current kernel of a group has reached its end. */
  #ended(g: number): boolean {
    return this.#groups.queued[g] > 0 && this.#groups.progress[g] >= this.#end[g];
  }

  /** The current kernel of a group has ended: moves on to the next one. */
  #goOn(g: number): void {
    const groups = this.#groups;
    this.#fraction[g] = 0;
    if (groups.progress[g] < groups.total[g]) {
      if (this.notifyKernels) this.#notify.kernelDone(g);
      this.#enter(g, this.#kernel[g] + 1);
      return;
    }
    this.#notify.requestDone(g, false);
    if (groups.queued[g] > 0) this.#enter(g, 0);
  }

  /** Moves to kernel `kernel` of a group's oldest request, or to the first one behind it that takes any time. */
  #enter(g: number, kernel: number): void {
    const groups = this.#groups;
    let end = groups.kernelEnd(g, kernel);
    while (end <= groups.progress[g]) end = groups.kernelEnd(g, ++kernel);
    this.#kernel[g] = kernel;
    this.#start[g] = groups.progress[g];
    this.#end[g] = end;
  }

  /** A held group has stopped: takes back its progress without work. */
  #empty(g: number): void {
    const groups = this.#groups;
    this.#ledger.draining += groups.empty(g);
    this.#fraction[g] = 0;
    this.#goBack(g);
  }

  /** Returns to an earlier kernel if progress was taken back past the start of the current one. */
  #goBack(g: number): void {
    const groups = this.#groups;
    if (groups.queued[g] === 0 || groups.progress[g] >= this.#start[g]) return;
    this.#fraction[g] = 0;
    this.#kernel[g] = groups.kernelAt(g);
    this.#start[g] = groups.kernelStart(g, this.#kernel[g]);
    this.#end[g] = groups.kernelEnd(g, this.#kernel[g]);
  }

  /**
   * Whether a kernel of a group runs. A started kernel of a disabled group runs to its end, because nothing preempts
   * it.
   */
  #runs(g: number): boolean {
    const groups = this.#groups;
    if (!groups.hasWork(g)) return false;
    if (groups.enabled[g] === 1) return true;
    return groups.progress[g] > this.#start[g] || this.#fraction[g] > 0;
  }

  /** Computes which kernels run, how fast, and when the first of them ends or stops. */
  #schedule(): void {
    const groups = this.#groups;
    const running = this.#running;
    running.count = 0;
    this.#spinning = false;
    this.next = NEVER;
    for (let g = 0; g < groups.count; g++) {
      if (this.#runs(g)) running.add(g, this.#kernel[g], this.#end[g] - this.#start[g], groups.specs[g].sequence);
      else if (groups.spin[g] === 1 && groups.enabled[g] === 1) this.#spinning = true;
    }
    if (running.count > 0) this.#coRun.fillRates(running);
    for (let i = 0; i < running.count; i++) {
      const g = running.group[i];
      const rate = Math.max(1, Math.min(PARTS, Math.round(running.rate[i] * PARTS)));
      this.#rate[g] = rate;
      const left = (Math.min(this.#end[g], groups.stopAt[g]) - groups.progress[g]) * PARTS - this.#fraction[g];
      this.next = Math.min(this.next, this.#now + Math.ceil(left / rate));
    }
  }

  fork(groups: Groups, ledger: TimeLedger, notify: EngineEvents): SpatialEngine {
    const copy = new SpatialEngine(this.#coRun, groups, ledger, notify);
    copy.notifyKernels = this.notifyKernels;
    copy.events = this.events;
    copy.next = this.next;
    copy.#running.copy(this.#running);
    copy.#now = this.#now;
    copy.#spinning = this.#spinning;
    copy.#kernel.set(this.#kernel);
    copy.#start.set(this.#start);
    copy.#end.set(this.#end);
    copy.#fraction.set(this.#fraction);
    copy.#rate.set(this.#rate);
    return copy;
  }
}
