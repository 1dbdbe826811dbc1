import type { DeviceProfile } from "./device.ts";
import type { SwapLog } from "./swap_log.ts";
import type { Vma } from "./workload.ts";

/** States of a page. */
export const NONE = 0;
/** In a frame and mapped. */
export const MAPPED = 1;
/** On the swap device alone. */
export const SWAPPED = 2;
/** Read ahead: in a frame, on its way or there, not mapped yet. */
export const CACHED = 3;

/**
 * What a kernel can see at a decision point. Reused, and its arrays are the kernel's own: read them, do not keep or write
 * them. A kernel knows of an access only when it faults: hits on mapped pages are not in here.
 */
export interface ReadaheadView {
  /** `fault`: a major fault, somebody waits. `marker`: the first hit on a set that was read ahead, nobody waits. */
  kind: "fault" | "marker";
  /** Time, us. */
  time: number;
  /** Page that faulted. */
  page: number;
  /** Its VMA, index in `vmas`. */
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
  /** Frames in all. */
  readonly frames: number;
  /** Frames that hold nothing. */
  free: number;
  /** Reads under way. */
  inFlight: number;
  /** Time a read submitted now would wait for its turn on the bus or a channel, us. */
  queueWait: number;

  /** `[pages]` NONE, MAPPED, SWAPPED or CACHED. */
  readonly state: Uint8Array;
  /** `[pages]` slot on the swap device, 0 for none. */
  readonly slotOf: Int32Array;
  /** `[slots]` page whose slot it is, -1 for none. Slot 0 is the header and never read. */
  readonly ownerOf: Int32Array;

  /**
   * Stock book-keeping of readahead by VMA: address (page number) of the last major fault or hit, `[vmas]`; -1 before
   * the first. At a decision it does not yet have the present fault.
   */
  readonly vmaAddress: Int32Array;
  /** Stock: hits on pages read ahead since the last major fault in the VMA, at most 63, `[vmas]`; 4 before the first. */
  readonly vmaHits: Int32Array;
  /** Stock, one for all: hits on pages read ahead since the last major fault; 4 before the first. */
  clusterHits: number;

  /** All swap accesses so far (major faults and hits in the swap cache), the present one last. */
  readonly log: SwapLog;

  /** Position in the log of the access to this page before the present one, -1 if there is none or it is forgotten. */
  previousOfPage: number;
  /** The same for the instruction. */
  previousOfPc: number;

  /** `[BOOKS]` moving average of whether pages of that book were used (1) or thrown out unused (0); 0.5 at first. */
  readonly accuracy: Float32Array;
  /**
   * `[programCounters * BOOKS]` the same by the instruction whose fault the decision answered, row-major; and how much of it is
   * still the value at first, 1 to 0.
   */
  readonly pcAccuracy: Float32Array;
  readonly pcUnknown: Float32Array;
  /** Pages reclaimed since this page was, over the frames; Linux keeps it in the page's shadow entry. 0 at a marker. */
  refaultDistance: number;
  /** Moving average of how long a major fault waited for its page, us; the device's own time at first. */
  majorUs: number;
  /** Share of the threads' time that was stalled by swapping, lately. */
  stallShare: number;
  /** Moving average over major faults of whether the page was reclaimed shortly before (see `SHORT_REFAULT`). */
  shortRefaults: number;
  /** Counters so far; see `READAHEAD_COUNTERS`. */
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
