import { InvariantError, type Subsystem } from "../subsystem.ts";
import { createSwapDevice } from "./create_swap_device.ts";
import { createView, forkView } from "./create_view.ts";
import { assertDecision, BOOKS, bookOf, createDecision, depthOf, type ReadaheadDecision } from "./decision.ts";
import { HIT_US, ZERO_FILL_US } from "./device.ts";
import { CHARGE, FAULT_CHARGES, type FaultCharge, FaultLedger } from "./fault_ledger.ts";
import { ReadaheadOutcome } from "./outcome.ts";
import { assertScenario, type ReadaheadScenario } from "./scenario.ts";
import { ShadowMemory } from "./shadow_memory.ts";
import { StallPressure } from "./stall_pressure.ts";
import { StallShare } from "./stall_share.ts";
import type { SwapDevice } from "./swap_device.ts";
import { DIRTY, MARKED, SwapMemory, YOUNG } from "./swap_memory.ts";
import {
  CACHED,
  MAPPED,
  NONE,
  READAHEAD_COUNTERS,
  type ReadaheadCounters,
  type ReadaheadView,
  SWAPPED,
} from "./view.ts";

/** Linux: the hit counters count pages read ahead up to this number. Source: mm/swap_state.c, 6 bits. */
const MOST_HITS = 63;

/**
 * A refault is short if at most this many pages were reclaimed since its page was, as a share of the frames. Source:
 * choice.
 */
const SHORT_REFAULT = 1 / 4;

/**
 * Weights of one outcome in the moving averages: over all pages, by instruction, of short refaults, of waits. Source:
 * choice.
 */
const ACCURACY_WEIGHT = 1 / 64;
const LOCAL_WEIGHT = 1 / 16;
const REFAULT_WEIGHT = 1 / 64;
const MAJOR_WEIGHT = 1 / 64;

/** How far a thread that does not fault may run ahead of the other threads, us. Source: choice. */
const RUN_AHEAD_US = 50;

/**
 * The swap-in path of a program that does not fit its frames. Threads access pages, and missing pages are read from a
 * swap device. At every major fault, and at the first use of a marked page, a policy decides which pages to read ahead.
 *
 * Time is a result. Each thread has a clock and its own processor, and faults happen in the order of the clocks. Every
 * use of a thread's time is charged by name, and the charges add up to the clocks.
 */
