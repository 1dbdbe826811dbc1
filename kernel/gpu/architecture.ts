/** How thread blocks leave the GPU when a channel group is preempted, in the order of the hardware's numbers. */
export const PREEMPTION_MODES = ["wait-for-idle", "thread-block", "instruction"] as const;

/** The group leaves when its running kernel has ended. */
export const WAIT_FOR_IDLE = 0;
/** The group leaves when its running thread blocks have ended. The remaining blocks of the kernel start later. */
export const THREAD_BLOCK = 1;
/** The GPU traps every thread at once and saves the registers. */
export const INSTRUCTION = 2;

/** The properties of a GPU that the scheduler needs. All times in ns. */
export interface GpuArchitecture {
  readonly name: string;
  /** Streaming multiprocessors (compute units on AMD). */
  readonly multiprocessors: number;
  /** Registers and shared memory of the whole GPU, bytes. Instruction-level preemption saves them. */
  readonly contextBytes: number;
  /** Bandwidth at which the GPU saves its context, bytes per ns (GB/s). */
  readonly bandwidth: number;
  /** Time to save the context. */
  readonly saveNs: number;
  /** Time to load the context back. Source: choice, as long as saving. */
  readonly restoreNs: number;
  /** Time from the preemption request to the last thread's trap. Source: choice. */
  readonly trapNs: number;
  /** Time that every change of the resident channel group takes, in addition to saving and restoring. */
  readonly baseNs: number;
  /** Longest preemption. When one takes longer, the driver ends the running request. */
  readonly timeoutNs: number;
}

const KIB = 1024;

/** Time to trap all threads. Source: choice. */
const TRAP_NS = 1000;

/** Source: RmEngineContextSwitchTimeoutUs 0x3fffff, NVIDIA open kernel modules, nvrm_registry.h. */
const NVIDIA_TIMEOUT_NS = 0x3fffff * 1000;

/** Source: amdgpu lockup timeout, 2 s on bare metal (patch text). */
const AMD_TIMEOUT_NS = 2e9;

/**
 * GPUs by name. Sources: multiprocessors and bandwidths are the vendors' figures (A100: 1100 GB/s and its 44.3 MB of
 * context, from the GPreempt paper); sizes of registers and shared memory are from the CUDA guide. `baseUs` of the A100
 * makes a switch take the ~100 us that the GPreempt paper reports. `baseUs` of the others is a choice; it is small for
 * GV100 because XSched measured 32 us for its whole preemption.
 */
export const ARCHITECTURES: readonly GpuArchitecture[] = [
  architecture("v100", {
    multiprocessors: 80,
    registersKib: 256,
    sharedKib: 96,
    bandwidth: 900,
    baseUs: 5,
  }),
  architecture("a100", { multiprocessors: 108, registersKib: 256, sharedKib: 164, bandwidth: 1100, baseUs: 40 }),
  architecture("h100", { multiprocessors: 132, registersKib: 256, sharedKib: 228, bandwidth: 3350, baseUs: 20 }),
  architecture("h200", { multiprocessors: 132, registersKib: 256, sharedKib: 228, bandwidth: 4800, baseUs: 20 }),
  architecture("rtx3080", { multiprocessors: 68, registersKib: 256, sharedKib: 100, bandwidth: 760, baseUs: 20 }),
  architecture("rtx5090", { multiprocessors: 170, registersKib: 256, sharedKib: 100, bandwidth: 1792, baseUs: 20 }),
  architecture("mi50", {
    multiprocessors: 60,
    registersKib: 256,
    sharedKib: 64,
    bandwidth: 1024,
    baseUs: 20,
    timeoutNs: AMD_TIMEOUT_NS,
  }),
  architecture("mi100", {
    multiprocessors: 120,
    registersKib: 256,
    sharedKib: 64,
    bandwidth: 1228,
    baseUs: 20,
    timeoutNs: AMD_TIMEOUT_NS,
  }),
];

interface Figures {
  multiprocessors: number;
  registersKib: number;
  sharedKib: number;
  /** GB/s. */
  bandwidth: number;
  baseUs: number;
  timeoutNs?: number;
}

function architecture(name: string, figures: Figures): GpuArchitecture {
  const { multiprocessors, registersKib, sharedKib, bandwidth, baseUs, timeoutNs = NVIDIA_TIMEOUT_NS } = figures;
  const contextBytes = multiprocessors * (registersKib + sharedKib) * KIB;
  const saveNs = Math.round(contextBytes / bandwidth);
  return {
    name,
    multiprocessors,
    contextBytes,
    bandwidth,
    saveNs,
    restoreNs: saveNs,
    trapNs: TRAP_NS,
    baseNs: baseUs * 1000,
    timeoutNs,
  };
}

/** Finds an architecture by name. Throws a RangeError that lists the known names. */
export function findArchitecture(name: string): GpuArchitecture {
  const found = ARCHITECTURES.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new RangeError(`unknown GPU "${name}"; allowed: ${ARCHITECTURES.map((known) => known.name).join(", ")}`);
  }
  return found;
}

/**
 * Time from the decision to preempt to the first instruction of the next group, ns, when the GPU traps every thread.
 */
export function switchNs({ trapNs, saveNs, baseNs }: GpuArchitecture): number {
  return trapNs + saveNs + baseNs;
}
