import { INSTRUCTION, THREAD_BLOCK } from "../../kernel/gpu/architecture.ts";
import { launchNs } from "../../kernel/gpu/cost.ts";
import type { GpuDecision } from "../../kernel/gpu/decision.ts";
import type { GpuKernel } from "../../kernel/gpu/gpu.ts";
import { GpuPlanner, PLANNER_SETTINGS } from "../../kernel/gpu/planner.ts";
import {
  BY_DISABLE,
  BY_GATE,
  BY_POLL,
  BY_TIMESLICE,
  CONTEXT_OWN,
  CONTEXT_SHARED,
  createStance,
  type GpuStance,
  RELEASE_RESIDENT,
  RESERVE_HINT,
  RESERVE_NONE,
} from "../../kernel/gpu/stance.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { hashKey } from "../../kernel/random.ts";
import { HEURISTIC_US } from "./heuristic_decision.ts";

/** A way to play a run. The reference tries all of them. */
interface Approach {
  readonly means: number;
  readonly context: number;
  readonly mode: number;
  readonly leadScale: number;
  readonly order: "none" | "hopeless-last" | "longest" | "shortest";
}

/** Ways off the GPU. Preemption modes matter only to the ways of the hardware. */
const WAYS_TRIED = [
  ...[BY_TIMESLICE, BY_DISABLE].flatMap((means) =>
    [INSTRUCTION, THREAD_BLOCK].map((mode) => ({ means, mode, context: CONTEXT_OWN })),
  ),
  ...[CONTEXT_OWN, CONTEXT_SHARED].flatMap((context) =>
    [BY_GATE, BY_POLL].map((means) => ({ means, mode: INSTRUCTION, context })),
  ),
];

/** Leads that are tried. At 0 nothing is reserved. */
const LEADS_TRIED = [0, 0.8, 1.2, 1.8];
const ORDERS_TRIED = ["none", "hopeless-last", "longest", "shortest"] as const;

/**
 * A feasible clairvoyant reference: a policy that knows when every request will be launched and how a run will end. It
 * plays the run ahead in copies, once for every way off the GPU, preemption mode, lead and order of critical groups.
 * The GPU is reserved for every launch, whether the workload hints at it or not. Then it plays the best approach. It is
 * feasible because it uses the levers of a policy with their latencies. It is not a bound.
 */
export class ClairvoyantReference {
  readonly #kernel: GpuKernel;
  readonly #player: ApproachPlayer;

  /** @param kernel just reset */
  constructor(kernel: GpuKernel) {
    this.#kernel = kernel;
    let best: Approach | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const approach of approaches()) {
      const copy = kernel.fork();
      const player = new ApproachPlayer(copy, approach);
      while (!copy.done) copy.decide(player.decide(copy.view));
      if (copy.cost < bestCost) {
        best = approach;
        bestCost = copy.cost;
      }
    }
    this.#player = new ApproachPlayer(kernel, best!);
  }

  /** The decision for the present view of the kernel. The object is reused by the next call. */
  decide(): GpuDecision {
    return this.#player.decide(this.#kernel.view);
  }
}

function approaches(): Approach[] {
  return WAYS_TRIED.flatMap((way) =>
    LEADS_TRIED.flatMap((leadScale) => ORDERS_TRIED.map((order) => ({ ...way, leadScale, order }))),
  );
}

/** Plays an approach and knows the launch times of all requests. */
class ApproachPlayer {
  readonly #approach: Approach;
  readonly #planner: GpuPlanner;
  readonly #stance: GpuStance;
  /** `[groups]` launch times of critical groups in an open loop, ns. */
  readonly #launches: readonly (Float64Array | null)[];
  /** The kernel's view, except for what is in preparation: here it holds the next launch, however far ahead. */
  readonly #view: GpuView;

  constructor(kernel: GpuKernel, approach: Approach) {
    const { groups } = kernel.scenario.workload;
    const key = hashKey(kernel.seed, "gpu/launch");
    this.#approach = approach;
    this.#planner = new GpuPlanner({ ...PLANNER_SETTINGS, leadScale: approach.leadScale });
    this.#launches = groups.map(({ arrivals, critical, prepNs }, g) =>
      critical && arrivals !== null ? arrivals.map((time, i) => time + prepNs + launchNs(key, g, i)) : null,
    );
    const known: Pick<GpuView, "preparing" | "nextReady"> = {
      preparing: new Int32Array(groups.length),
      nextReady: new Float64Array(groups.length).fill(Number.POSITIVE_INFINITY),
    };
    this.#view = Object.assign(Object.create(kernel.view) as GpuView, known);
    this.#stance = createStance(kernel.view.critical);
    this.#stance.release.fill(RELEASE_RESIDENT);
    this.#stance.reserve.fill(approach.leadScale > 0 ? RESERVE_HINT : RESERVE_NONE);
    this.#stance.means.fill(approach.means);
    this.#stance.context.fill(approach.context);
    this.#stance.mode.fill(approach.mode);
    for (let g = 0; g < groups.length; g++) if (!groups[g].critical) this.#stance.sliceUs[g] = 1;
  }

  decide(view: GpuView): GpuDecision {
    const { order } = this.#approach;
    for (let g = 0; g < view.groups; g++) {
      const launches = this.#launches[g];
      if (launches === null) continue;
      const next = view.completed[g] + view.queued[g];
      const any = next < launches.length;
      this.#view.preparing[g] = any ? 1 : 0;
      this.#view.nextReady[g] = any ? launches[next] : Number.POSITIVE_INFINITY;
      this.#stance.order[g] = orderOf(view, g, order);
    }
    const decision = this.#planner.plan(this.#view, this.#stance);
    decision.microseconds = HEURISTIC_US;
    return decision;
  }
}

/** Priority of the group: hopeless requests last, the others by their length. */
function orderOf(view: GpuView, g: number, order: Approach["order"]): number {
  if (order === "none" || view.queued[g] === 0) return 0;
  const left = Math.max(0, view.headExpectedNs[g] - view.headServedNs[g]);
  if (view.time + left > view.headDeadline[g]) return Number.NEGATIVE_INFINITY;
  if (order === "hopeless-last") return 0;
  return order === "longest" ? view.headExpectedNs[g] : -view.headExpectedNs[g];
}
