import { type GpuArchitecture, INSTRUCTION, THREAD_BLOCK } from "./architecture.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import type { Groups } from "./groups.ts";
import { expandRunlist, runlistCapacity } from "./interleave.ts";
import type { TimeLedger } from "./time_ledger.ts";

/** Phases. IDLE: no group runs; the context of the last one may still be resident. */
const IDLE = 0;
/** The resident group runs. */
const RUN = 1;
/** The resident group still runs until its kernel or its thread blocks have ended, and then leaves. */
const DRAIN = 2;
/** The GPU saves the registers of the resident group. */
const SAVE = 3;
/** The GPU brings the next group in. */
const ENTER = 4;
/** The resident group fills its cold caches. */
const WARM = 5;

const NEVER = Number.POSITIVE_INFINITY;

/** The part of the scenario that the engine needs. */
export interface RunlistSettings {
  readonly architecture: GpuArchitecture;
  readonly coldNs: number;
}

/**
 * One engine that channel groups share by time, with a runlist. The scheduler goes round the list and skips groups that
 * are disabled or without work. A group leaves at once when it has nothing left to do or when it is taken off; it also
 * leaves when its timeslice is over and another group could run. While no other group could run, its timeslice is
 * renewed.
 */
export class RunlistEngine implements Engine {
  resident = -1;
  residentSince = 0;
  switches = 0;
  timeouts = 0;
  events = 0;
  next = NEVER;

  readonly #settings: RunlistSettings;
  readonly #groups: Groups;
  readonly #ledger: TimeLedger;
  readonly #notify: EngineEvents;
  readonly #list: Uint8Array;
  #entries: number;
  /** Current entry of the list. */
  #position = 0;
  #phase = IDLE;
  #now = 0;
  /** When DRAIN, SAVE, ENTER or WARM is over. */
  #phaseEnd = NEVER;
  /** When the resident group's timeslice ends, NEVER while no other group could run. */
  #expiry = NEVER;
  /** Length of the timeslice that ends at `#expiry`. */
  #slice = 0;
  /** Length of the current drain to the ends of thread blocks, 0 for another kind of drain. */
  #drain = 0;
  /** Group whose kernels ran last. Its data is in the caches. */
  #worked = -1;
  /** Group that ENTER brings in, -1 in other phases. */
  #entering = -1;
  /** Whether the timeout ends the drained request at the end of the drain. */
  #timedOut = false;
  #notifyKernels = false;

  constructor(settings: RunlistSettings, groups: Groups, ledger: TimeLedger, notify: EngineEvents) {
    this.#settings = settings;
    this.#groups = groups;
    this.#ledger = ledger;
    this.#notify = notify;
    this.#list = new Uint8Array(runlistCapacity(groups.count));
    this.#entries = expandRunlist(groups.interleave, this.#list);
    this.#position = this.#entries - 1;
  }

  get notifyKernels(): boolean {
    return this.#notifyKernels;
  }

