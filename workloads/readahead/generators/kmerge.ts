import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * An external merge sort: 4 to 64 sorted runs are merged into one output, which is then split into runs again (another
 * merge pass over other keys). Every run is read in order; the next run to read from is random. Runs differ in length.
 * The merge changes to another run 2 to 8 times per page.
 */
export function kmerge(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("kmerge", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 16 + random.integer(32));
  const size = (builder.pages - 32) >> 1;
  const halves = [builder.region(size), builder.region(size)];
  fill(builder, thread, { start: halves[0], pages: size });
  const [read, write] = [builder.site(), builder.site()];
  const turns = 2 + random.integer(7);
  const ns = random.uniform(400, 4000);
  for (let pass = 0; !thread.full; pass++) {
    const input = halves[pass % 2];
    const output = halves[1 - (pass % 2)];
    const runs = drawRuns(size, 4 + random.integer(61), () => random.uniform(0.5, 1.5));
    const steps = size * turns;
    let open = runs.length;
    for (let step = 0; step < steps && open > 0 && !thread.full; step++) {
      const chosen = random.integer(open);
      const run = runs[chosen];
      thread.touch(input + Math.floor(run.at), read, false, ns);
      thread.touch(output + Math.floor(step / turns), write, true, ns);
      if (random.next() < 0.05) hot.touch(thread, 200);
      run.at += 1 / turns;
      if (run.at >= run.end) {
        runs[chosen] = runs[--open];
        runs[open] = run;
      }
    }
  }
  return builder.build();
}

interface Run {
  /** Page to read next; the fraction is the part of it that has been read. */
  at: number;
  end: number;
}

/** Splits `size` pages into `count` runs whose lengths are proportional to draws of `weight`. */
function drawRuns(size: number, count: number, weight: () => number): Run[] {
  const weights = Array.from({ length: count }, weight);
  const scale = size / weights.reduce((sum, value) => sum + value, 0);
  let start = 0;
  let exact = 0;
  return weights.map((value) => {
    exact += value * scale;
    const run = { at: start, end: Math.min(size, Math.round(exact)) };
    start = run.end;
    return run;
  });
}
