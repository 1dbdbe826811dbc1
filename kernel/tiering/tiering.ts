import { PressureStall } from "../psi.ts";
import { hashKey } from "../random.ts";
import { InvariantError, type Subsystem } from "../subsystem.ts";
import { DAMON_CHECK_SECONDS, Damon } from "./damon.ts";
import { assertDecision, type HintFaultDecision, type HistogramDecision, type TieringDecision } from "./decision.ts";
import { HINT_FAULT_SECONDS, HintFaults, MB } from "./hint_faults.ts";
import { HistogramPlacement } from "./histogram_placement.ts";
import { LoadedLatency } from "./loaded_latency.ts";
import {
  ACCESSES_PER_UNIT,
  assertMachine,
  BASE_PAGE_BYTES,
  LINES_PER_THREAD,
  SWAP_CLUSTER_PAGES,
  THREADS,
} from "./machine.ts";
import { Migration } from "./migration.ts";
import { MoveQueue } from "./move_queue.ts";
import { PageTable } from "./page_table.ts";
import { ReclaimClock } from "./reclaim_clock.ts";
import { DEFAULT_SAMPLING_PERIOD, SAMPLE_SECONDS, Sampler } from "./sampler.ts";
import type { TieringOutcome, TieringScenario } from "./scenario.ts";
import { CHARGES, TimeLedger } from "./time_ledger.ts";
import { createView, type TieringView } from "./view.ts";

/** Time between two decisions, s. Source: choice; the kernel's own controllers work in seconds to a minute. */
const INTERVAL_SECONDS = 1;

/** Time between two updates of migration and monitors, s. Source: DAMON's aggregation interval. */
const SUB_STEP_SECONDS = 0.1;

const SUB_STEPS = Math.round(INTERVAL_SECONDS / SUB_STEP_SECONDS);

/**
 * A machine with two to four tiers of memory and a program on it, in a closed loop: the places of pages determine how
 * fast the program runs, never what it does.
 *
 * Time advances in sub-steps of 0.1 s. A sub-step also ends where the window of the workload changes. Every use of the
 * threads' time is charged by name, and the charges add up to the clock.
 */
export class TieringKernel implements Subsystem<TieringScenario, TieringView, TieringDecision, TieringOutcome> {
  #scenario!: TieringScenario;
  #seed = 0;
  #table!: PageTable;
  #loop!: LoadedLatency;
  #sampler!: Sampler;
  #damon!: Damon;
  #hintFaults!: HintFaults;
  #clock!: ReclaimClock;
  #migration!: Migration;
  #placement!: HistogramPlacement;
  #queue!: MoveQueue;
  #pressure = new PressureStall();
  #memoryTiers = 0;
  #bytes = new Float64Array(0);
  /** Share of accesses that each memory tier served when the program last ran. */
  #lastShare = new Float64Array(0);
  #meanLatency = new Float64Array(0);
  #meanUtilisation = new Float64Array(0);
  #ledger = new TimeLedger();
  #view!: TieringView;
  readonly #outcome: TieringOutcome = { cost: 0, work: 0 };
  #time = 0;
  #position = 0;
  #window = -1;
  #windowAccesses = 0;
  #throughput = 0;
  #moveTokens = 0;
  #candidateSecond = -1;
  #candidates = 0;
  #subStep = 0;
  #samples = 0;
  #bytesMoved = 0;
  readonly #fastShares = new Float64Array(2);

