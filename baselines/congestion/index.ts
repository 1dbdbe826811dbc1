/**
 * Baselines of the congestion control subsystem: the heuristics, their tuned constants, the bound on the cost,
 * and the clairvoyant reference.
 *
 * @module
 */

import { bbr, bbrTuned } from "./bbr.ts";
import { cubic, cubicTuned } from "./cubic.ts";
import { dcqcn, dcqcnTuned } from "./dcqcn.ts";
import { dctcp, dctcpTuned } from "./dctcp.ts";
import { delayTarget } from "./delay_target.ts";
import { fairShare, fairShareTuned } from "./fair_share.ts";
import { hpcc, hpccTuned } from "./hpcc.ts";
import { pfcOnly } from "./pfc_only.ts";
import { powertcp, powertcpTuned } from "./powertcp.ts";
import { rlCc, rlCcTuned } from "./rl_cc.ts";
import { staticWindow } from "./static_window.ts";
import { swift, swiftTuned } from "./swift.ts";
import { thetaPowertcp, thetaPowertcpTuned } from "./theta_powertcp.ts";
import { timely, timelyTuned } from "./timely.ts";
import type { CongestionEntry } from "./types.ts";

export type { HeuristicEntry, Role } from "../heuristic_entry.ts";
export type { Knob, KnobValues } from "../knobs.ts";
export { congestionBound } from "./bound.ts";
export { ClairvoyantReference as CongestionReference } from "./clairvoyant_reference.ts";
export { default as congestionTuned } from "./tuned.json" with { type: "json" };
export type { CongestionEntry, CongestionHeuristic } from "./types.ts";

/** Every congestion control heuristic, the default first. */
export const congestionHeuristics: readonly CongestionEntry[] = [
  dcqcn,
  pfcOnly,
  fairShare,
  fairShareTuned,
  staticWindow,
  dcqcnTuned,
  dctcp,
  dctcpTuned,
  timely,
  timelyTuned,
  swift,
  swiftTuned,
  rlCc,
  rlCcTuned,
  thetaPowertcp,
  thetaPowertcpTuned,
  hpcc,
  hpccTuned,
  powertcp,
  powertcpTuned,
  cubic,
  cubicTuned,
  bbr,
  bbrTuned,
  delayTarget,
];
