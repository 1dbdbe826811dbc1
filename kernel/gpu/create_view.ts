import type { ArrivalStatistics } from "./arrival_statistics.ts";
import type { CostLedger } from "./cost_ledger.ts";
import { SHARING_AS_IS } from "./decision.ts";
import type { Groups } from "./groups.ts";
import type { GpuScenario } from "./scenario.ts";
import type { GpuView } from "./view.ts";
import type { GpuGroup, KernelSequence } from "./workload.ts";

/** Creates the view of a new run. It holds the groups' known properties and refers to the kernel's own arrays. */
export function createView(
  { workload, architecture, controlNs, minSliceUs }: GpuScenario,
  groups: Groups,
  statistics: ArrivalStatistics,
  costs: CostLedger,
): GpuView {
  const specs = workload.groups;
  const n = specs.length;
  const known = (value: (group: GpuGroup) => number): Float64Array => Float64Array.from(specs, value);
  const flags = (value: (group: GpuGroup) => boolean): Uint8Array =>
    Uint8Array.from(specs, (one) => (value(one) ? 1 : 0));
  const profile = (value: (sequence: KernelSequence) => number): Float64Array => known((one) => value(one.sequence));
  return {
    time: 0,
    event: "start",
    eventGroup: -1,
    groups: n,
    architecture,
    controlNs,
    minSliceUs,
    streams: workload.sharing === "streams",
    sharing: SHARING_AS_IS,
    critical: flags((one) => one.critical),
    slo: known((one) => one.slo),
    expectedNs: profile(totalOf),
    prepNs: known((one) => one.prepNs),
    meanKernelNs: profile((sequence) => totalOf(sequence) / sequence.durations.length),
    weightedKernelNs: profile((sequence) => weightedMean(sequence.durations, sequence.durations)),
    maxKernelNs: profile((sequence) => sequence.durations.reduce((a, b) => Math.max(a, b))),
    blockNs: profile((sequence) => weightedMean(sequence.blockNs, sequence.durations)),
    occupancy: profile((sequence) => weightedMean(sequence.occupancy, sequence.durations)),
    instructionPreemption: flags((one) => one.instructionPreemption),
    idempotent: flags((one) => one.sequence.idempotent),
    enabled: groups.enabled,
    sliceUs: groups.sliceUs,
    interleave: groups.interleave,
    mode: groups.mode,
    resident: -1,
    switching: false,
    controlInFlight: 0,
    residentSince: 0,
    queued: groups.queued,
    preparing: groups.preparing,
    nextReady: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    headArrival: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    headDeadline: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    headExpectedNs: new Float64Array(n),
    headServedNs: new Float64Array(n),
    kernelElapsedNs: new Float64Array(n),
    nextKernelNs: new Float64Array(n),
    nextOccupancy: new Float64Array(n),
    nextLimit: new Int8Array(n).fill(-1),
    servedNs: new Float64Array(n),
    arrived: groups.arrived,
    completed: groups.completed,
    missed: costs.missed,
    lastArrival: statistics.last,
    gapNs: statistics.gap,
    gapDeviationNs: statistics.deviation,
    lastDone: new Float64Array(n).fill(Number.NEGATIVE_INFINITY),
    criticalLoad: 0,
    switches: 0,
    switchNs: 0,
  };
}

function totalOf({ ends }: KernelSequence): number {
  return ends[ends.length - 1];
}

function weightedMean(values: ArrayLike<number>, weights: Float64Array): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += values[i] * weights[i];
    weight += weights[i];
  }
  return sum / weight;
}
