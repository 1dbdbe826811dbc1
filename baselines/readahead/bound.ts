import { MAX_READAHEAD } from "../../kernel/readahead/decision.ts";
import { HIT_US, RECLAIM_PAGE_US, ZERO_FILL_US } from "../../kernel/readahead/device.ts";
import type { ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { AccessStream } from "../../kernel/readahead/workload.ts";
import { type MinLoads, minLoads } from "./min_loads.ts";

/** Reclaim keeps at most this share of the frames free: it reclaims no page before the other frames are in use. */
const RESERVE_SHARE = 1 / 16;

/** Relative error that rounding may cause in a sum of charges. */
const ROUNDING = 1e-9;

/**
 * The certified bound: no policy runs `scenario` with fewer us of stall and inflicted delay, however much it knows. It
 * scores 1. The bound may see the future. Policies may not. Why it holds, step by step:
 *
 * **Loads.** A page is mapped only when it is used, by a first touch or by a swap access (a major fault or a hit in the
 * swap cache), and no more than `frames` pages are mapped. So the mapped pages are a demand-paged memory of `frames`
 * frames, whatever is read ahead, and it has at least the misses of MIN. First touches are the distinct pages. The rest
 * are swap accesses. With several threads, take the accesses of one thread in its own order, which no decision changes.
 * Pages also enter through faults of other threads. For this stream that is fetching ahead of use, and it does not
 * lower the number of entries below MIN's. Every page of the stream enters once by a first touch of some thread. So the
 * swap accesses to these pages, by all threads together, are at least MIN's loads. The same holds for any part of a
 * stream. Sums are allowed over disjoint sets of pages: all pages of one thread, and of every other thread the pages
 * that no other thread uses.
 *
 * **Price of a load.** See `pricedLoads`.
 *
 * **Reclaim.** Of distinct pages + loads entries, at most `frames` are mapped at the end. The others were reclaimed,
 * and each was scanned twice: it was young since it was mapped, and reclaim passes over young pages once. In the mode
 * of one list each was scanned once. At least distinct pages - frames pages are reclaimed for the first time, without a
 * slot, and are written. On a synchronous device a thread waits for that.
 *
 * **Bandwidth.** See `bandwidthBound`.
 */
export function readaheadBound(scenario: ReadaheadScenario): number {
  const { workload, frames, device, singleList } = scenario;
  const { threads } = workload;
  let bound = 0;
  let found: MinLoads;
  if (threads.length === 1) {
    const loaded = new Uint8Array(threads[0].page.length);
    found = minLoads(threads[0].page, workload.pages, frames, loaded);
    if (!device.synchronous && found.loads > 0) bound = bandwidthBound(scenario, loaded, found.loads);
  } else {
    found = minLoadsOfThreads(scenario);
  }
  const { loads, distinct } = found;
  const scans = singleList ? 1 : 2;
  const reclaim = Math.max(0, distinct + loads - frames) * scans * RECLAIM_PAGE_US;
  const store = device.synchronous ? Math.max(0, distinct - frames) * device.storeUs : 0;
  bound = Math.max(bound, pricedLoads(scenario, loads) + reclaim + store);
  return bound * (1 - ROUNDING);
}

/**
 * Least number of swap accesses of several threads, in any interleaving of their accesses, and their distinct pages.
 */
function minLoadsOfThreads({ workload, frames }: ReadaheadScenario): MinLoads {
  const { threads, pages } = workload;
  const user = usersOf(threads, pages);
  let sum = 0;
  let most = 0;
  for (const [thread, { page }] of threads.entries()) {
    const alone = minLoads(
      page.filter((p) => user[p] === thread),
      pages,
      frames,
    ).loads;
    sum += alone;
    most = Math.max(most, minLoads(page, pages, frames).loads - alone);
  }
  return { loads: sum + most, distinct: user.reduce((count, thread) => count + (thread === UNUSED ? 0 : 1), 0) };
}

/** Users of a page that no thread uses, and of a page that several threads use. */
const UNUSED = -1;
const SHARED = -2;

/** `[pages]` the only thread that uses a page, `UNUSED` or `SHARED`. */
function usersOf(threads: readonly AccessStream[], pages: number): Int8Array {
  const user = new Int8Array(pages).fill(UNUSED);
  for (const [thread, { page }] of threads.entries()) {
    for (const p of page) {
      if (user[p] === UNUSED) user[p] = thread;
      else if (user[p] !== thread) user[p] = SHARED;
    }
  }
  return user;
}

/**
 * Least stall of `loads` swap accesses, us. Each is a hit or a major fault. The first is a major fault, because nothing
 * is read ahead before the first decision.
 *
 * Asynchronous: a major fault takes the fault and a lone read. A hit takes `HIT_US`, and its read takes no thread's
 * time. Synchronous: the page's part of a read takes the time of some thread either way. A major fault pays the fault
 * and the fixed part, and can read `MAX_READAHEAD` pages in addition to its own for hits. A marker pays the fixed part
 * and can read as many. With m majors, h = loads - m hits and k markers, h <= MAX_READAHEAD (m + k), the least is at a
 * corner of the linear programme.
 */
function pricedLoads({ device }: ReadaheadScenario, loads: number): number {
  if (loads === 0) return 0;
  const { synchronous, faultUs, latencyUs, pageUs } = device;
  if (!synchronous) {
    const major = faultUs + latencyUs + pageUs;
    return major + (loads - 1) * Math.min(HIT_US, major);
  }
  const corner = (majors: number) => {
    const hits = loads - majors;
    const markers = Math.max(0, hits / MAX_READAHEAD - majors);
    return majors * (faultUs + latencyUs) + hits * HIT_US + markers * latencyUs;
  };
  const fewest = Math.max(1, loads / (MAX_READAHEAD + 1));
  return loads * pageUs + Math.min(corner(1), corner(fewest), corner(loads));
}

/**
 * Stall of a single thread on an asynchronous device, us. It is forced because a device has limited bandwidth.
 *
 * When access i is done, at least the pages that MIN loads up to i have been read (MIN is the least for every prefix).
 * They have crossed the bus one by one, the first after the latency of the media, with at most `queueDepth` reads under
 * way. Reading began no earlier than the first reclaim. In the part of that time in which the thread did not compute,
 * it was stalled. The remaining loads cost a hit each. That is counted only where the bus is slower than hits.
 * Otherwise more loads before i than MIN has could be cheaper in sum.
 */
function bandwidthBound({ workload, frames, device }: ReadaheadScenario, loaded: Uint8Array, loads: number): number {
  const { page, computeNs } = workload.threads[0];
  const { latencyUs, pageUs, queueDepth } = device;
  const channelUs = (latencyUs + pageUs) / queueDepth;
  const leftUs = pageUs >= HIT_US ? HIT_US : 0;
  const full = Math.floor(frames * (1 - RESERVE_SHARE));
  const seen = new Uint8Array(workload.pages);
  let distinct = 0;
  /** Time on the processor since the earliest time at which reading can have begun, us. */
  let running = 0;
  let done = 0;
  let most = 0;
  for (let i = 0; i < page.length; i++) {
    if (distinct >= full) running += computeNs[i] * 1e-3;
    if (seen[page[i]] === 0) {
      seen[page[i]] = 1;
      if (distinct >= full) running += ZERO_FILL_US;
      distinct++;
    }
    if (loaded[i] === 0) continue;
    done++;
    const reading = Math.max(latencyUs + done * pageUs, done * channelUs);
    most = Math.max(most, reading - running + (loads - done) * leftUs);
  }
  return most;
}
