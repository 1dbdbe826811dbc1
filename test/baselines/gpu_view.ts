import type { GpuEntry } from "../../baselines/gpu/types.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import { findArchitecture } from "../../kernel/gpu/architecture.ts";
import { SHARING_AS_IS } from "../../kernel/gpu/decision.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** What a group is and does, where it is not as usual: best effort without work, kernels of 100 us on half the GPU. */
export interface ViewedGroup {
  critical?: boolean;
  queued?: number;
  completed?: number;
  headDeadline?: number;
  headExpectedNs?: number;
  headServedNs?: number;
  expectedNs?: number;
  servedNs?: number;
  idempotent?: boolean;
  kernelElapsedNs?: number;
  nextKernelNs?: number;
  nextOccupancy?: number;
  nextLimit?: number;
  meanKernelNs?: number;
}

/** A view at `time` (ns) of these groups on an A100, nothing in flight. */
export function gpuView(groups: readonly ViewedGroup[], time = 0): GpuView {
  const n = groups.length;
  const of = (value: (group: ViewedGroup) => number | undefined, otherwise: number): Float64Array =>
    Float64Array.from(groups, (group) => value(group) ?? otherwise);
  const busy = (group: ViewedGroup): boolean => (group.queued ?? 0) > 0;
  return {
    time,
    event: "tick",
    eventGroup: -1,
    groups: n,
    architecture: findArchitecture("a100"),
    controlNs: 50_000,
    minSliceUs: 1,
    streams: false,
    sharing: SHARING_AS_IS,
    critical: Uint8Array.from(groups, ({ critical }) => (critical ? 1 : 0)),
    slo: of(() => 1.2, 1.2),
    expectedNs: of((group) => group.expectedNs, 2_000_000),
    prepNs: new Float64Array(n),
    meanKernelNs: of((group) => group.meanKernelNs, 100_000),
    weightedKernelNs: of((group) => group.meanKernelNs, 100_000),
    maxKernelNs: of((group) => group.meanKernelNs, 100_000),
    blockNs: of(() => 50_000, 50_000),
    occupancy: of((group) => group.nextOccupancy, 0.5),
    instructionPreemption: new Uint8Array(n).fill(1),
    idempotent: Uint8Array.from(groups, ({ idempotent = true }) => (idempotent ? 1 : 0)),
    enabled: new Uint8Array(n).fill(1),
    sliceUs: new Float64Array(n).fill(1024),
    interleave: new Uint8Array(n),
    mode: new Uint8Array(n).fill(2),
    resident: -1,
    switching: false,
    controlInFlight: 0,
    residentSince: 0,
    queued: Int32Array.from(groups, ({ queued = 0 }) => queued),
    preparing: new Int32Array(n),
    nextReady: new Float64Array(n).fill(NEVER),
    headArrival: Float64Array.from(groups, (group) => (busy(group) ? time : NEVER)),
    headDeadline: of((group) => group.headDeadline, NEVER),
    headExpectedNs: of((group) => group.headExpectedNs, 0),
    headServedNs: of((group) => group.headServedNs, 0),
    kernelElapsedNs: of((group) => group.kernelElapsedNs, 0),
    nextKernelNs: Float64Array.from(groups, (group) => (busy(group) ? (group.nextKernelNs ?? 100_000) : 0)),
    nextOccupancy: Float64Array.from(groups, (group) => (busy(group) ? (group.nextOccupancy ?? 0.5) : 0)),
    nextLimit: Int8Array.from(groups, (group) => (busy(group) ? (group.nextLimit ?? -1) : -1)),
    servedNs: of((group) => group.servedNs, 0),
    arrived: Int32Array.from(groups, ({ queued = 0, completed = 0 }) => queued + completed),
    completed: Int32Array.from(groups, ({ completed = 0 }) => completed),
    missed: new Int32Array(n),
    lastArrival: new Float64Array(n).fill(-NEVER),
    gapNs: new Float64Array(n),
    gapDeviationNs: new Float64Array(n),
    lastDone: new Float64Array(n).fill(-NEVER),
    criticalLoad: 0,
    switches: 0,
    switchNs: 0,
  };
}

/** One critical group and two of best effort that have work. */
export const CRITICAL_IDLE: readonly ViewedGroup[] = [{ critical: true }, { queued: 1 }, { queued: 1 }];
/** The same when the critical group has work too. */
export const CRITICAL_WAITS: readonly ViewedGroup[] = [{ critical: true, queued: 1 }, { queued: 1 }, { queued: 1 }];

/** A heuristic with its starting constants but for `values`. */
export function make(entry: GpuEntry, values: KnobValues = {}) {
  return entry.create({ ...startValues(entry.knobs), ...values });
}