export class ReadaheadKernel
  implements Subsystem<ReadaheadScenario, ReadaheadView, ReadaheadDecision, ReadaheadOutcome>
{
  #scenario!: ReadaheadScenario;
  #seed = 0;
  #memory!: SwapMemory;
  #device!: SwapDevice;
  #shadow: ShadowMemory | null = null;
  #ledger = new FaultLedger();
  #pressure = new StallPressure(0);
  #stallShare = new StallShare();
  readonly #isRunning = (thread: number): boolean =>
    this.#done[thread] < this.#scenario.workload.threads[thread].page.length;
  #view!: ReadaheadView;
  #counters!: ReadaheadCounters;
  #vmaOf = new Int32Array(0);
  /** `[threads]` clock, us; accesses done; whether the computing before the next access is on the clock already. */
  #clock = new Float64Array(0);
  #done = new Int32Array(0);
  #computed = new Uint8Array(0);
  #running = 0;
  #position = 0;
  #quiet = 0;
  #pollution = 0;
  readonly #nothing = createDecision();
  readonly #outcome = new ReadaheadOutcome();
  readonly #noteDelay = (decision: number, us: number): void => this.#outcome.addDelay(decision, us);

  reset(scenario: ReadaheadScenario, seed: number): void {
    assertScenario(scenario);
    this.#scenario = scenario;
    this.#seed = seed;
    const { pages, vmas, threads } = scenario.workload;
    this.#ledger = new FaultLedger();
    this.#pressure = new StallPressure(threads.length);
    this.#stallShare = new StallShare();
    this.#counters = Object.fromEntries(READAHEAD_COUNTERS.map((name) => [name, 0])) as ReadaheadCounters;
    this.#device = createSwapDevice(scenario, seed);
    this.#memory = new SwapMemory(scenario, seed, this.#device, this.#counters, (page) => this.#judge(page, 0));
    this.#shadow = scenario.countPollution ? new ShadowMemory(pages, scenario.frames) : null;
    this.#vmaOf = new Int32Array(pages);
    for (const [i, { start, end }] of vmas.entries()) this.#vmaOf.fill(i, start, end);
    this.#clock = new Float64Array(threads.length);
    this.#done = new Int32Array(threads.length);
    this.#computed = new Uint8Array(threads.length);
    this.#running = threads.filter(({ page }) => page.length > 0).length;
    this.#position = 0;
    this.#quiet = 0;
    this.#pollution = 0;
    this.#view = createView(scenario, this.#memory, this.#counters);
    this.#run();
  }

  get view(): ReadaheadView {
    return this.#view;
  }

  get scenario(): ReadaheadScenario {
    return this.#scenario;
  }

  get done(): boolean {
    return this.#running === 0;
  }

  /** Accesses done by all threads together. */
  get position(): number {
    return this.#position;
  }

  /** Returns the number of accesses that `thread` has done, without the access that faults now. */
  threadPosition(thread: number): number {
    return this.#done[thread];
  }

  /**
   * Stall of the threads plus delay inflicted on other tenants since the start, us. Policies are compared by this cost.
   */
  get cost(): number {
    return this.#ledger.stalled + this.inflicted;
  }

  /** Delay inflicted on other tenants since the start, us. */
  get inflicted(): number {
    return this.#device.inflicted;
  }

  /** Sum of the threads' clocks, us. */
  get clock(): number {
    let sum = 0;
    for (let i = 0; i < this.#clock.length; i++) sum += this.#clock[i];
    return sum;
  }

  /** Time charged so far, us. */
  charged(charge: FaultCharge): number {
    return this.#ledger.charged[CHARGE[charge]];
  }

  decide(decision: ReadaheadDecision): ReadaheadOutcome {
    if (this.done) throw new RangeError("the program has ended: reset before the next decision");
    assertDecision(decision);
    const cost = this.cost;
    const position = this.#position;
    this.#counters.decisions++;
    this.#quiet = decision.quiet;
    this.#outcome.clear();
    this.#answer(decision);
    this.#run();
    this.#outcome.cost = this.cost - cost;
    this.#outcome.accesses = this.#position - position;
    return this.#outcome;
  }

  /** Runs to the next decision point or to the end. */
  #run(): void {
    for (;;) {
      const thread = this.#earliest();
      if (thread < 0) {
        this.#finish();
        return;
      }
      if (this.#runThread(thread)) return;
    }
  }

  /** Returns the running thread whose clock is earliest, -1 when all threads have ended. */
  #earliest(): number {
    const { threads } = this.#scenario.workload;
    let earliest = -1;
    for (let i = 0; i < threads.length; i++) {
      if (this.#done[i] === threads[i].page.length) continue;
      if (earliest < 0 || this.#clock[i] < this.#clock[earliest]) earliest = i;
    }
    return earliest;
  }

  /** Returns the clock of the earliest other running thread, us. */
  #othersClock(thread: number): number {
    const { threads } = this.#scenario.workload;
    let clock = Number.POSITIVE_INFINITY;
    for (let i = 0; i < threads.length; i++) {
      if (i !== thread && this.#done[i] < threads[i].page.length && this.#clock[i] < clock) clock = this.#clock[i];
    }
    return clock;
  }

  /** Runs a thread until another thread's turn comes. Returns true at a decision point. */
  #runThread(thread: number): boolean {
    const { threads } = this.#scenario.workload;
    const { page, write, computeNs } = threads[thread];
    const { state, flags } = this.#memory;
    const { singleList } = this.#scenario;
    const shadow = this.#shadow;
    const others = threads.length > 1 ? this.#othersClock(thread) : Number.POSITIVE_INFINITY;
    const limit = others + RUN_AHEAD_US;
    const first = this.#done[thread];
    const length = page.length;
    let clock = this.#clock[thread];
    let compute = 0;
    let skip = this.#computed[thread] === 1;
    this.#computed[thread] = 0;
    let i = first;
    while (i < length) {
      const p = page[i];
      if (skip) skip = false;
      else compute += computeNs[i] * 1e-3;
      if (clock + compute > limit) {
        this.#computed[thread] = 1;
        break;
      }
      if (state[p] !== MAPPED) {
        // Faults happen in the order of the clocks, so requests reach the device by rising time.
        if (clock + compute > others) {
          this.#computed[thread] = 1;
          break;
        }
        clock += compute;
        this.#ledger.charged[CHARGE.compute] += compute;
        compute = 0;
        this.#clock[thread] = clock;
        this.#done[thread] = i;
        this.#position += i - first;
        return this.#fault(thread, p, shadow?.access(p) ?? false);
      }
      flags[p] |= write[i] === 0 ? YOUNG : YOUNG | DIRTY;
      if (singleList) this.#memory.touch(p);
      if (shadow !== null) shadow.access(p);
      i++;
    }
    this.#ledger.charged[CHARGE.compute] += compute;
    this.#clock[thread] = clock + compute;
    this.#done[thread] = i;
    this.#position += i - first;
    if (i === length) this.#running--;
    return false;
  }

  /**
   * Handles a fault on `page`. Returns true at a decision point; `#answer` then finishes the fault.
   *
   * @param shadowed whether memory without readahead would still have the page
   */
  #fault(thread: number, page: number, shadowed: boolean): boolean {
    const state = this.#memory.state[page];
    if (state === NONE) return this.#firstTouch(thread, page);
    this.#logAccess(thread, page);
    return state === CACHED ? this.#hit(thread, page) : this.#majorFault(page, shadowed);
  }

  /** Maps a page that the program touches for the first time. Returns false. */
  #firstTouch(thread: number, page: number): boolean {
    const write = this.#scenario.workload.threads[thread].write[this.#done[thread]] === 1;
    this.#makeRoom(thread, 1);
    this.#memory.mapNew(page, write);
    this.#charge(thread, CHARGE.zero_fill, ZERO_FILL_US);
    this.#counters.zero_fills++;
    this.#complete(thread);
    return false;
  }

  /** Writes a swap access to the view and to the log. */
  #logAccess(thread: number, page: number): void {
    const stream = this.#scenario.workload.threads[thread];
    const at = this.#done[thread];
    const view = this.#view;
    const pc = stream.pc[at];
    view.page = page;
    view.vma = this.#vmaOf[page];
    view.thread = thread;
    view.pc = pc;
    view.write = stream.write[at] === 1;
    view.previousOfPage = view.log.lastOfPage(page);
    view.previousOfPc = view.log.lastOfPc(pc);
    view.log.push(page, pc, thread);
  }

  /** Handles the first use of a page that was read ahead. Returns true if the page is marked and decisions are due. */
  #hit(thread: number, page: number): boolean {
    const { flags, readyAt, decisionOf } = this.#memory;
    const counters = this.#counters;
    const view = this.#view;
    view.kind = "marker";
    view.refaultDistance = 0;
    const marked = (flags[page] & MARKED) !== 0;
    const wait = readyAt[page] - this.#clock[thread];
    counters.ra_hit++;
    if (wait > 0) counters.ra_late++;
    this.#outcome.addHit(thread, this.#done[thread], decisionOf[page] - 1, HIT_US + Math.max(0, wait));
    this.#judge(page, 1);
    this.#memory.mapCached(page, view.write);
    if (marked) counters.markers++;
    if (marked && this.#quiet === 0) return this.#showView();
    if (marked) this.#quiet--;
    this.#finishHit(thread, page);
    return false;
  }

  /** Handles a fault on a page that is only on the swap device. Returns true if decisions are due. */
  #majorFault(page: number, shadowed: boolean): boolean {
    const { frames } = this.#scenario;
    const counters = this.#counters;
    const view = this.#view;
    view.kind = "fault";
    counters.major_faults++;
    if (shadowed) this.#pollution++;
    const distance = counters.reclaimed - this.#memory.reclaimedAt[page];
    const short = distance <= SHORT_REFAULT * frames;
    if (distance <= frames) counters.refaults++;
    if (short) counters.short_refaults++;
    view.refaultDistance = distance / frames;
    view.shortRefaults += REFAULT_WEIGHT * ((short ? 1 : 0) - view.shortRefaults);
    if (this.#quiet === 0) return this.#showView();
    this.#quiet--;
    this.#answer(this.#nothing);
    return false;
  }

  /** Updates the view for a decision point. Returns true. */
  #showView(): boolean {
    const view = this.#view;
    view.time = this.#clock[view.thread];
    view.free = this.#memory.free;
    view.inFlight = this.#device.inFlight(view.time);
    view.queueWait = this.#device.queueWait(view.time);
    this.#stallShare.update(this.#ledger.total, this.#ledger.stalled);
    view.stallShare = this.#stallShare.share;
    return true;
  }

  /** Submits the reads that `decision` asks for, and finishes the fault that is under way. */
  #answer(decision: ReadaheadDecision): void {
    const { kind, thread, page, pc } = this.#view;
    const device = this.#device;
    const memory = this.#memory;
    const demand = kind === "fault";
    const { count } = decision;
    const before = this.#scenario.demandFirst ? 0 : decision.before;
    if (decision.microseconds > 0) this.#charge(thread, CHARGE.deciding, decision.microseconds);
    if (count > 0 || demand) this.#makeRoom(thread, count + (demand ? 1 : 0));
    const now = this.#clock[thread];
    const readable = device.readableFrames(now);
    let room = count === 0 ? 0 : Math.min(memory.free - (demand ? 1 : 0), readable);
    let submitted = 0;
    let issued = 0;
    let mark = false;
    for (let k = 0; k <= count; k++) {
      if (k === before && demand) submitted = device.submitDemand(now, this.#noteDelay);
      if (k === count) break;
      if (k === decision.marker) mark = true;
      const candidate = decision.pages[k];
      if (room <= 0 || candidate === page || memory.state[candidate] !== SWAPPED) continue;
      room--;
      issued++;
      const readyAt = device.submitAhead(now, issued, this.#counters.decisions - 1);
      memory.cache(candidate, readyAt, bookOf(decision.source, depthOf(k, decision.before)), pc, mark);
      mark = false;
    }
    this.#counters.ra_issued += issued;
    const reading = device.readingUs(issued, demand);
    if (reading > 0) this.#charge(thread, CHARGE.readahead, reading);
    if (demand) this.#awaitDemand(thread, submitted);
    const submitting = device.submittingUs(issued);
    if (submitting > 0) this.#charge(thread, CHARGE.readahead, submitting);
    if (demand) this.#finishFault(thread, page);
    else this.#finishHit(thread, page);
  }

  /** Waits for the page that faulted. */
  #awaitDemand(thread: number, submitted: number): void {
    const waited = this.#device.waitUs(this.#clock[thread], submitted);
    this.#view.majorUs += MAJOR_WEIGHT * (waited - this.#view.majorUs);
    this.#charge(thread, CHARGE.device, waited);
  }

  /** Maps the page that faulted, which is in memory now, and lets the thread go on. */
  #finishFault(thread: number, page: number): void {
    const view = this.#view;
    this.#charge(thread, CHARGE.fault, this.#scenario.device.faultUs);
    this.#memory.mapNew(page, view.write);
    // Linux's state after a major fault.
    view.vmaAddress[view.vma] = page;
    view.vmaHits[view.vma] = 0;
    view.clusterHits = 0;
    this.#complete(thread);
  }

  /**
   * Finishes a hit. If the page read ahead is still under way, the thread waits for it; at a marker it waits after the
   * decision, as in Linux.
   */
  #finishHit(thread: number, page: number): void {
    const wait = this.#memory.readyAt[page] - this.#clock[thread];
    if (wait > 0) this.#charge(thread, CHARGE.late, wait);
    this.#charge(thread, CHARGE.hit, HIT_US);
    // Linux's state after a hit.
    const view = this.#view;
    view.vmaHits[view.vma] = Math.min(MOST_HITS, view.vmaHits[view.vma] + 1);
    view.vmaAddress[view.vma] = view.page;
    view.clusterHits++;
    this.#complete(thread);
  }

  /** Counts whether a page that was read ahead was used (1) or thrown out (0). */
  #judge(page: number, used: number): void {
    const { accuracy, pcAccuracy, pcUnknown } = this.#view;
    const book = this.#memory.bookOf[page];
    accuracy[book] += ACCURACY_WEIGHT * (used - accuracy[book]);
    const atPc = this.#memory.pcOf[page] * BOOKS + book;
    pcAccuracy[atPc] += LOCAL_WEIGHT * (used - pcAccuracy[atPc]);
    pcUnknown[atPc] *= 1 - LOCAL_WEIGHT;
  }

  #makeRoom(thread: number, frames: number): void {
    const time = this.#memory.makeRoom(frames, this.#clock[thread]);
    if (time > 0) this.#charge(thread, CHARGE.reclaim, time);
  }

  /** Charges a thread's time. Every charge except first touches is a stall for lack of memory. */
  #charge(thread: number, charge: number, us: number): void {
    const start = this.#clock[thread];
    const end = start + us;
    this.#clock[thread] = end;
    this.#ledger.charged[charge] += us;
    if (charge !== CHARGE.zero_fill) this.#pressure.record(thread, start, end, this.#isRunning);
  }

  #complete(thread: number): void {
    this.#position++;
    if (++this.#done[thread] === this.#scenario.workload.threads[thread].page.length) this.#running--;
  }

  /** Counts the requests of other tenants until the last thread's end. */
  #finish(): void {
    let end = 0;
    for (const clock of this.#clock) end = Math.max(end, clock);
    this.#device.advance(end);
  }

  /** Returns every figure since the start by name; times in us. */
  metrics(): Record<string, number> {
    const { major_faults, ra_issued, ra_hit, ra_late, ra_waste } = this.#counters;
    let elapsed = 0;
    for (const clock of this.#clock) elapsed = Math.max(elapsed, clock);
    const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
    return {
      ...this.#counters,
      accesses: this.#position,
      ra_live: ra_issued - ra_hit - ra_waste,
      ...(this.#shadow !== null && { pollution_majors: this.#pollution }),
      accuracy: ratio(ra_hit, ra_issued),
      coverage: ratio(ra_hit, ra_hit + major_faults),
      timeliness: 1 - ratio(ra_late, ra_hit),
      cost_us: this.cost,
      stall_us: this.#ledger.stalled,
      inflicted_us: this.inflicted,
      background_requests: this.#device.backgroundRequests,
      bus_share: ratio(this.#device.busy, elapsed),
      elapsed_us: elapsed,
      us_per_access: ratio(elapsed, this.#position),
      ...Object.fromEntries(FAULT_CHARGES.map((name) => [`${name}_us`, this.charged(name)])),
      psi_some_avg10: this.#pressure.pressure.someAverage10,
      psi_some_share: ratio(this.#pressure.pressure.someSeconds * 1e6, elapsed),
    };
  }

  checkInvariants(): void {
    this.#memory.checkInvariants();
    this.#ledger.checkInvariants(this.clock);
    const { state } = this.#memory;
    let live = 0;
    for (let page = 0; page < state.length; page++) if (state[page] === CACHED) live++;
    const { ra_issued, ra_hit, ra_waste, ra_late } = this.#counters;
    if (ra_issued !== ra_hit + ra_waste + live || ra_late > ra_hit) {
      throw new InvariantError(
        `${ra_issued} pages read ahead do not add up: ${ra_hit} hit (${ra_late} late), ${ra_waste} wasted, ${live} live`,
      );
    }
    for (const hits of this.#view.vmaHits) {
      if (hits < 0 || hits > MOST_HITS)
        throw new InvariantError(`hits of a VMA must be 0 to ${MOST_HITS}, got ${hits}`);
    }
  }

  fork(): ReadaheadKernel {
    const copy = new ReadaheadKernel();
    copy.#scenario = this.#scenario;
    copy.#seed = this.#seed;
    copy.#counters = { ...this.#counters };
    copy.#device = this.#device.fork();
    copy.#memory = new SwapMemory(this.#scenario, this.#seed, copy.#device, copy.#counters, (page) =>
      copy.#judge(page, 0),
    );
    copy.#memory.copyFrom(this.#memory);
    copy.#shadow = this.#shadow?.fork() ?? null;
    copy.#ledger.charged.set(this.#ledger.charged);
    copy.#pressure = this.#pressure.fork();
    copy.#stallShare = this.#stallShare.fork();
    copy.#vmaOf = this.#vmaOf;
    copy.#clock = this.#clock.slice();
    copy.#done = this.#done.slice();
    copy.#computed = this.#computed.slice();
    copy.#running = this.#running;
    copy.#position = this.#position;
    copy.#quiet = this.#quiet;
    copy.#pollution = this.#pollution;
    copy.#view = forkView(this.#view, copy.#memory, copy.#counters);
    return copy;
  }
}
