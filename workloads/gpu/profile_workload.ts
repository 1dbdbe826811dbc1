import type { GpuGroup, GpuWorkload, KernelSequence } from "../../kernel/gpu/workload.ts";
import { disbGroup, evenArrivals } from "./disb_client.ts";

/** Default length of a run whose source states none, ns. Source: choice. */
const PROFILE_DURATION_NS = 10_000_000_000;

/** Requests per second of the critical client. Source: DISB's workload A. */
const CRITICAL_RATE = 100;

/** A best-effort client that runs a sequence over and over. */
export function closedLoop(sequence: KernelSequence): GpuGroup {
  return {
    name: sequence.name,
    critical: false,
    sequence,
    arrivals: null,
    thinkNs: 0,
    after: [],
    prepNs: 0,
    scales: new Float64Array(1).fill(1),
    declared: new Float64Array(1).fill(1),
    slo: 1,
    instructionPreemption: true,
  };
}

/**
 * The workload for the profile of one model: best effort in a closed loop, beside VGG-19 as a critical client at 100
 * Hz.
 */
export function profileWorkload(
  sequence: KernelSequence,
  { durationNs = PROFILE_DURATION_NS, seed = 0 }: { durationNs?: number | undefined; seed?: number | undefined } = {},
): GpuWorkload {
  const arrivals = evenArrivals(CRITICAL_RATE, 0, durationNs);
  const critical = disbGroup({ name: "vgg19_rt", model: "vgg19", critical: true, arrivals }, 0, seed);
  return { name: sequence.name, groups: [critical, closedLoop(sequence)], durationNs, sharing: "time-slice" };
}
