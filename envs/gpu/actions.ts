import { INSTRUCTION, PREEMPTION_MODES, THREAD_BLOCK, WAIT_FOR_IDLE } from "../../kernel/gpu/architecture.ts";
import {
  AUTO_MODE,
  BY_AUTO,
  BY_DISABLE,
  BY_GATE,
  BY_POLL,
  BY_TIMESLICE,
  CONTEXTS,
  type GpuStance,
  MEANS,
  NEVER_ON,
  ORDER_AUTO,
  RELEASES,
  RESERVES,
  TURNS,
} from "../../kernel/gpu/stance.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";

/** The means, in the order of the alternatives of the action. */
export const MEANS_CHOICES = [BY_AUTO, BY_TIMESLICE, BY_DISABLE, BY_GATE, BY_POLL] as const;

/** Preemption modes, in the order of the alternatives. */
export const MODE_CHOICES = [AUTO_MODE, INSTRUCTION, THREAD_BLOCK, WAIT_FOR_IDLE] as const;

/**
 * Timeslices of best-effort groups, us, in the order of the alternatives. Source: GPreempt's artifact and paper, and
 * the driver's default.
 */
export const SLICE_CHOICES = [1, 200, 1024] as const;

/** Orders of critical groups, in the order of the alternatives. */
export const ORDER_CHOICES = [0, ORDER_AUTO, -1, 1] as const;

/**
 * Leads of critical groups over the estimate of the planner, in the order of the alternatives. Source: choice, near
 * what tuning `composite` found.
 */
export const LEAD_CHOICES = [0.75, 0.4, 1.5] as const;

/** One choice of an action, which one kind of group makes. */
export interface GpuChoice {
  readonly name: string;
  /** Whether critical groups make this choice; otherwise best-effort groups do. */
  readonly critical: boolean;
  /** Whether the first group of the kind makes this choice for all groups, once, at the start of a run. */
  readonly once?: boolean;
  /** Names of the alternatives. */
  readonly alternatives: readonly string[];
}

/** The choices of an action, in order. The first alternative of each is the neutral one, with which a run starts. */
export const GPU_CHOICES: readonly GpuChoice[] = [
  { name: "means", critical: false, alternatives: MEANS_CHOICES.map((means) => MEANS[means]) },
  { name: "mode", critical: false, alternatives: MODE_CHOICES.map((mode) => [...PREEMPTION_MODES, "auto"][mode]) },
  { name: "timeslice", critical: false, alternatives: SLICE_CHOICES.map((us) => `${us} us`) },
  { name: "turn", critical: false, alternatives: TURNS.slice(0, NEVER_ON) },
  { name: "reserve", critical: true, alternatives: RESERVES },
  { name: "lead", critical: true, alternatives: LEAD_CHOICES.map((times) => `x ${times}`) },
  { name: "order", critical: true, alternatives: ["normal", "auto", "low", "high"] },
  { name: "release", critical: true, alternatives: RELEASES },
  { name: "context", critical: true, once: true, alternatives: CONTEXTS },
];

/** Number of alternatives of each choice. */
export const GPU_ALTERNATIVES = GPU_CHOICES.map(({ alternatives }) => alternatives.length);

/** Length of one row's mask. */
export const GPU_MASK_SIZE = GPU_ALTERNATIVES.reduce((sum, count) => sum + count, 0);

/** Index in `GPU_CHOICES` of the preemption mode. */
const MODE = GPU_CHOICES.findIndex(({ name }) => name === "mode");

/** Writes row `row` of an action, whose numbers start at `offset`, into the stance of that group. */
export function takeStance(
  stance: GpuStance,
  row: number,
  critical: boolean,
  action: Int32Array,
  offset: number,
): void {
  if (critical) {
    stance.reserve[row] = action[offset + 4];
    stance.lead[row] = LEAD_CHOICES[action[offset + 5]];
    stance.order[row] = ORDER_CHOICES[action[offset + 6]];
    stance.release[row] = action[offset + 7];
    stance.context[row] = action[offset + 8];
    return;
  }
  stance.means[row] = MEANS_CHOICES[action[offset]];
  stance.mode[row] = MODE_CHOICES[action[offset + MODE]];
  stance.sliceUs[row] = SLICE_CHOICES[action[offset + 2]];
  stance.turn[row] = action[offset + 3];
}

/**
 * Writes the mask of one row. A group that decides now may take every alternative of its kind, except a preemption mode
 * that it does not have. Otherwise the mask allows only the current value of each choice.
 *
 * @param held the last choices of all rows, those of this row from `row` x choices on
 * @param asked whether the row decides now
 */
export function writeMask(view: GpuView, row: number, asked: boolean, held: Int32Array, mask: Uint8Array): void {
  let at = row * GPU_MASK_SIZE;
  const critical = view.critical[row] === 1;
  const choosing = asked && row < view.groups;
  const first = view.critical.indexOf(1);
  for (let choice = 0; choice < GPU_CHOICES.length; choice++) {
    const count = GPU_ALTERNATIVES[choice];
    const { once, critical: ofCritical } = GPU_CHOICES[choice];
    const mine = choosing && ofCritical === critical && (once !== true || (view.time === 0 && row === first));
    mask.fill(mine ? 1 : 0, at, at + count);
    if (!mine) mask[at + held[row * GPU_CHOICES.length + choice]] = 1;
    else if (choice === MODE && view.instructionPreemption[row] === 0) mask[at + MODE_CHOICES.indexOf(INSTRUCTION)] = 0;
    at += count;
  }
}
