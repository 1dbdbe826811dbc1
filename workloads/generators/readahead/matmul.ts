import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/** Doubles of a page. */
const PAGE_DOUBLES = 512;

/**
 * Products C = A B of dense matrices by rows, again and again. Rows of B and C are 2 to 24 pages; A is as long as B is
 * high. Loops by a draw: `ikj` (rows of B in order), `ijk` (a column of B for a page of C: a stride), or blocked (tiles
 * of B of 4 to 16 rows' height by 1 to 4 pages, each used by all rows of C in a band).
 */
export function matmul(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("matmul", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 16);
  const width = 2 + random.integer(23);
  const inner = Math.floor((random.uniform(0.5, 0.75) * pages) / width);
  const rows = Math.max(4, Math.floor((pages - 16 - inner * width) / (width + inner / PAGE_DOUBLES)));
  const aPages = Math.ceil((rows * inner) / PAGE_DOUBLES);
  const a = builder.region(aPages);
  const b = builder.region(inner * width);
  const c = builder.region(rows * width);
  fill(builder, thread, { start: a, pages: aPages });
  fill(builder, thread, { start: b, pages: inner * width });
  fill(builder, thread, { start: c, pages: rows * width });
  const [loadA, loadB, loadC] = [builder.site(), builder.site(), builder.site()];
  const ns = random.uniform(500, 4000);
  /** Page x of row i of C plus A[i][k] times page x of row k of B. */
  const step = (i: number, k: number, x: number): void => {
    thread.touch(a + Math.floor((i * inner + k) / PAGE_DOUBLES), loadA, false, 50);
    thread.touch(b + k * width + x, loadB, false, ns);
    thread.touch(c + i * width + x, loadC, true, 50);
  };
  const order = random.integer(3);
  const [tallest, widest] = [4 + random.integer(13), 1 + random.integer(4)];
  const band = 4 + random.integer(13);
  while (!thread.full) {
    if (order === 0) {
      for (let i = 0; i < rows && !thread.full; i++) {
        for (let k = 0; k < inner; k++) for (let x = 0; x < width; x++) step(i, k, x);
        hot.touch(thread, 200);
      }
    } else if (order === 1) {
      for (let i = 0; i < rows && !thread.full; i++) {
        for (let x = 0; x < width; x++) for (let k = 0; k < inner; k++) step(i, k, x);
        hot.touch(thread, 200);
      }
    } else {
      for (let top = 0; top < rows && !thread.full; top += band) {
        for (let block = 0; block < inner && !thread.full; block += tallest) {
          for (let left = 0; left < width; left += widest) {
            for (let i = top; i < Math.min(rows, top + band); i++) {
              for (let k = block; k < Math.min(inner, block + tallest); k++) {
                for (let x = left; x < Math.min(width, left + widest); x++) step(i, k, x);
              }
            }
          }
        }
        hot.touch(thread, 200);
      }
    }
  }
  return builder.build();
}
