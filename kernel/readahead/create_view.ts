import { BOOKS, FIRST_ACCURACY } from "./decision.ts";
import type { ReadaheadScenario } from "./scenario.ts";
import { SwapLog } from "./swap_log.ts";
import type { SwapMemory } from "./swap_memory.ts";
import type { ReadaheadCounters, ReadaheadView } from "./view.ts";

/** Linux: value of the hit counters before the first fault. Source: mm/swap_state.c. */
const FIRST_HITS = 4;

/**
 * Swap accesses that the log remembers for each page of the program's footprint, and the least number. Source: choice;
 * 15 bytes each.
 */
const LOG_ENTRIES_PER_PAGE = 4;
const LEAST_LOG_ENTRIES = 1024;

/** Creates the view of a run that begins. */
export function createView(
  { workload, device, frames }: ReadaheadScenario,
  memory: SwapMemory,
  counters: ReadaheadCounters,
): ReadaheadView {
  const { pages, vmas, programCounters, footprint } = workload;
  const logEntries = 2 ** Math.ceil(Math.log2(Math.max(LEAST_LOG_ENTRIES, LOG_ENTRIES_PER_PAGE * footprint)));
  return {
    kind: "fault",
    time: 0,
    page: 0,
    vma: 0,
    thread: 0,
    pc: 0,
    write: false,
    vmas,
    pages,
    programCounters,
    device,
    frames,
    free: frames,
    inFlight: 0,
    queueWait: 0,
    state: memory.state,
    slotOf: memory.slotOf,
    ownerOf: memory.slots.owner,
    vmaAddress: new Int32Array(vmas.length).fill(-1),
    vmaHits: new Int32Array(vmas.length).fill(FIRST_HITS),
    clusterHits: FIRST_HITS,
    log: new SwapLog(pages, programCounters, logEntries),
    previousOfPage: -1,
    previousOfPc: -1,
    accuracy: new Float32Array(BOOKS).fill(FIRST_ACCURACY),
    pcAccuracy: new Float32Array(programCounters * BOOKS).fill(FIRST_ACCURACY),
    pcUnknown: new Float32Array(programCounters * BOOKS).fill(1),
    refaultDistance: 0,
    majorUs: device.latencyUs + device.pageUs,
    stallShare: 0,
    shortRefaults: 0,
    counters,
  };
}

/** Creates an exact copy with its own state, over the copied memory and counters. */
export function forkView(view: ReadaheadView, memory: SwapMemory, counters: ReadaheadCounters): ReadaheadView {
  return {
    ...view,
    state: memory.state,
    slotOf: memory.slotOf,
    ownerOf: memory.slots.owner,
    vmaAddress: view.vmaAddress.slice(),
    vmaHits: view.vmaHits.slice(),
    log: view.log.fork(),
    accuracy: view.accuracy.slice(),
    pcAccuracy: view.pcAccuracy.slice(),
    pcUnknown: view.pcUnknown.slice(),
    counters,
  };
}
