/**
 * The congestion control subsystem: its simulator, what it shows, what it takes, and what it runs on.
 *
 * @module
 */

export { type Heuristic, InvariantError, type Subsystem } from "../subsystem.ts";
export { CongestionKernel } from "./congestion.ts";
export type { CongestionDecision } from "./decision.ts";
export type { CongestionOutcome } from "./outcome.ts";
export { congestionPressure } from "./pressure.ts";
export type { Marking, RateControl } from "./rate_control.ts";
export type { CongestionScenario } from "./scenario.ts";
export { type DumbbellOptions, dumbbell } from "./topologies/dumbbell.ts";
export { type LeafSpineOptions, leafSpine } from "./topologies/leaf_spine.ts";
export { type ParkingLotOptions, parkingLot } from "./topologies/parking_lot.ts";
export { type SingleSwitchOptions, singleSwitch } from "./topologies/single_switch.ts";
export type { Topology } from "./topology.ts";
export type { CongestionView } from "./view.ts";
export type { CongestionWorkload, Message } from "./workload.ts";
