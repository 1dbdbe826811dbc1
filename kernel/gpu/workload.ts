/** The kernels of one kind of request, in the order in which they are launched. Immutable. */
export interface KernelSequence {
  readonly name: string;
  /** `[kernels]` time of each alone on the whole GPU, ns, whole and at least 1. */
  readonly durations: Float64Array;
  /** `[kernels]` time from the first's start to the end of each, ns: running sums of `durations`. */
  readonly ends: Float64Array;
  /** `[kernels]` share of the multiprocessors that each can fill, above 0, at most 1. */
  readonly occupancy: Float32Array;
  /** `[kernels]` what limits each: 1 arithmetic, 0 memory, -1 unknown. */
  readonly limit: Int8Array;
  /** `[kernels]` greatest time until the thread blocks that run have ended, ns, at most the kernel's own. */
  readonly blockNs: Float64Array;
  /** Whether a kernel may be stopped anywhere and run again from its start. */
  readonly idempotent: boolean;
}

/** What beside durations makes a `KernelSequence`. */
export interface KernelSequenceDetails {
  /** Default: 1 for each. */
  occupancy?: ArrayLike<number>;
  /** Default: -1 for each. */
  limit?: ArrayLike<number>;
  /** Default: `DEFAULT_BLOCK_NS`, or the kernel's own time if that is shorter. */
  blockNs?: ArrayLike<number>;
  /** Default: true. */
  idempotent?: boolean;
}

/** Longest a thread block runs where nothing is known, ns. Source: choice; a block is one of several waves of a kernel. */
export const DEFAULT_BLOCK_NS = 50_000;

/**
 * A sequence of kernels.
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
  if (kernels === 0) throw new RangeError(`${name}: a request has at least one kernel`);
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

/** A channel group: one client's requests, each a sequence of kernels. Immutable. */
export interface GpuGroup {
  readonly name: string;
  /** Latency-critical, or best effort. */
  readonly critical: boolean;
  readonly sequence: KernelSequence;
  /**
   * Times at which requests arrive, ns, whole and ascending; null for a client that sends the next request when the last is done
   * (closed loop), or when those of `after` are.
   */
  readonly arrivals: Float64Array | null;
  /** Without `arrivals`: time between the end of a request and the next one's arrival, ns. */
  readonly thinkNs: number;
  /** Without `arrivals`: groups, by index, each of which must have finished one more request first. Empty: itself. */
  readonly after: readonly number[];
  /** Time the host prepares a request (copies, tokenises) between arrival and launch, ns. Known at the arrival: a hint. */
  readonly prepNs: number;
  /** Length of request i over that of `sequence`: element i modulo length. What the host cannot know included. */
  readonly scales: Float64Array;
  /** What the host knows of it at the arrival (a prompt's length), the same way. */
  readonly declared: Float64Array;
  /** Critical: latency that is allowed, over that of a request alone on the GPU, e.g. 1.2. Ignored for best effort. */
  readonly slo: number;
  /** Whether the group's kernels can be preempted at any instruction. */
  readonly instructionPreemption: boolean;
}

/** How the groups' clients share the GPU when nobody interferes. */
export type Sharing = "time-slice" | "streams";

/** What runs. Immutable; shared between forks. */
export interface GpuWorkload {
  readonly name: string;
  readonly groups: readonly GpuGroup[];
  /** Length of the run, ns, whole. */
  readonly durationNs: number;
  /** `time-slice`: each client has a context of its own. `streams`: one context for all, kernels of all run together. */
  readonly sharing: Sharing;
}

/** Most channel groups. Source: choice; the largest published mix has ten. */
export const MAX_GROUPS = 16;

/** Time of request `index` of a group alone on the GPU, ns, whole: of its kernels only. */
export function serviceNs({ sequence, scales }: GpuGroup, index: number): number {
  return Math.max(1, Math.round(sequence.ends[sequence.ends.length - 1] * scales[index % scales.length]));
}

/** What the host knows of that at the request's arrival, ns. */
export function declaredNs({ sequence, declared }: GpuGroup, index: number): number {
  return sequence.ends[sequence.ends.length - 1] * declared[index % declared.length];
}

/** Throws a RangeError that names the first thing in which a workload is impossible. */
export function assertWorkload({ name, groups, durationNs }: GpuWorkload): void {
  if (groups.length < 1 || groups.length > MAX_GROUPS) {
    throw new RangeError(`${name}: 1 to ${MAX_GROUPS} channel groups are possible, got ${groups.length}`);
  }
  if (!Number.isSafeInteger(durationNs) || durationNs < 1) {
    throw new RangeError(`${name}: the run must last a positive whole number of ns, got ${durationNs}`);
  }
  groups.forEach((group, index) => {
    assertGroup(`${name}: group ${index} (${group.name})`, group, groups.length);
  });
}

function assertGroup(who: string, group: GpuGroup, groups: number): void {
  const { arrivals, scales, declared, thinkNs, prepNs, slo, critical, after } = group;
  for (const [what, ns] of Object.entries({ thinkNs, prepNs })) {
    if (!Number.isSafeInteger(ns) || ns < 0)
      throw new RangeError(`${who}: ${what} must be a whole number >= 0, got ${ns}`);
  }
  if (scales.length === 0 || scales.some((scale) => !(scale > 0 && scale < 1e6))) {
    throw new RangeError(`${who}: lengths of requests must be positive`);
  }
  if (declared.length === 0 || declared.some((scale) => !(scale > 0 && scale < 1e6))) {
    throw new RangeError(`${who}: declared lengths of requests must be positive`);
  }
  if (critical && !(slo > 1)) throw new RangeError(`${who}: slo must be above 1, got ${slo}`);
  const wrong = after.find((other) => !Number.isInteger(other) || other < 0 || other >= groups);
  if (wrong !== undefined) throw new RangeError(`${who}: there is no group ${wrong} to wait for`);
  if (arrivals === null) return;
  for (let i = 0; i < arrivals.length; i++) {
    if (!Number.isSafeInteger(arrivals[i]) || arrivals[i] < (i === 0 ? 0 : arrivals[i - 1])) {
      throw new RangeError(`${who}: arrivals must be whole, ascending and >= 0, got ${arrivals[i]} at ${i}`);
    }
  }
}
