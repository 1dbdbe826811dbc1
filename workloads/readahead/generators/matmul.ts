import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/** Doubles per page. */
const PAGE_DOUBLES = 512;

/**
 * Repeated products C = A B of dense matrices by rows. Rows of B and C have 2 to 24 pages; A is as wide as B is high.
 * The loop order is drawn:
 *
 * - row by row of B for a row of C (ikj)
 * - column by column of B, a stride, for a row of C (ijk)
 * - blocked: tiles of B of 4 to 16 rows by 1 to 4 pages, each for 4 to 16 rows of C
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
  const kind = random.integer(3);
  const band = kind === 2 ? 4 + random.integer(13) : 1;
  const height = kind === 2 ? 4 + random.integer(13) : inner;
  const tile = kind === 0 ? width : kind === 1 ? 1 : 1 + random.integer(4);
  /**
   * Adds to rows `top` to `bottom` of C the product of the same rows of A with a tile of B: rows from `first`, pages
   * from `left`.
   */
  const multiply = (top: number, bottom: number, first: number, left: number): void => {
    const last = Math.min(inner, first + height);
    const right = Math.min(width, left + tile);
    for (let i = top; i < bottom; i++) {
      for (let k = first; k < last; k++) {
        for (let x = left; x < right; x++) {
          thread.touch(a + Math.floor((i * inner + k) / PAGE_DOUBLES), loadA, false, 50);
          thread.touch(b + k * width + x, loadB, false, ns);
          thread.touch(c + i * width + x, loadC, true, 50);
        }
      }
    }
  };
  while (!thread.full) {
    for (let top = 0; top < rows && !thread.full; top += band) {
      for (let first = 0; first < inner && !thread.full; first += height) {
        for (let left = 0; left < width; left += tile) multiply(top, Math.min(rows, top + band), first, left);
      }
      hot.touch(thread, 200);
    }
  }
  return builder.build();
}
