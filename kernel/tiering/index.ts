/**
 * The memory tiering subsystem: its simulator, what it shows, what it takes, and what it runs on.
 *
 * @module
 */

export { type Heuristic, InvariantError, type Subsystem } from "../subsystem.ts";
export type {
  ExplicitDecision,
  HintFaultDecision,
  HistogramDecision,
  NoneDecision,
  TieringDecision,
} from "./decision.ts";
export { fourTierMachine, type Machine, type TierSpec, type TwoTierOptions, twoTierMachine } from "./machine.ts";
export { tieringPressure } from "./pressure.ts";
export type { TieringOutcome, TieringScenario } from "./scenario.ts";
export { TieringKernel } from "./tiering.ts";
export type { TieringView, TierView } from "./view.ts";
export type { TieringWorkload, WindowHistogram } from "./workload.ts";
