import { PREEMPTION_MODES } from "./architecture.ts";
import { type GpuDecision, HOLDS, MAX_SLICE_US, NOTIFY_KERNELS, SHARINGS } from "./decision.ts";

/**
 * Throws a RangeError that names the first element of a decision that is invalid for `groups` channel groups.
 *
 * @param now time of the decision, ns, for the message
 */
export function assertDecision(decision: GpuDecision, groups: number, now: number): void {
  const { sliceUs, interleave, mode, hold, depth, sharing, notify, wakeUp, microseconds, share } = decision;
  if (sliceUs.length !== groups) {
    throw new RangeError(`a decision must be for ${groups} channel groups, got one for ${sliceUs.length}`);
  }
  for (let g = 0; g < groups; g++) {
    if (!(sliceUs[g] >= 1 && sliceUs[g] <= MAX_SLICE_US)) {
      throw new RangeError(`a timeslice must be 1 to ${MAX_SLICE_US} us, got ${sliceUs[g]} for group ${g}`);
    }
    within("interleave level", interleave[g], 3, g);
    within("preemption mode", mode[g], PREEMPTION_MODES.length, g);
    within("hold", hold[g], HOLDS.length, g);
    if (depth[g] < 0) throw new RangeError(`depth must be at least 0, got ${depth[g]} for group ${g}`);
    if (!(share[g] > 0 && share[g] <= 1))
      throw new RangeError(`a share must be above 0 and at most 1, got ${share[g]} for group ${g}`);
  }
  within("sharing", sharing, SHARINGS.length, -1);
  within("notify level", notify, NOTIFY_KERNELS + 1, -1);
  if (Number.isNaN(wakeUp))
    throw new RangeError(`a wake-up must be a time in ns or Infinity, got ${wakeUp} at ${now} ns`);
  if (!(microseconds >= 0 && microseconds < 1e6)) {
    throw new RangeError(`the time of a decision must be 0 to 1e6 us, got ${microseconds}`);
  }
}

function within(what: string, value: number, count: number, group: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw new RangeError(`${what} must be 0 to ${count - 1}, got ${value}${group < 0 ? "" : ` for group ${group}`}`);
}
