import type { ReadaheadHeuristic } from "../../baselines/readahead/types.ts";
import { BOOKS } from "../../kernel/readahead/decision.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { SwapLog } from "../../kernel/readahead/swap_log.ts";
import { CACHED, MAPPED, type ReadaheadView, SWAPPED } from "../../kernel/readahead/view.ts";
import type { Vma } from "../../kernel/readahead/workload.ts";

/** An access of a replay: a page, or what else is not as usual with it. */
export type Access = number | { page: number; pc?: number; thread?: number };

/** A view at a fault on `page`: all pages are on the device, page p in slot p + 1. */
export function faultView(page: number, { pages = 1024, vmas = [{ start: 0, end: pages, address: 0 }] as Vma[] } = {}) {
  const log = new SwapLog(pages, 16, 1024);
  const view: ReadaheadView = {
    kind: "fault",
    time: 0,
    page,
    vma: vmas.findIndex(({ end }) => page < end),
    thread: 0,
    pc: 0,
    write: false,
    vmas,
    pages,
    programCounters: 16,
    device: DEVICE_PROFILES.nvme,
    frames: pages,
    free: pages,
    inFlight: 0,
    queueWait: 0,
    state: new Uint8Array(pages).fill(SWAPPED),
    slotOf: Int32Array.from({ length: pages }, (_, p) => p + 1),
    ownerOf: Int32Array.from({ length: pages + 1 }, (_, slot) => slot - 1),
    vmaAddress: new Int32Array(vmas.length).fill(-1),
    vmaHits: new Int32Array(vmas.length).fill(4),
    clusterHits: 4,
    log,
    previousOfPage: -1,
    previousOfPc: -1,
    accuracy: new Float32Array(BOOKS).fill(0.5),
    pcAccuracy: new Float32Array(16 * BOOKS).fill(0.5),
    pcUnknown: new Float32Array(16 * BOOKS).fill(1),
    refaultDistance: 0,
    majorUs: 0,
    stallShare: 0,
    shortRefaults: 0,
    counters: {
      zero_fills: 0,
      major_faults: 0,
      ra_issued: 0,
      ra_hit: 0,
      ra_late: 0,
      ra_waste: 0,
      markers: 0,
      decisions: 0,
      refaults: 0,
      short_refaults: 0,
      reclaimed: 0,
      swap_outs: 0,
    },
  };
  log.push(page, 0, 0);
  return view;
}

/** What a heuristic did with a sequence of accesses. */
export interface Replay {
  readonly misses: number;
  readonly hits: number;
  readonly issued: number;
  /** Pages of each decision, in order. */
  readonly decisions: readonly (readonly number[])[];
}

/** Plays accesses against a memory without limit: what was read once stays. Reads take no time. */
export function replay(heuristic: ReadaheadHeuristic, accesses: readonly Access[], pages = 1024): Replay {
  const view = faultView(0, { pages });
  const log = new SwapLog(pages, 16, 1024);
  Object.assign(view, { log });
  heuristic.reset();
  const decisions: number[][] = [];
  let misses = 0;
  let hits = 0;
  let issued = 0;
  const marked = new Set<number>();
  for (const access of accesses) {
    const { page, pc = 0, thread = 0 } = typeof access === "number" ? { page: access } : access;
    if (view.state[page] === MAPPED) continue;
    const hit = view.state[page] === CACHED;
    log.push(page, pc, thread);
    Object.assign(view, { page, pc, thread, kind: hit ? "marker" : "fault" });
    view.state[page] = hit ? MAPPED : SWAPPED;
    if (!hit || marked.has(page)) {
      const decision = heuristic.decide(view);
      const read = [...decision.pages.subarray(0, decision.count)];
      if (decision.marker >= 0) marked.add(read[decision.marker]);
      for (const candidate of read) view.state[candidate] = CACHED;
      decisions.push(read);
      issued += read.length;
    }
    view.state[page] = MAPPED;
    view.vmaAddress[0] = page;
    if (hit) {
      hits++;
      view.vmaHits[0]++;
      view.clusterHits++;
    } else {
      misses++;
      view.vmaHits[0] = 0;
      view.clusterHits = 0;
    }
  }
  return { misses, hits, issued, decisions };
}
