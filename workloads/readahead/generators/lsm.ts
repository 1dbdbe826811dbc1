import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/**
 * A log-structured merge tree in memory. Writes go to a memtable (random), which is flushed to a table (in order). When
 * 4 to 8 tables have been written, they are read side by side and merged into one run (in order). A point read visits
 * the memtable, the filters, then one page of a table or run.
 *
 * A ring of pages holds tables and runs. Pages of merged tables are free and are written again later.
 */
export function lsm(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("lsm", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const filters = new HotSet(builder, Math.floor(0.02 * pages), { exponent: 0.3, writes: 0.02 });
  const tablePages = Math.floor(random.uniform(0.02, 0.06) * pages);
  const fanIn = 4 + random.integer(5);
  const memtable = builder.region(tablePages);
  const ringPages = pages - tablePages - Math.floor(0.02 * pages);
  const ring = builder.region(ringPages);
  fill(builder, thread, { start: ring, pages: ringPages });
  const [insert, flush, flushRead, mergeRead, mergeWrite, lookMemtable, readPage] = [0, 1, 2, 3, 4, 5, 6].map(() => {
    return builder.site();
  });
  const ns = random.uniform(400, 3000);
  const reads = random.uniform(0.5, 4);
  const exponent = random.uniform(0.2, 0.8);
  const turns = 1 + random.integer(4);
  let free = 0;
  let tables: number[] = [];
  /** The page `offset` pages after the allocated ones, around the ring. */
  const place = (offset: number): number => ring + ((free + offset) % ringPages);

  while (!thread.full) {
    for (let write = 0; write < tablePages * 2; write++) {
      thread.touch(memtable + random.integer(tablePages), insert, true, ns);
      for (let read = random.exponential() * reads; read > 0.5; read--) {
        thread.touch(memtable + random.integer(tablePages), lookMemtable, false, ns);
        filters.touch(thread, ns);
        // Younger pages are requested more often.
        const age = 1 + zipfRank(random.next(), ringPages, exponent);
        thread.touch(place(ringPages - age), readPage, false, ns);
      }
    }
    tables.push(free);
    for (let page = 0; page < tablePages; page++) {
      thread.touch(memtable + page, flushRead, false, ns);
      thread.touch(place(page), flush, true, ns);
    }
    free += tablePages;
    if (tables.length < fanIn) continue;
    const heads = tables.map((start) => ({ start, at: 0 }));
    for (let step = 0; step < fanIn * tablePages * turns; step++) {
      const open = heads.filter(({ at }) => at < tablePages * turns);
      const head = open[random.integer(open.length)];
      thread.touch(ring + ((head.start + Math.floor(head.at++ / turns)) % ringPages), mergeRead, false, ns);
      thread.touch(place(Math.floor(step / turns)), mergeWrite, true, ns);
    }
    free += fanIn * tablePages;
    tables = [];
  }
  return builder.build();
}
