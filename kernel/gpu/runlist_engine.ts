import { type GpuArchitecture, INSTRUCTION, THREAD_BLOCK } from "./architecture.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import type { Groups } from "./groups.ts";
import { expandRunlist, runlistCapacity } from "./interleave.ts";
import type { TimeLedger } from "./time_ledger.ts";

/** Nothing to run; the last group's context may still be there. */
const IDLE = 0;
/** The resident group runs. */
const RUN = 1;
/** It still runs, until its kernel or its thread blocks have ended, and then leaves. */
const DRAIN = 2;
/** Its registers are saved. */
const SAVE = 3;
/** The next group is brought in. */
const ENTER = 4;
/** Its caches are cold. */
const WARM = 5;

const NEVER = Number.POSITIVE_INFINITY;

/** What the engine needs to know of the scenario. */
export interface RunlistSettings {
  readonly architecture: GpuArchitecture;
  readonly coldNs: number;
}

/**
 * One engine that a runlist of channel groups shares by time. The scheduler goes round the list; a group without work or not
 * enabled is passed over; a group leaves when its timeslice is over and another one could run, at once when it has nothing
 * left to do, or when it is taken off. As long as it is alone its timeslice is renewed.
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
  /** Entry of the list whose turn it is. */
  #position = 0;
  #phase = IDLE;
  #now = 0;
  /** When DRAIN, SAVE or ENTER is over. */
  #phaseEnd = NEVER;
  /** When the resident group's timeslice ends, NEVER while it is alone. */
  #expiry = NEVER;
  /** Length of the timeslice that ends then. */
  #slice = 0;
  /** Length of the present drain to the ends of thread blocks, 0 for another. */
  #drain = 0;
  /** Group whose kernels ran last: its data is in the caches. */
  #worked = -1;
  /** Group that ENTER brings in, and its entry. */
  #entering = -1;
  /** Whether what is drained is killed by the timeout at the end. */
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
        // Else a timeslice shorter than this would be over before any work is done, again and again.
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

  /** What was due at this very time comes before what changes it. */
  #catchUp(): void {
    if (this.next <= this.#now) this.fire();
  }

  /** A new timeslice counts from the start of the present one, and may be over by now. */
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

  /** The resident group goes on, leaves, or is replaced: whatever is due now. */
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

  /** Tells of the end of a kernel, but for a request's last one. */
  #tellOfKernel(): void {
    if (!this.#notifyKernels) return;
    const groups = this.#groups;
    const g = this.resident;
    if (groups.queued[g] > 0 && groups.progress[g] > 0 && !groups.withinKernel(g)) this.#notify.kernelDone(g);
  }

  /** Entry of the next group that could run, from behind the present one all round the list; -1 for none. */
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
    // The first group of all finds nothing to be put away.
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
      // What is held may stop before that.
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
    // Thread blocks that have left for a flag have nothing to save.
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
      // It was restored in vain.
      this.#phase = SAVE;
      this.#phaseEnd = this.#now + this.#settings.architecture.saveNs;
    } else this.#take();
  }

  /** Works out when something happens next. */
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

  /** The slice ends only if somebody else could run, at the end of the round of slices in which that became so. */
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
