import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Sweeps of a stencil over a grid, from one copy to the other and back. Rows are 2 to 12 pages. In two dimensions, a
 * point needs the rows above and below. In three dimensions (half of the seeds), it also needs the planes before and
 * behind. One, two or four threads each have a band of planes or rows.
 */
export function stencil(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("stencil", seed, options);
  const { random } = builder;
  const hot = new HotSet(builder, 16);
  const row = 2 + random.integer(11);
  const height = random.next() < 0.5 ? Number.POSITIVE_INFINITY : 4 + random.integer(13);
  const rows = Math.floor((builder.pages - 16) / (2 * row));
  const grids = [builder.region(rows * row), builder.region(rows * row)];
  const ns = random.uniform(1000, 12_000);
  const [center, above, below, before, behind, store] = [0, 1, 2, 3, 4, 5].map(() => builder.site());
  const bands = [1, 1, 2, 4][random.integer(4)];
  for (let band = 0; band < bands; band++) {
    const thread = builder.thread(1 / bands);
    const first = Math.floor((band * rows) / bands);
    const last = Math.floor(((band + 1) * rows) / bands);
    for (const grid of grids) fill(builder, thread, { start: grid + first * row, pages: (last - first) * row });
    for (let sweep = 0; !thread.full; sweep++) {
      const from = grids[sweep % 2];
      const to = grids[1 - (sweep % 2)];
      for (let y = first; y < last && !thread.full; y++) {
        for (let x = 0; x < row; x++) {
          const page = from + y * row + x;
          if (y >= height) thread.touch(page - height * row, before, false, ns);
          if (y > 0) thread.touch(page - row, above, false, ns);
          thread.touch(page, center, false, ns);
          if (y + 1 < rows) thread.touch(page + row, below, false, ns);
          if (y + height < rows) thread.touch(page + height * row, behind, false, ns);
          thread.touch(to + y * row + x, store, true, ns);
        }
        if (random.next() < 0.1) hot.touch(thread, 200);
      }
    }
  }
  return builder.build();
}
