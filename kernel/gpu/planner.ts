import { INSTRUCTION, THREAD_BLOCK } from "./architecture.ts";
import { LAUNCH_MEDIAN_NS } from "./cost.ts";
import {
  createDecision,
  EMPTY_KERNEL_NS,
  type GpuDecision,
  HOLD_BLOCK,
  HOLD_IN_FLIGHT,
  HOLD_NONE,
  SHARING_AS_IS,
  SHARING_STREAMS,
  SHARING_TIME_SLICE,
} from "./decision.ts";
import {
  ALWAYS,
  AUTO_MODE,
  BY_AUTO,
  BY_DISABLE,
  BY_GATE,
  BY_POLL,
  BY_TIMESLICE,
  CONTEXT_SHARED,
  type GpuStance,
  NEVER_ON,
  RELEASE_RESIDENT,
  RESERVE_LINGER,
  RESERVE_NONE,
  RESERVE_TIGHT,
  RESERVE_WIDE,
  TAKE_TURNS,
} from "./stance.ts";
import { Turns } from "./turns.ts";
import type { GpuView } from "./view.ts";

/**
 * Constants of a planner. A group's lead is the time before a launch at which best-effort work has to start leaving.
 */
export interface PlannerSettings {
  /** Length of one turn of best-effort groups that take turns, ns. */
  readonly turnNs: number;
  /** Factor on the estimated time until best-effort work has left. */
  readonly leadScale: number;
  /** Safety margin in every lead, ns. */
  readonly marginNs: number;
  /**
   * For `AUTO_MODE`: weight of the time to save and restore registers relative to the time to wait for thread blocks.
   */
  readonly saveWeight: number;
  /** For `BY_AUTO`: time that a means must gain, in switches, if it slows the group permanently. */
  readonly overheadSwitches: number;
  /** For `ORDER_AUTO`: least length of a hopeless request, in control latencies, for it to be put behind others. */
  readonly orderControls: number;
}

/**
 * Default settings. Sources: turns of 10 ms and `leadScale` are choices; the last three come from tuning `composite` on
 * the training split.
 */
export const PLANNER_SETTINGS: PlannerSettings = {
  turnNs: 10_000_000,
  leadScale: 1,
  marginNs: 8000,
  saveWeight: 0.77,
  overheadSwitches: 2.8,
  orderControls: 0.7,
};

/** Margin before and after an expected launch, in mean deviations of the time between arrivals. Source: choice. */
const TIGHT = { before: 0.5, behind: 1 };
const WIDE = { before: 2, behind: 3 };

/** How long the GPU is kept after the last request has ended, in leads. Source: choice. */
const LINGER_LEADS = 8;

/** Mean time until the last thread block has ended, relative to the longest block: see `Groups.blockResidual`. */
const BLOCK_WAIT = 0.8;

/** The hold that each of `MEANS` uses. */
const HOLD_BY_MEANS = [HOLD_NONE, HOLD_NONE, HOLD_IN_FLIGHT, HOLD_BLOCK];

/** The means among which `BY_AUTO` chooses. */
const LASTING_MEANS = [BY_TIMESLICE, BY_DISABLE, BY_GATE, BY_POLL];

/** Age at which a prediction is dropped, in mean times between arrivals after the last arrival. Source: choice. */
const STALE_GAPS = 4;

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Turns a stance into the decision for the current moment. It keeps the GPU for critical requests from a lead before
 * their launch, takes best-effort groups off by their means and lets them back, passes the turn among groups that take
 * turns, and lets critical groups wait for those of higher order. It asks for a wake-up when the decision has to
 * change. Its state is the turn and the sharing of the run.
 */
export class GpuPlanner {
  readonly #settings: PlannerSettings;
  #decision: GpuDecision | null = null;
  #turns: Turns;
  #wakeUp = NEVER;
  /** Whether all clients share one context in this run. */
  #shared = false;

  constructor(settings: PlannerSettings = PLANNER_SETTINGS) {
    this.#settings = settings;
    this.#turns = new Turns(settings.turnNs);
  }

  /** Forgets the run. */
  reset(): void {
    this.#decision = null;
    this.#turns.reset();
  }

  /** Returns the decision for this view. The next call reuses the object. */
  plan(view: GpuView, stance: GpuStance): GpuDecision {
    this.#decision ??= this.#begin(view, stance);
    const decision = this.#decision;
    this.#wakeUp = NEVER;
    const off = this.#planCritical(view, stance, decision);
    this.#planBestEffort(view, stance, decision, off);
    this.#planOrder(view, stance, decision);
    decision.wakeUp = this.#wakeUp;
    return decision;
  }

