/**
 * Baselines of the GPU preemption subsystem: the heuristics, their tuned constants, the bound on the cost,
 * and the clairvoyant reference.
 *
 * @module
 */

import { beOnly } from "./be_only.ts";
import { blockWait } from "./block_wait.ts";
import { blockWaitHint } from "./block_wait_hint.ts";
import { composite } from "./composite.ts";
import { drmFair } from "./drm_fair.ts";
import { drmFifo } from "./drm_fifo.ts";
import { drmRr } from "./drm_rr.ts";
import { edf } from "./edf.ts";
import { gpreempt, gpreemptHint } from "./gpreempt.ts";
import { hardwareRr } from "./hardware_rr.ts";
import { interleave } from "./interleave.ts";
import { jetsonSlices } from "./jetson_slices.ts";
import { kernelWait } from "./kernel_wait.ts";
import { lcOnly } from "./lc_only.ts";
import { leastLaxity } from "./least_laxity.ts";
import { mig } from "./mig.ts";
import { mpsShare } from "./mps_share.ts";
import { np } from "./np.ts";
import { orion } from "./orion.ts";
import { reef } from "./reef.ts";
import { reefPadding } from "./reef_padding.ts";
import { sequential } from "./sequential.ts";
import { staticGrid } from "./static_grid.ts";
import { tgs } from "./tgs.ts";
import type { GpuEntry } from "./types.ts";
import { xschedLv1 } from "./xsched_lv1.ts";
import { xschedLv2 } from "./xsched_lv2.ts";
import { xschedLv3, xschedLv3Hint } from "./xsched_lv3.ts";

export type { HeuristicEntry, Role } from "../heuristic_entry.ts";
export type { Knob, KnobValues } from "../knobs.ts";
export { gpuBound } from "./bound.ts";
export { ClairvoyantReference as GpuReference } from "./clairvoyant_reference.ts";
export { default as gpuTuned } from "./tuned.json" with { type: "json" };
export type { GpuEntry, GpuHeuristic } from "./types.ts";

/** Every heuristic for sharing a GPU, the default first. */
export const gpuHeuristics: readonly GpuEntry[] = [
  hardwareRr,
  lcOnly,
  beOnly,
  staticGrid,
  interleave,
  jetsonSlices,
  np,
  mpsShare,
  mig,
  sequential,
  blockWait,
  blockWaitHint,
  kernelWait,
  xschedLv1,
  gpreempt,
  gpreemptHint,
  xschedLv2,
  xschedLv3,
  xschedLv3Hint,
  reef,
  reefPadding,
  orion,
  drmFifo,
  drmRr,
  drmFair,
  edf,
  leastLaxity,
  tgs,
  composite,
];