  set notifyKernels(wanted: boolean) {
    if (wanted === this.#notifyKernels) return;
    this.#notifyKernels = wanted;
    this.#schedule();
  }

  get switching(): boolean {
    return this.#phase >= DRAIN;
  }

  advance(time: number): void {
    const passed = time - this.#now;
    this.#now = time;
    if (passed === 0) return;
    const ledger = this.#ledger;
    switch (this.#phase) {
      case IDLE:
        ledger.idle += passed;
        return;
      case RUN:
        if (!this.#groups.hasWork(this.resident)) {
          ledger.spin += passed;
          return;
        }
        ledger.busy += passed;
        this.#groups.progress[this.resident] += passed;
        return;
      case DRAIN:
        ledger.busy += passed;
        this.#groups.progress[this.resident] += passed;
        return;
      default:
        ledger.switching += passed;
    }
  }

  fire(): void {
    this.events++;
    switch (this.#phase) {
      case RUN:
        this.#tellOfKernel();
        this.#runOn();
        break;
      case DRAIN:
        this.#tellOfKernel();
        this.#drained();
        break;
      case SAVE:
        this.#take();
        break;
      case ENTER:
        this.#entered();
        break;
      case WARM:
        this.#worked = this.resident;
        // Otherwise a timeslice shorter than the warm-up would end before any work is done, again and again.
        this.residentSince = this.#now;
        this.#phase = RUN;
        this.#runOn();
        break;
    }
    this.#schedule();
  }

  changed(g: number): void {
    this.#catchUp();
    if (this.#phase === IDLE) this.#take();
    else if (this.#phase === RUN && g === this.resident) {
      this.#resize();
      this.#runOn();
    }
    this.#schedule();
  }

  /** Handles what was due at this very time before the change that the caller makes. */
  #catchUp(): void {
    if (this.next <= this.#now) this.fire();
  }

  /** Applies a new timeslice. It counts from the start of the current one, so it may already be over. */
  #resize(): void {
    if (this.#expiry === NEVER) return;
    const slice = this.#groups.sliceUs[this.resident] * 1000;
    this.#expiry = Math.max(this.#now, this.#expiry - this.#slice + slice);
    this.#slice = slice;
  }

  relist(): void {
    const current = this.#list[this.#position];
    this.#entries = expandRunlist(this.#groups.interleave, this.#list);
    this.#position = this.#entries - 1;
    for (let i = 0; i < this.#entries; i++) if (this.#list[i] === current) this.#position = i;
  }

  preempt(g: number): void {
    this.#catchUp();
    if ((this.#phase !== RUN && this.#phase !== WARM) || g !== this.resident || this.#following() < 0) return;
    if (this.#list[this.#following()] !== g) this.#startDrain();
    this.#schedule();
  }

  reset(g: number): void {
    this.#catchUp();
    const groups = this.#groups;
    if (g !== this.resident || (this.#phase !== RUN && this.#phase !== DRAIN)) return;
    if (!groups.hasWork(g) || !groups.specs[g].sequence.idempotent) return;
    this.#ledger.wasted += groups.killKernel(g);
    this.#take();
    this.#schedule();
  }

  /** Lets the resident group run on, leave, or be replaced, as is due now. */
  #runOn(): void {
    const groups = this.#groups;
    const g = this.resident;
    while (groups.queued[g] > 0 && groups.progress[g] >= groups.total[g]) this.#notify.requestDone(g, false);
    if (!groups.hasWork(g)) this.#ledger.draining += groups.empty(g);
    if (!groups.busy(g)) {
      this.#take();
      return;
    }
    if (groups.enabled[g] === 0 && groups.gentle[g] === 0) {
      this.#startDrain();
      return;
    }
    if (this.#expiry <= this.#now) {
      this.#expiry = NEVER;
      const following = this.#following();
      if (following >= 0 && this.#list[following] !== g) this.#startDrain();
      else if (groups.enabled[g] === 0) this.#startDrain();
      else {
        this.residentSince = this.#now;
        if (following >= 0) this.#position = following;
      }
    }
  }

  /** Reports the end of a kernel, except of a request's last one. */
  #tellOfKernel(): void {
    if (!this.#notifyKernels) return;
    const groups = this.#groups;
    const g = this.resident;
    if (groups.queued[g] > 0 && groups.progress[g] > 0 && !groups.withinKernel(g)) this.#notify.kernelDone(g);
  }

  /** Entry of the next group that could run, searching round the list from behind the current entry; -1 for none. */
  #following(): number {
    const entries = this.#entries;
    for (let i = 1; i <= entries; i++) {
      const entry = (this.#position + i) % entries;
      if (this.#groups.runnable(this.#list[entry])) return entry;
    }
    return -1;
  }

  /** The engine is free: brings in the next group that could run. */
  #take(): void {
    const following = this.#following();
    this.#expiry = NEVER;
    if (following < 0) {
      this.#phase = IDLE;
      return;
    }
    const g = this.#list[following];
    this.#position = following;
    const groups = this.#groups;
    // At the start of the run no context has to be put away.
    if ((g === this.resident || this.resident < 0) && groups.saved[g] === 0) {
      this.resident = g;
      this.#phase = RUN;
      this.residentSince = this.#now;
      return;
    }
    const { baseNs, restoreNs } = this.#settings.architecture;
    this.#phase = ENTER;
    this.#entering = g;
    this.#phaseEnd = this.#now + baseNs + (groups.saved[g] === 1 ? restoreNs : 0);
  }

  #startDrain(): void {
    const groups = this.#groups;
    const g = this.resident;
    this.#expiry = NEVER;
    this.#phase = DRAIN;
    this.#timedOut = false;
    let drain = 0;
    const mode = groups.mode[g];
    if (groups.hasWork(g) && mode !== INSTRUCTION && groups.withinKernel(g)) {
      drain =
        mode === THREAD_BLOCK ? groups.blockResidual(g) : groups.kernelEnd(g, groups.kernelAt(g)) - groups.progress[g];
      // A held group may stop before that.
      drain = Math.min(drain, groups.limit(g) - groups.progress[g]);
      const { timeoutNs } = this.#settings.architecture;
      if (drain > timeoutNs) {
        drain = timeoutNs;
        this.#timedOut = true;
      }
    }
    groups.preemptions[g]++;
    this.#drain = mode === THREAD_BLOCK ? drain : 0;
    this.#phaseEnd = this.#now + drain;
    if (drain === 0) this.#drained();
  }

  #drained(): void {
    const groups = this.#groups;
    const g = this.resident;
    if (groups.hasWork(g)) {
      const empty = groups.emptyNs(g, this.#drain);
      this.#ledger.draining += empty;
      groups.progress[g] -= empty;
    } else if (groups.progress[g] < groups.total[g]) this.#ledger.draining += groups.empty(g);
    if (this.#timedOut) {
      this.#timedOut = false;
      this.timeouts++;
      this.#notify.requestDone(g, true);
    }
    if (groups.queued[g] > 0 && groups.progress[g] >= groups.total[g]) this.#notify.requestDone(g, false);
    // Thread blocks that have left because of a flag have nothing to save.
    if (groups.mode[g] === INSTRUCTION && groups.hasWork(g) && groups.withinKernel(g)) {
      const { trapNs, saveNs } = this.#settings.architecture;
      groups.saved[g] = 1;
      this.#phase = SAVE;
      this.#phaseEnd = this.#now + trapNs + saveNs;
      return;
    }
    this.#take();
  }

  #entered(): void {
    const groups = this.#groups;
    const g = this.#entering;
    this.#entering = -1;
    if (g !== this.resident) this.switches++;
    this.resident = g;
    this.residentSince = this.#now;
    if (groups.runnable(g)) {
      groups.saved[g] = 0;
      this.#phase = RUN;
    } else if (groups.saved[g] === 1) {
      // The context was restored in vain: the group is no longer runnable.
      this.#phase = SAVE;
      this.#phaseEnd = this.#now + this.#settings.architecture.saveNs;
    } else this.#take();
  }

  /** Computes the time of the next event. */
  #schedule(): void {
    switch (this.#phase) {
      case IDLE:
        this.next = NEVER;
        return;
      case RUN:
        break;
      default:
        this.next = this.#phaseEnd;
        return;
    }
    const groups = this.#groups;
    const g = this.resident;
    if (this.#worked !== g && groups.hasWork(g)) {
      if (this.#worked >= 0 && this.#settings.coldNs > 0) {
        this.#phase = WARM;
        this.#phaseEnd = this.#now + this.#settings.coldNs;
        this.next = this.#phaseEnd;
        return;
      }
      this.#worked = g;
    }
    this.#renewExpiry();
    let end = NEVER;
    if (groups.hasWork(g)) {
      end = this.#now + groups.limit(g) - groups.progress[g];
      if (this.#notifyKernels)
        end = Math.min(end, this.#now + groups.kernelEnd(g, groups.kernelAt(g)) - groups.progress[g]);
    }
    this.next = Math.min(end, this.#expiry);
  }

  /**
   * A timeslice ends only if another group could run, and then at the end of the round of timeslices in which this
   * became so.
   */
  #renewExpiry(): void {
    const groups = this.#groups;
    const g = this.resident;
    let others = groups.enabled[g] === 0;
    for (let other = 0; !others && other < groups.count; other++) others = other !== g && groups.runnable(other);
    if (!others) {
      this.#expiry = NEVER;
      return;
    }
    if (this.#expiry < NEVER) return;
    this.#slice = groups.sliceUs[g] * 1000;
    const rounds = Math.max(1, Math.ceil((this.#now - this.residentSince) / this.#slice));
    this.#expiry = this.residentSince + rounds * this.#slice;
  }

  fork(groups: Groups, ledger: TimeLedger, notify: EngineEvents): RunlistEngine {
    const copy = new RunlistEngine(this.#settings, groups, ledger, notify);
    copy.#notifyKernels = this.#notifyKernels;
    copy.resident = this.resident;
    copy.residentSince = this.residentSince;
    copy.switches = this.switches;
    copy.timeouts = this.timeouts;
    copy.events = this.events;
    copy.next = this.next;
    copy.#list.set(this.#list);
    copy.#entries = this.#entries;
    copy.#position = this.#position;
    copy.#phase = this.#phase;
    copy.#now = this.#now;
    copy.#phaseEnd = this.#phaseEnd;
    copy.#expiry = this.#expiry;
    copy.#slice = this.#slice;
    copy.#entering = this.#entering;
    copy.#timedOut = this.#timedOut;
    copy.#drain = this.#drain;
    copy.#worked = this.#worked;
    return copy;
  }
}
