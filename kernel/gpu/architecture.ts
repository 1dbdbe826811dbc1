/** How thread blocks leave the GPU when a channel group is preempted, in the order of the hardware's numbers. */
export const PREEMPTION_MODES = ["wait-for-idle", "thread-block", "instruction"] as const;

/** The running kernel ends first. */
export const WAIT_FOR_IDLE = 0;
/** The thread blocks that run end first; the others start later. */
export const THREAD_BLOCK = 1;
/** Every thread is trapped at once and its registers are saved. */
export const INSTRUCTION = 2;

/** What the scheduler needs to know of a GPU. All times in ns. */
export interface GpuArchitecture {
  readonly name: string;
  /** Streaming multiprocessors (compute units on AMD). */
  readonly multiprocessors: number;
  /** Registers and shared memory of the whole GPU, bytes: what instruction-level preemption saves. */
  readonly contextBytes: number;
  /** Bandwidth at which they are saved, bytes per ns (GB/s). */
  readonly bandwidth: number;
  /** Time to save them. */
  readonly saveNs: number;
  /** Time to load them back. Source: choice, as long as saving. */
  readonly restoreNs: number;
  /** Time from the request to the last thread's trap. Source: choice. */
  readonly trapNs: number;
  /** Time of any change of the resident channel group, whatever has to be saved. */
  readonly baseNs: number;
  /** A preemption that takes longer than this is answered by the end of the request that runs. */
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
 * GPUs by name. Multiprocessors and bandwidths are vendors' figures (A100: 1100 GB/s, the GPreempt paper, and its 44.3 MB
 * of context), sizes of registers and shared memory the CUDA guide's. `baseUs`: A100 so that a switch takes the ~100 us of
 * the GPreempt paper; the others are a choice, GV100's small as its whole preemption was measured to take 32 us (XSched).
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

/** The architecture of that name. Throws a RangeError that lists the known ones. */
export function findArchitecture(name: string): GpuArchitecture {
  const found = ARCHITECTURES.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new RangeError(`no GPU "${name}"; allowed: ${ARCHITECTURES.map((known) => known.name).join(", ")}`);
  }
  return found;
}

/** Time from the decision to preempt, by trapping every thread, to another group's first instruction, ns. */
export function switchNs({ trapNs, saveNs, baseNs }: GpuArchitecture): number {
  return trapNs + saveNs + baseNs;
}
