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

/** Means in the order of the action's alternatives. */
export const MEANS_CHOICES = [BY_AUTO, BY_TIMESLICE, BY_DISABLE, BY_GATE, BY_POLL] as const;

/** Preemption modes likewise. */
export const MODE_CHOICES = [AUTO_MODE, INSTRUCTION, THREAD_BLOCK, WAIT_FOR_IDLE] as const;

/** Timeslices of best-effort groups, us, likewise. Source: GPreempt's artifact and paper, and the driver's default. */
export const SLICE_CHOICES = [1, 200, 1024] as const;

/** Order of critical groups, likewise. */
export const ORDER_CHOICES = [0, ORDER_AUTO, -1, 1] as const;

/** Leads of critical groups over what the planner works out, likewise. Source: choice about what tuning `composite` found. */
export const LEAD_CHOICES = [0.75, 0.4, 1.5] as const;

/** A choice of the action, of one kind of group. */
export interface GpuChoice {
  readonly name: string;
  /** Whether critical groups make it, or best-effort groups. */
  readonly critical: boolean;
  /** Whether the first group of the kind makes it for all, at the start of a run, and then it stands. */
  readonly once?: boolean;
  /** What each alternative is called. */
  readonly alternatives: readonly string[];
}

/** The choices of an action in their order. The first alternative of each is where a policy without opinion begins. */
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
 * Writes one row's mask: a group that is asked may take every alternative of its kind, but not a preemption mode it does not
 * have; otherwise what stands stays.
 *
 * @param held what the row has chosen last, its numbers at `row` x choices
 * @param asked whether the row may choose now
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
