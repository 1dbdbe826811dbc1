import { assertWhole } from "../assert_whole.ts";

/** The kernels of one kind of request, in launch order. Immutable. */
export interface KernelSequence {
  readonly name: string;
  /** `[kernels]` time of each kernel alone on the whole GPU, ns, whole and at least 1. */
  readonly durations: Float64Array;
  /** `[kernels]` time from the start of the first kernel to the end of each, ns: running sums of `durations`. */
  readonly ends: Float64Array;
  /** `[kernels]` share of the multiprocessors that each kernel can fill, above 0, at most 1. */
  readonly occupancy: Float32Array;
  /** `[kernels]` what limits each kernel: 1 arithmetic, 0 memory, -1 unknown. */
  readonly limit: Int8Array;
  /** `[kernels]` longest time until running thread blocks have ended, ns, at most the kernel's own length. */
  readonly blockNs: Float64Array;
  /** Whether a kernel may be stopped anywhere and run again from its start. */
  readonly idempotent: boolean;
}

/** Optional properties of a `KernelSequence`. */
export interface KernelSequenceDetails {
  /** Default: 1 for each kernel. */
  occupancy?: ArrayLike<number>;
  /** Default: -1 for each kernel. */
  limit?: ArrayLike<number>;
  /** Default: `DEFAULT_BLOCK_NS`, or the kernel's own length if that is shorter. */
  blockNs?: ArrayLike<number>;
  /** Default: true. */
  idempotent?: boolean;
}

/** Default for the longest time of a thread block, ns. Source: choice; a block is one of several waves of a kernel. */
const DEFAULT_BLOCK_NS = 50_000;

/**
 * Creates a sequence of kernels.
 *
 * @param durations ns, rounded to whole numbers of at least 1
 * @throws RangeError when there is no kernel or a duration is not positive
 */
export function kernelSequence(
  name: string,
  durations: ArrayLike<number>,
  { occupancy, limit, blockNs, idempotent = true }: KernelSequenceDetails = {},
): KernelSequence {
  const kernels = durations.length;
  if (kernels === 0) throw new RangeError(`${name}: a request must have at least one kernel, got none`);
  const rounded = new Float64Array(kernels);
  const ends = new Float64Array(kernels);
  let sum = 0;
  for (let i = 0; i < kernels; i++) {
    if (!(durations[i] > 0 && durations[i] < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${name}: kernel ${i} must take a positive time, got ${durations[i]} ns`);
    }
    rounded[i] = Math.max(1, Math.round(durations[i]));
    sum += rounded[i];
    ends[i] = sum;
  }
  return {
    name,
    durations: rounded,
    ends,
    occupancy: Float32Array.from(rounded, (_, i) => Math.min(1, Math.max(1e-3, occupancy?.[i] ?? 1))),
    limit: Int8Array.from(rounded, (_, i) => limit?.[i] ?? -1),
    blockNs: rounded.map((own, i) => Math.min(own, Math.max(1, Math.round(blockNs?.[i] ?? DEFAULT_BLOCK_NS)))),
    idempotent,
  };
}

/** A channel group: the requests of one client, each a sequence of kernels. Immutable. */
export interface GpuGroup {
  readonly name: string;
  /** Whether the group is latency-critical; otherwise it is best effort. */
  readonly critical: boolean;
  readonly sequence: KernelSequence;
  /**
   * Times at which requests arrive, ns, whole and ascending (open loop). Null for a closed loop: the client sends the
   * next request when its last one, or the requests of the groups in `after`, are done.
   */
  readonly arrivals: Float64Array | null;
  /** Closed loop: time between the end of a request and the next arrival, ns. */
  readonly thinkNs: number;
  /**
   * Closed loop: indices of the groups that must each have completed one more request first. Empty: the group itself.
   */
  readonly after: readonly number[];
  /**
   * Time for which the host prepares a request (copies, tokenises) between arrival and launch, ns. Known at the
   * arrival, so it is a hint.
   */
  readonly prepNs: number;
  /**
   * Length of request i relative to `sequence`: element i modulo the array's length. Includes what the host cannot
   * know.
   */
  readonly scales: Float64Array;
  /** The same ratio as far as the host knows it at the arrival (for example from a prompt's length). */
  readonly declared: Float64Array;
  /** For critical groups: allowed latency relative to a request alone on the GPU, e.g. 1.2. Ignored for best effort. */
  readonly slo: number;
  /** Whether the group's kernels can be preempted at any instruction. */
  readonly instructionPreemption: boolean;
}

/** How the groups' clients share the GPU by default. */
export type Sharing = "time-slice" | "streams";

/** The groups and the length of a run. Immutable; forks share it. */
export interface GpuWorkload {
  readonly name: string;
  readonly groups: readonly GpuGroup[];
  /** Length of the run, ns, whole. */
  readonly durationNs: number;
  /**
   * `time-slice`: each client has its own context. `streams`: all share one context, and kernels of all clients run
   * together.
   */
  readonly sharing: Sharing;
}

/** Largest number of channel groups. Source: choice; the largest published mix has ten. */
export const MAX_GROUPS = 16;

/** Time of the kernels of request `index` alone on the GPU, ns, whole. */
export function serviceNs({ sequence, scales }: GpuGroup, index: number): number {
  return Math.max(1, Math.round(sequence.ends[sequence.ends.length - 1] * scales[index % scales.length]));
}

/** Declared length of request `index`, ns: what the host knows of `serviceNs` at the arrival. */
export function declaredNs({ sequence, declared }: GpuGroup, index: number): number {
  return sequence.ends[sequence.ends.length - 1] * declared[index % declared.length];
}

/** Throws a RangeError that names the first impossible property of a workload. */
export function assertWorkload({ name, groups, durationNs }: GpuWorkload): void {
  if (groups.length < 1 || groups.length > MAX_GROUPS) {
    throw new RangeError(`${name}: a workload has 1 to ${MAX_GROUPS} channel groups, got ${groups.length}`);
  }
  assertWhole(`${name}: durationNs`, durationNs, 1);
  groups.forEach((group, index) => {
    assertGroup(`${name}: group ${index} (${group.name})`, group, groups.length);
  });
}

function assertGroup(who: string, group: GpuGroup, groups: number): void {
  const { arrivals, scales, declared, thinkNs, prepNs, slo, critical, after } = group;
  for (const [what, ns] of Object.entries({ thinkNs, prepNs })) {
    assertWhole(`${who}: ${what}`, ns, 0);
  }
  for (const [what, ratios] of Object.entries({ scales, declared })) {
    const wrong = ratios.length === 0 ? "none" : ratios.find((ratio) => !(ratio > 0 && ratio < 1e6));
    if (wrong === undefined) continue;
    throw new RangeError(`${who}: ${what} must be one or more numbers above 0 and below 1e6, got ${wrong}`);
  }
  if (critical && !(slo > 1)) throw new RangeError(`${who}: slo must be above 1, got ${slo}`);
  const wrong = after.find((other) => !Number.isInteger(other) || other < 0 || other >= groups);
  if (wrong !== undefined)
    throw new RangeError(`${who}: after names group ${wrong}, but groups are 0 to ${groups - 1}`);
  if (arrivals === null) return;
  for (let i = 0; i < arrivals.length; i++) {
    if (!Number.isSafeInteger(arrivals[i]) || arrivals[i] < (i === 0 ? 0 : arrivals[i - 1])) {
      throw new RangeError(`${who}: arrivals must be whole, ascending and >= 0, got ${arrivals[i]} at ${i}`);
    }
  }
}