  reset(scenario: TieringScenario, seed: number): void {
    const { workload, machine, background } = scenario;
    assertMachine(machine, workload.pages);
    if (background.length !== workload.windows) {
      throw new RangeError(`background has ${background.length} windows, the workload ${workload.windows}`);
    }
    this.#scenario = scenario;
    this.#seed = seed;
    const { pages } = workload;
    const tiers = machine.tiers.length;
    this.#table = new PageTable(pages, machine);
    this.#loop = new LoadedLatency(machine);
    const period = scenario.samplingPeriod ?? DEFAULT_SAMPLING_PERIOD;
    this.#sampler = new Sampler(pages, period, hashKey(seed, "tiering/sampling"));
    this.#damon = new Damon(pages, hashKey(seed, "tiering/damon"));
    this.#hintFaults = new HintFaults(pages, hashKey(seed, "tiering/hint-faults"));
    this.#clock = new ReclaimClock(pages, tiers);
    this.#migration = new Migration(machine);
    this.#placement = new HistogramPlacement(pages, tiers);
    this.#queue = new MoveQueue(2 * pages);
    this.#pressure = new PressureStall();
    const memory = machine.tiers.filter((tier) => tier.kind === "memory");
    this.#memoryTiers = memory.length;
    this.#bytes = new Float64Array(memory.length);
    this.#lastShare = new Float64Array(memory.length);
    this.#meanLatency = new Float64Array(memory.length);
    this.#meanUtilisation = new Float64Array(memory.length);
    this.#ledger = new TimeLedger();
    this.#time = 0;
    this.#position = 0;
    this.#windowAccesses = 0;
    this.#moveTokens = 0;
    this.#candidateSecond = -1;
    this.#candidates = 0;
    this.#subStep = 0;
    this.#samples = 0;
    this.#bytesMoved = 0;
    this.#view = createView(workload.pages, machine, this.#table.tierOf, this.#sampler.heat, this.#damon);
    this.#enterWindow(0);
    this.#throughput = this.#solve(THREADS);
    for (let i = 0; i < this.#memoryTiers; i++) this.#view.tiers[i].used = this.#table.used[i];
  }

  get view(): TieringView {
    return this.#view;
  }

  /**
   * Work done, in windows, with its fraction. It is not part of the view: a kernel does not know how far a program is.
   */
  get position(): number {
    return this.#position;
  }

  get done(): boolean {
    return this.#position >= this.#scenario.workload.windows;
  }

  /** The scenario of the run. For bounds and references, not for heuristics. */
  get scenario(): TieringScenario {
    return this.#scenario;
  }

  /** Ledger of the threads' time. */
  get ledger(): TimeLedger {
    return this.#ledger;
  }

  decide(decision: TieringDecision): TieringOutcome {
    if (this.done) throw new Error("the workload is finished: reset before the next decision");
    assertDecision(decision);
    const view = this.#view;
    const startTime = this.#time;
    const startPosition = this.#position;
    const { promoted, demoted, pingPong } = this.#migration;
    view.candidates = 0;
    view.hintFaults = 0;
    this.#meanLatency.fill(0);
    this.#meanUtilisation.fill(0);
    this.#plan(decision);
    for (let i = 0; i < SUB_STEPS && !this.done; i++) this.#runSubStep(decision);
    const ran = this.#time - startTime;
    this.#table.touch(this.#windowAccesses);
    this.#windowAccesses = 0;
    this.#samples = 0;
    if (decision.mechanism === "histogram") this.#measureHeat(decision);
    else this.#sampler.skip(this.#table.touched);
    // The program pays all owed time at the end: it gets nothing for free by finishing early.
    if (this.done) this.#time += this.#ledger.settle();
    const elapsed = this.#time - startTime;
    view.time = this.#time;
    view.decisions++;
    view.totalHeat = this.#sampler.totalHeat;
    view.samples = this.#samples;
    view.throughput = ((this.#position - startPosition) * ACCESSES_PER_UNIT) / elapsed;
    view.promoted = this.#migration.promoted - promoted;
    view.demoted = this.#migration.demoted - demoted;
    view.pingPong = this.#migration.pingPong - pingPong;
    view.pressureSome = this.#pressure.someAverage10;
    view.pressureFull = this.#pressure.fullAverage10;
    for (let i = 0; i < this.#memoryTiers; i++) {
      const tier = view.tiers[i];
      tier.used = this.#table.used[i];
      tier.share = this.#lastShare[i];
      tier.latency = this.#meanLatency[i] / ran;
      tier.utilisation = this.#meanUtilisation[i] / ran;
    }
    this.#outcome.cost = elapsed;
    this.#outcome.work = this.#position - startPosition;
    return this.#outcome;
  }

  #plan(decision: TieringDecision): void {
    const queue = this.#queue;
    queue.clear();
    if (decision.mechanism === "histogram") {
      const moves = Math.ceil((decision.moveRate * MB * INTERVAL_SECONDS) / this.#scenario.machine.pageBytes);
      this.#sampler.mix(decision.recency);
      const { heat, totalHeat } = this.#sampler;
      this.#placement.plan(this.#table, heat, totalHeat, this.#view.tiers[0].share, decision, moves, queue);
      const { capacity } = this.#scenario.machine.tiers[0];
      this.#view.hotHeat = this.#placement.hotShare(heat, totalHeat, capacity);
    } else if (decision.mechanism === "explicit") {
      for (let i = 0; i < decision.demoteCount; i++) {
        if (this.#table.tierOf[decision.demote[i]] === 0) queue.push(decision.demote[i], 1);
      }
      for (let i = 0; i < decision.promoteCount; i++) queue.push(decision.promote[i], 0);
    }
  }

  #runSubStep(decision: TieringDecision): void {
    this.#migration.beginSubStep(SUB_STEP_SECONDS);
    switch (decision.mechanism) {
      case "hint-fault":
        this.#promoteFaulted(decision);
        break;
      case "histogram":
      case "explicit":
        this.#moveQueued(decision.moveRate);
        break;
    }
    if (decision.mechanism === "histogram" && decision.monitor === "damon") {
      const basePages = this.#scenario.machine.pageBytes / BASE_PAGE_BYTES;
      const checks = this.#damon.aggregate(this.#table.window.access, (this.#throughput * 1e9) / basePages);
      this.#ledger.owe("damon", checks * DAMON_CHECK_SECONDS);
    }
    this.#swapIn();
    this.#subStep++;
    let left = SUB_STEP_SECONDS;
    while (left > 1e-12 && !this.done) left -= this.#advance(left);
  }

  /** Executes planned moves while the rate, the copying core and the bandwidth of both tiers allow. */
  #moveQueued(moveRate: number): void {
    const queue = this.#queue;
    const table = this.#table;
    const { pageBytes } = this.#scenario.machine;
    const grant = moveRate * MB * SUB_STEP_SECONDS;
    this.#moveTokens = Math.min(this.#moveTokens + grant, grant + pageBytes);
    while (queue.next < queue.length && this.#moveTokens >= pageBytes) {
      const page = queue.pages[queue.next];
      const target = queue.targets[queue.next];
      const from = table.tierOf[page];
      if (from !== target && from < this.#memoryTiers && table.free(target) > 0) {
        if (!this.#migration.canMove(from, target)) return;
        this.#move(page, target);
        this.#moveTokens -= pageBytes;
      }
      queue.next++;
    }
  }

  #move(page: number, target: number): void {
    const utilisation = this.#loop.utilisation;
    const blocked = this.#migration.move(this.#table, page, target, this.#time, this.#throughput, utilisation);
    this.#ledger.owe("migration", blocked * 1e-9);
    this.#bytesMoved += this.#scenario.machine.pageBytes;
  }

  /** Runs the scanner and promotes the pages that faulted soon enough, by the rules of NUMA balancing. */
  #promoteFaulted(decision: HintFaultDecision): void {
    const faults = this.#hintFaults;
    const table = this.#table;
    const rate = this.#throughput * 1e9;
    const basePages = faults.run(table, this.#time, SUB_STEP_SECONDS, rate, decision.scanRate, this.#subStep);
    this.#ledger.owe("hint_faults", basePages * HINT_FAULT_SECONDS);
    this.#view.hintFaults += basePages;
    const second = Math.floor(this.#time + 1e-9);
    if (second !== this.#candidateSecond) {
      this.#candidateSecond = second;
      this.#candidates = 0;
    }
    const { pageBytes, tiers } = this.#scenario.machine;
    const ample = promotionWatermark(tiers[0].capacity, pageBytes);
    for (let i = 0; i < faults.count; i++) {
      const page = faults.faulted[i];
      const from = table.tierOf[page];
      if (table.free(0) <= ample) {
        if (faults.latency[i] * 1000 >= decision.hotThresholdMs) continue;
        this.#candidates++;
        this.#view.candidates++;
        if (this.#candidates * pageBytes > decision.promoteRate * MB) continue;
      }
      if (!this.#migration.canMove(from, 0)) continue;
      if (table.free(0) === 0 && !this.#makeRoom(0)) continue;
      // The faulting thread does the copying itself.
      this.#ledger.owe("migration", this.#migration.copyNs(from, 0, this.#loop.utilisation) * 1e-9);
      this.#move(page, 0);
    }
  }

  /**
   * Demotes one page out of `tier`, and one page out of each full tier below if necessary. Returns false if no page can
   * leave.
   */
  #makeRoom(tier: number): boolean {
    const below = tier + 1;
    if (below >= this.#scenario.machine.tiers.length) return false;
    if (this.#table.free(below) === 0 && !this.#makeRoom(below)) return false;
    const page = this.#clock.victim(this.#table, tier);
    if (page < 0) return false;
    this.#move(page, below);
    return true;
  }

  /** Faults in the swapped pages that the program needs in this window. A swapped page cannot be used where it lies. */
  #swapIn(): void {
    const { tiers, pageBytes } = this.#scenario.machine;
    const swap = tiers.length - 1;
    if (tiers[swap].kind !== "swap" || this.#table.share[swap] <= 0) return;
    const table = this.#table;
    const { access } = table.window;
    let bytes = 0;
    for (let page = 0; page < table.pages; page++) {
      if (table.tierOf[page] !== swap || access[page] <= 0) continue;
      let target = 0;
      while (target < swap && table.free(target) === 0) target++;
      if (target === swap) {
        target = swap - 1;
        // A page must leave before this page can come. If swap is full, the two pages change places.
        const victim = this.#clock.victim(table, target);
        if (victim < 0) continue;
        if (table.free(swap) === 0) {
          this.#exchangeWithSwap(page, victim);
          bytes += 2 * pageBytes;
          this.#ledger.owe("swap_faults", this.#faultSeconds());
          continue;
        }
        this.#move(victim, swap);
        bytes += pageBytes;
      }
      this.#move(page, target);
      bytes += pageBytes;
      this.#ledger.owe("swap_faults", this.#faultSeconds());
    }
    // If the device is busy for longer than the sub-step, all threads wait for it.
    const busy = bytes / (tiers[swap].bandwidth * 1e9);
    this.#ledger.owe("swap_faults", Math.max(0, busy - SUB_STEP_SECONDS) * THREADS);
  }

  #exchangeWithSwap(page: number, victim: number): void {
    const table = this.#table;
    const memory = table.tierOf[victim];
    const swap = table.tierOf[page];
    // The exchange uses a bounce buffer: between the two moves the counts include one page too many, and afterwards
    // they are right.
    table.move(victim, swap);
    table.move(page, memory);
    this.#migration.demoted++;
    this.#migration.promoted++;
    this.#bytesMoved += 2 * this.#scenario.machine.pageBytes;
  }

  /** Returns the thread time to fault in one page: one fault for every cluster of base pages. */
  #faultSeconds(): number {
    const { tiers, pageBytes } = this.#scenario.machine;
    return (pageBytes / BASE_PAGE_BYTES / SWAP_CLUSTER_PAGES) * tiers[tiers.length - 1].latencyNs * 1e-9;
  }

  #solve(threads: number): number {
    const table = this.#table;
    const share = this.#lastShare;
    for (let i = 0; i < this.#memoryTiers; i++) {
      this.#bytes[i] = table.bytesPerAccess(i);
      share[i] = table.share[i];
    }
    // After its fault, a swapped page is used from the last memory tier. `#swapIn` charges the faults.
    if (table.share.length > this.#memoryTiers) share[this.#memoryTiers - 1] += table.share[this.#memoryTiers];
    const background = this.#scenario.background[this.#window];
    return this.#loop.solve(share, this.#bytes, background, this.#migration.traffic, threads);
  }

  /** Runs for at most `seconds`, and at most to the end of the window. Returns the time that passed. */
  #advance(seconds: number): number {
    const overhead = this.#ledger.overhead(seconds);
    const running = THREADS * (1 - overhead);
    const throughput = this.#solve(running);
    this.#throughput = throughput;
    const windowEnd = this.#window + 1;
    const toEnd = ((windowEnd - this.#position) * ACCESSES_PER_UNIT) / (throughput * 1e9);
    const ends = toEnd <= seconds;
    const elapsed = ends ? toEnd : seconds;
    const accesses = throughput * 1e9 * elapsed;
    this.#windowAccesses += accesses;
    const stalled = this.#ledger.pass(elapsed, overhead);
    this.#recordPressure(elapsed, stalled);
    for (let i = 0; i < this.#memoryTiers; i++) {
      this.#meanLatency[i] += elapsed * this.#loop.latency[i];
      this.#meanUtilisation[i] += elapsed * this.#loop.utilisation[i];
    }
    this.#time += elapsed;
    if (ends) {
      this.#position = windowEnd;
      if (!this.done) {
        this.#enterWindow(windowEnd);
        this.#swapIn();
      }
    } else {
      this.#position += accesses / ACCESSES_PER_UNIT;
    }
    return elapsed;
  }

  #recordPressure(elapsed: number, stalledClock: number): void {
    const stalled = elapsed > 0 ? Math.min(1, stalledClock / elapsed) : 0;
    this.#pressure.record(elapsed, 1 - (1 - stalled) ** THREADS, stalled ** THREADS);
  }

  #enterWindow(index: number): void {
    this.#table.touch(this.#windowAccesses);
    this.#windowAccesses = 0;
    this.#window = index;
    this.#scenario.workload.fill(index, this.#table.window);
    this.#table.windowChanged();
  }

  #measureHeat(decision: HistogramDecision): void {
    const sampler = this.#sampler;
    if (decision.monitor === "damon") {
      sampler.addRegions(this.#damon);
      sampler.skip(this.#table.touched);
    } else {
      this.#samples = sampler.sample(this.#table.touched, this.#view.decisions);
      this.#ledger.owe("sampling", this.#samples * SAMPLE_SECONDS);
    }
    sampler.fastShares(this.#table.tierOf, this.#fastShares);
    this.#view.fastShort = this.#fastShares[0];
    this.#view.fastLong = this.#fastShares[1];
    this.#view.novelty = sampler.novelty;
  }

  /** Returns counters and means since the start, by name. Units: s, pages, ns, percent. */
  metrics(): Record<string, number> {
    const result: Record<string, number> = {
      time_seconds: this.#time,
      work: this.#position,
      throughput: this.#time > 0 ? (this.#position * ACCESSES_PER_UNIT) / this.#time : 0,
      promoted_pages: this.#migration.promoted,
      demoted_pages: this.#migration.demoted,
      ping_pong_pages: this.#migration.pingPong,
      moved_mb_per_second: this.#time > 0 ? this.#bytesMoved / MB / this.#time : 0,
      pressure_some_seconds: this.#pressure.someSeconds,
      pressure_full_seconds: this.#pressure.fullSeconds,
    };
    for (const name of CHARGES) result[`charged_${name}_seconds`] = this.#ledger.charged(name);
    return result;
  }

  fork(): TieringKernel {
    const copy = new TieringKernel();
    copy.reset(this.#scenario, this.#seed);
    copy.#table.copyFrom(this.#table);
    copy.#loop.copyFrom(this.#loop);
    copy.#sampler.copyFrom(this.#sampler);
    copy.#damon.copyFrom(this.#damon);
    copy.#hintFaults.copyFrom(this.#hintFaults);
    copy.#clock.copyFrom(this.#clock);
    copy.#migration.copyFrom(this.#migration);
    copy.#queue.copyFrom(this.#queue);
    copy.#pressure.copyFrom(this.#pressure);
    copy.#ledger.copyFrom(this.#ledger);
    copy.#lastShare.set(this.#lastShare);
    copy.#time = this.#time;
    copy.#position = this.#position;
    copy.#window = this.#window;
    copy.#windowAccesses = this.#windowAccesses;
    copy.#throughput = this.#throughput;
    copy.#moveTokens = this.#moveTokens;
    copy.#candidateSecond = this.#candidateSecond;
    copy.#candidates = this.#candidates;
    copy.#subStep = this.#subStep;
    copy.#samples = this.#samples;
    copy.#bytesMoved = this.#bytesMoved;
    const { tiers, tierOf, heat, damon, ...plain } = this.#view;
    Object.assign(copy.#view, plain);
    tiers.forEach((tier, i) => {
      Object.assign(copy.#view.tiers[i], tier);
    });
    return copy;
  }

  checkInvariants(): void {
    this.#table.checkInvariants();
    this.#ledger.checkInvariants(this.#time);
    const { tiers } = this.#scenario.machine;
    for (let i = 0; i < this.#memoryTiers; i++) {
      if (this.#loop.latency[i] < tiers[i].latencyNs) {
        throw new InvariantError(
          `tier ${tiers[i].name} answers in ${this.#loop.latency[i]} ns, below ${tiers[i].latencyNs}`,
        );
      }
      if (!(this.#loop.utilisation[i] >= 0 && this.#loop.utilisation[i] < 1)) {
        throw new InvariantError(
          `tier ${tiers[i].name} has a utilisation outside [0, 1): ${this.#loop.utilisation[i]}`,
        );
      }
    }
    const fastest = (THREADS * LINES_PER_THREAD) / Math.min(...tiers.map((tier) => tier.latencyNs));
    if (this.#throughput > fastest * (1 + 1e-9)) {
      throw new InvariantError(`throughput ${this.#throughput} per ns is above the unloaded fast tier's ${fastest}`);
    }
  }
}

/**
 * Returns the number of free fast pages above which NUMA balancing promotes every page that faults: the promotion
 * watermark (minimum plus three steps of 0.1 % of the tier) plus 1 GiB or a sixteenth of the tier, whichever is more.
 * Source: kernel/sched/fair.c.
 */
function promotionWatermark(capacity: number, pageBytes: number): number {
  const step = Math.max(1, Math.floor(capacity / 1000));
  return Math.max((1024 * MB) / pageBytes, Math.floor(capacity / 16)) + 4 * step;
}