  /**
   * Creates the first decision of a run. The first critical group chooses the sharing, unless it was decided before.
   */
  #begin(view: GpuView, stance: GpuStance): GpuDecision {
    const first = view.critical.indexOf(1);
    const decision = createDecision(view.groups);
    const decided = view.sharing !== SHARING_AS_IS;
    this.#shared = decided ? view.sharing === SHARING_STREAMS : first >= 0 && stance.context[first] === CONTEXT_SHARED;
    if (!decided) decision.sharing = this.#shared ? SHARING_STREAMS : SHARING_TIME_SLICE;
    return decision;
  }

  /** Keeps the GPU for critical groups. Returns whether best-effort groups have to leave the GPU. */
  #planCritical(view: GpuView, stance: GpuStance, decision: GpuDecision): boolean {
    const lead = this.lead(view, stance);
    let off = false;
    let working = false;
    for (let g = 0; g < view.groups; g++) {
      if (view.critical[g] === 0) continue;
      decision.sliceUs[g] = stance.sliceUs[g];
      decision.mode[g] = this.modeOf(view, stance, g);
      decision.enabled[g] = 1;
      decision.spin[g] = 0;
      if (view.queued[g] > 0) {
        working = true;
        const arrived = !this.#shared && view.resident === g && !view.switching;
        if (arrived && stance.release[g] === RELEASE_RESIDENT) continue;
        off = true;
        // No event reports that a group is resident, so the planner looks again, unless another critical request has to
        // end first.
        const asks = stance.release[g] === RELEASE_RESIDENT && !this.#shared;
        if (asks && !this.#criticalRuns(view)) this.#wake(view.time + lead);
      } else if (this.#keeps(view, stance.reserve[g], g, lead * stance.lead[g])) {
        off = true;
        decision.spin[g] = 1;
      }
    }
    // Launched work does not wait for expected work.
    if (working) for (let g = 0; g < view.groups; g++) decision.spin[g] = 0;
    return off;
  }

  #criticalRuns(view: GpuView): boolean {
    const { resident } = view;
    return resident >= 0 && view.critical[resident] === 1 && view.queued[resident] > 0 && !view.switching;
  }

  /** Whether the GPU is kept now for group `g`, which has no launched request. */
  #keeps(view: GpuView, reserve: number, g: number, lead: number): boolean {
    if (reserve === RESERVE_NONE) return false;
    const now = view.time;
    if (view.preparing[g] > 0) {
      const from = view.nextReady[g] - lead;
      if (now >= from) return true;
      this.#wake(from);
    }
    if (reserve === RESERVE_LINGER) {
      const until = view.lastDone[g] + LINGER_LEADS * lead;
      if (now >= until) return false;
      this.#wake(until);
      return true;
    }
    if (reserve !== RESERVE_TIGHT && reserve !== RESERVE_WIDE) return false;
    return this.#expects(view, reserve === RESERVE_TIGHT ? TIGHT : WIDE, g, lead);
  }

  #expects(view: GpuView, room: typeof TIGHT, g: number, lead: number): boolean {
    const gap = view.gapNs[g];
    if (gap === 0 || view.preparing[g] > 0) return false;
    const now = view.time;
    const expected = view.lastArrival[g] + gap + view.prepNs[g];
    if (now > view.lastArrival[g] + STALE_GAPS * gap) return false;
    const deviation = view.gapDeviationNs[g];
    const from = expected - lead - room.before * deviation;
    const until = expected + room.behind * deviation;
    if (now < from) {
      this.#wake(from);
      return false;
    }
    if (now >= until) return false;
    this.#wake(until);
    return true;
  }

  /** Estimated time until best-effort work has left the GPU, ns. */
  lead(view: GpuView, stance: GpuStance): number {
    let longest = 0;
    for (let g = 0; g < view.groups; g++) {
      if (view.critical[g] === 1 || stance.turn[g] === NEVER_ON) continue;
      if (stance.turn[g] === TAKE_TURNS && this.#turns.group >= 0 && this.#turns.group !== g) continue;
      longest = Math.max(longest, this.leaveNs(view, stance, g));
    }
    return longest * this.#settings.leadScale + this.#settings.marginNs;
  }

  /** Estimated time until group `g` has left the GPU, ns. */
  leaveNs(view: GpuView, stance: GpuStance, g: number): number {
    return this.#leaveBy(view, stance, g, this.#meansOf(view, stance, g));
  }

  #leaveBy(view: GpuView, stance: GpuStance, g: number, means: number): number {
    const { architecture } = view;
    if (means === BY_GATE || means === BY_POLL) {
      const depth = depthOf(view, g);
      const drain =
        means === BY_GATE ? depth * view.meanKernelNs[g] : BLOCK_WAIT * view.blockNs[g] + (depth - 1) * EMPTY_KERNEL_NS;
      return LAUNCH_MEDIAN_NS + drain + (this.#shared ? 0 : architecture.baseNs);
    }
    const mode = this.modeOf(view, stance, g);
    const drain =
      mode === INSTRUCTION && view.instructionPreemption[g] === 1
        ? architecture.trapNs + architecture.saveNs
        : mode === THREAD_BLOCK
          ? BLOCK_WAIT * view.blockNs[g]
          : view.weightedKernelNs[g] / 2;
    const until =
      means === BY_DISABLE
        ? view.controlNs * (1 + view.controlInFlight)
        : Math.max(stance.sliceUs[g], view.minSliceUs) * 1000;
    return until + drain + architecture.baseNs;
  }

  #planBestEffort(view: GpuView, stance: GpuStance, decision: GpuDecision, off: boolean): void {
    this.#turns.pass(view, stance.turn);
    for (let g = 0; g < view.groups; g++) {
      if (view.critical[g] === 1) continue;
      const means = this.#meansOf(view, stance, g);
      const on = stance.turn[g] === ALWAYS || (stance.turn[g] === TAKE_TURNS && g === this.#turns.group);
      decision.mode[g] = this.modeOf(view, stance, g);
      decision.sliceUs[g] = stance.sliceUs[g];
      decision.enabled[g] = on && !(off && means === BY_DISABLE) ? 1 : 0;
      decision.depth[g] = means === BY_GATE || means === BY_POLL ? depthOf(view, g) : 0;
      decision.polling[g] = means === BY_POLL ? 1 : 0;
      decision.hold[g] = off ? HOLD_BY_MEANS[means] : HOLD_NONE;
      // A group that leaves because its turn is over need not hurry.
      decision.gentle[g] = means === BY_TIMESLICE ? 1 : 0;
    }
  }

  /** The means by which a group leaves. In a shared context neither timeslices nor enable bits take a kernel off. */
  #meansOf(view: GpuView, stance: GpuStance, g: number): number {
    const means = stance.means[g];
    if (means === BY_AUTO) return this.#fastest(view, stance, g);
    return this.#shared && means !== BY_POLL ? BY_GATE : means;
  }

  /**
   * The means by which a group leaves soonest. Means that slow the group permanently must gain enough, see
   * `overheadSwitches`.
   */
  #fastest(view: GpuView, stance: GpuStance, g: number): number {
    if (this.#shared) return BY_POLL;
    const { baseNs, saveNs } = view.architecture;
    const overhead = this.#settings.overheadSwitches * (baseNs + saveNs);
    let best = BY_TIMESLICE;
    let bestNs = NEVER;
    for (const means of LASTING_MEANS) {
      const ns = this.#leaveBy(view, stance, g, means) + (means === BY_GATE || means === BY_POLL ? overhead : 0);
      if (ns >= bestNs) continue;
      best = means;
      bestNs = ns;
    }
    return best;
  }

  /** The preemption mode of a group. With `AUTO_MODE` the planner computes it. */
  modeOf(view: GpuView, stance: GpuStance, g: number): number {
    if (stance.mode[g] !== AUTO_MODE) return stance.mode[g];
    if (view.critical[g] === 1) return INSTRUCTION;
    const { saveNs, trapNs, restoreNs } = view.architecture;
    const saves = this.#settings.saveWeight * (trapNs + saveNs + restoreNs) < view.blockNs[g];
    return saves && view.instructionPreemption[g] === 1 ? INSTRUCTION : THREAD_BLOCK;
  }

  #planOrder(view: GpuView, stance: GpuStance, decision: GpuDecision): void {
    let highest = Number.NEGATIVE_INFINITY;
    for (let g = 0; g < view.groups; g++) {
      if (view.critical[g] === 1 && view.queued[g] > 0) highest = Math.max(highest, this.#orderOf(view, stance, g));
    }
    for (let g = 0; g < view.groups; g++) {
      const waits = view.critical[g] === 1 && view.queued[g] > 0 && this.#orderOf(view, stance, g) < highest;
      if (waits) decision.enabled[g] = 0;
    }
  }

  #orderOf(view: GpuView, stance: GpuStance, g: number): number {
    if (!Number.isNaN(stance.order[g])) return stance.order[g];
    if (view.headExpectedNs[g] < this.#settings.orderControls * view.controlNs) return 0;
    const left = Math.max(0, view.headExpectedNs[g] - view.headServedNs[g]);
    return view.time + left > view.headDeadline[g] ? -1 : 0;
  }

  #wake(time: number): void {
    if (time < this.#wakeUp) this.#wakeUp = time;
  }

  /** Returns an exact copy. */
  fork(): GpuPlanner {
    const copy = new GpuPlanner(this.#settings);
    copy.#shared = this.#shared;
    copy.#decision = this.#decision === null ? null : structuredClone(this.#decision);
    copy.#turns = this.#turns.fork();
    return copy;
  }
}

/**
 * Limit of a group's kernels in flight: the fewest that cover a launch latency, so that the GPU never waits for a
 * launch.
 */
function depthOf(view: GpuView, g: number): number {
  return 1 + Math.ceil(LAUNCH_MEDIAN_NS / view.meanKernelNs[g]);
}
