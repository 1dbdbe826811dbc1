import { actionsOf, type FixedAction } from "./integer_policy.ts";
import type { Recording } from "./recording.ts";

/** How an exported policy compares with the policy it was made from, on recorded decisions. */
export interface Agreement {
  decisions: number;
  /** Greatest difference that counts as the same: one step of the fixed point, 0 for choices. */
  step: number;
  /** Share of the decisions in which no number of the action differs by more than a step. */
  same: number;
  /** Greatest difference of any number. */
  largest: number;
}

/**
 * Compares actions with the recorded ones.
 *
 * @param actions [decisions, numbers of an action], in fixed point
 */
export function agreement(action: FixedAction, recording: Recording, actions: Int32Array): Agreement {
  const size = actionsOf({ action });
  const unit = action.kind === "box" ? 2 ** -action.shift : 1;
  const step = action.kind === "box" ? unit : 0;
  let same = 0;
  let largest = 0;
  for (let decision = 0; decision < recording.count; decision++) {
    let difference = 0;
    for (let at = decision * size; at < (decision + 1) * size; at++) {
      difference = Math.max(difference, Math.abs(actions[at] * unit - recording.actions[at]));
    }
    if (difference <= step) same++;
    largest = Math.max(largest, difference);
  }
  return { decisions: recording.count, step, same: same / recording.count, largest };
}
