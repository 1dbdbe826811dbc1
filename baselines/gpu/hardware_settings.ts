import { INSTRUCTION } from "../../kernel/gpu/architecture.ts";
import { DEFAULT_SLICE_US, type GpuDecision, SHARING_STREAMS, SHARING_TIME_SLICE } from "../../kernel/gpu/decision.ts";
import { Turns } from "../../kernel/gpu/turns.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";
import { type Knob, type KnobValues, startValues } from "../knobs.ts";
import { setByClass } from "./group_class.ts";
import type { GpuRule } from "./rule_heuristic.ts";

/** Timeslice of critical groups. Sources: the driver's 1024 us; start, GPreempt's artifact, 1 s, which does not end. */
export const CRITICAL_SLICE: Knob = {
  name: "critical_slice_us",
  min: 1024,
  max: 1e6,
  scale: "log",
  start: 1e6,
  unit: "us",
};

/**
 * Timeslice of best-effort groups. Sources: the driver's 1024 us; start, GPreempt's artifact, 1 us (its paper says
 * 200).
 */
export const SLICE: Knob = { name: "slice_us", min: 1, max: 1024, scale: "log", start: 1, unit: "us" };

/**
 * 0: best-effort groups share the GPU by their timeslices, as under the driver. 1: one of them is enabled at a time, in
 * turn.
 */
export const TURNS: Knob = { name: "turns", min: 0, max: 1, scale: "linear", start: 1 };

/** How long one best-effort group is enabled. Source of the start: choice. */
export const TURN: Knob = { name: "turn_ms", min: 1, max: 50, scale: "log", start: 10, unit: "ms" };

/**
 * 0: all clients in one context, as where one server launches for all of them: no context is switched, and only the
 * host takes a kernel off the GPU. 1: each client has its own context, with timeslices.
 */
export const CONTEXTS: Knob = { name: "contexts", min: 0, max: 1, scale: "linear", start: 0 };

/** All of these settings as the driver has them. Published rivals were measured with them. */
export const AS_SHIPPED: KnobValues = {
  critical_slice_us: DEFAULT_SLICE_US,
  slice_us: DEFAULT_SLICE_US,
  turns: 0,
  mode: INSTRUCTION,
};

/** Preemption mode, see `PREEMPTION_MODES`. Source of the start: the driver's mode where the hardware has it. */
export const MODE: Knob = { name: "mode", min: 0, max: 2, scale: "linear", start: 2 };

/**
 * Applies the settings of the hardware for every rule alike, so that no rule loses by the driver's defaults alone. The
 * returned rule enables the best-effort groups that may run. It comes before any code that disables them.
 *
 * @param values of the constants above. A missing one has its start value. Without `contexts` the sharing does not
 *   change.
 */
export function hardwareSettings(first: GpuView, decision: GpuDecision, values: KnobValues): GpuRule {
  const settings: KnobValues = { ...startValues([CRITICAL_SLICE, SLICE, TURNS, TURN, MODE]), ...values };
  setByClass(first, decision.sliceUs, settings.critical_slice_us, settings.slice_us);
  decision.mode.fill(Math.round(settings.mode));
  if (settings.contexts !== undefined) share(first, decision, settings.contexts);
  // Of the groups that take turns, only the group whose turn it is may run.
  const turn = new Uint8Array(first.groups);
  const taking = settings.turns >= 0.5 ? new Turns(settings.turn_ms * 1e6) : null;
  return (view) => {
    taking?.pass(view, turn);
    for (let g = 0; g < view.groups; g++) {
      if (view.critical[g] === 0) decision.enabled[g] = taking === null || taking.group === g ? 1 : 0;
    }
  };
}

function share(first: GpuView, decision: GpuDecision, contexts: number): void {
  const one = contexts < 0.5;
  decision.sharing = one ? SHARING_STREAMS : SHARING_TIME_SLICE;
  // In one context a turn ends with the running kernel: the host launches no other.
  if (one) setByClass(first, decision.gentle, 0, 1);
}
