import type { DeviceProfile } from "./device.ts";
import type { SwapLog } from "./swap_log.ts";
import type { Vma } from "./workload.ts";

/** State of a page: never touched. */
export const NONE = 0;
/** State: in a frame and mapped. */
export const MAPPED = 1;
/** State: only on the swap device. */
export const SWAPPED = 2;
/** State: read ahead. The page has a frame, its read is under way or complete, and it is not mapped yet. */
export const CACHED = 3;

/**
 * What a kernel can see at a decision point. The object is reused, and its arrays belong to the kernel: read them, do
 * not keep or write them. A kernel learns of an access only when it faults, so hits on mapped pages are not in here.
 */
export interface ReadaheadView {
  /**
   * `fault`: a major fault, a thread waits. `marker`: the first hit on a marked page that was read ahead, no thread
   * waits.
   */
  kind: "fault" | "marker";
  /** Time, us. */
  time: number;
  /** Page that faulted. */
  page: number;
  /** VMA of that page, index in `vmas`. */
  vma: number;
  /** Thread that faulted. */
  thread: number;
  /** Instruction that faulted, index. */
  pc: number;
  /** Whether the fault writes. */
  write: boolean;

  readonly vmas: readonly Vma[];
  /** Pages of all VMAs. */
  readonly pages: number;
  readonly programCounters: number;
  readonly device: DeviceProfile;
  /** All frames of the program. */
  readonly frames: number;
  /** Free frames. */
  free: number;
  /** Reads under way on the device. */
  inFlight: number;
  /** Time that a read submitted now would wait for its turn on the bus or for a channel, us. */
  queueWait: number;

  /** `[pages]` NONE, MAPPED, SWAPPED or CACHED. */
  readonly state: Uint8Array;
  /** `[pages]` slot on the swap device, 0 for none. */
  readonly slotOf: Int32Array;
  /** `[slots]` page that owns the slot, negative for none. Slot 0 is the header and is never read. */
  readonly ownerOf: Int32Array;

  /**
   * Linux's state of readahead by VMA, `[vmas]`: page number of the last major fault or hit, -1 before the first. At a
   * decision it does not include the current fault yet.
   */
  readonly vmaAddress: Int32Array;
  /**
   * Linux: hits on pages read ahead since the last major fault in the VMA, at most 63, `[vmas]`; 4 before the first
   * fault.
   */
  readonly vmaHits: Int32Array;
  /** Linux, over all VMAs: hits on pages read ahead since the last major fault; 4 before the first fault. */
  clusterHits: number;

  /** All swap accesses so far (major faults and hits in the swap cache); the current access is last. */
  readonly log: SwapLog;

  /** Log position of the access to this page before the current access; -1 if there is none or the log forgot it. */
  previousOfPage: number;
  /** The same for the current instruction. */
  previousOfPc: number;

  /** `[BOOKS]` moving average over the pages of each book: 1 for used, 0 for thrown out unused; 0.5 at first. */
  readonly accuracy: Float32Array;
  /**
   * `[programCounters * BOOKS]`, row-major: the same by the instruction whose fault the decision answered; and the
   * weight that the first value still has in it, 1 to 0.
   */
  readonly pcAccuracy: Float32Array;
  readonly pcUnknown: Float32Array;
  /**
   * Pages reclaimed since this page was reclaimed, divided by the frames. Linux keeps it in the shadow entry of the
   * page. 0 at a marker.
   */
  refaultDistance: number;
  /** Moving average of the time that a major fault waited for its page, us; at first the device's own time. */
  majorUs: number;
  /** Recent share of the threads' time that was stalled by swapping. */
  stallShare: number;
  /** Moving average over major faults: 1 if the page was reclaimed shortly before (see `SHORT_REFAULT`), else 0. */
  shortRefaults: number;
  /** Counters so far, see `READAHEAD_COUNTERS`. */
  readonly counters: Readonly<ReadaheadCounters>;
}

/** Names of the counters. */
export const READAHEAD_COUNTERS = [
  "zero_fills",
  "major_faults",
  "ra_issued",
  "ra_hit",
  "ra_late",
  "ra_waste",
  "markers",
  "decisions",
  "refaults",
  "short_refaults",
  "reclaimed",
  "swap_outs",
] as const;

/** Counters since the start. */
export type ReadaheadCounters = Record<(typeof READAHEAD_COUNTERS)[number], number>;
