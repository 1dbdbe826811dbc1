import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill, type Range } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/** An app: its memory, and what it touches when it comes to the foreground. */
interface App {
  readonly memory: Range;
  /** `[accesses]` pages that a launch touches, in order. */
  readonly launch: Uint32Array;
  /** Index of the first of its instructions: three for launch, one for use. */
  readonly site: number;
}

/**
 * 3 to 7 apps of a phone that take turns in the foreground.
 *
 * A relaunch touches 80 to 97 % of the same pages as the app's last launch, in mostly the same order. Then the app is
 * used for a while: its own hot pages, and now and then any of its pages. A second thread makes a fifth of all
 * accesses: the noise of background services.
 */
export function relaunch(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("relaunch", seed, options);
  const { random, pages } = builder;
  const front = builder.thread(0.8);
  const behind = builder.thread(0.2);
  const system = new HotSet(builder, 48, { writes: 0.4, sites: 8 });
  const servicePages = Math.floor(0.12 * pages);
  const count = 3 + random.integer(5);
  const size = Math.floor((pages - servicePages - 48) / count);
  const apps = Array.from({ length: count }, (): App => {
    const memory = { start: builder.region(size), pages: size };
    fill(builder, front, memory);
    return { memory, launch: drawLaunch(size, random), site: builder.sites(4) };
  });
  const similar = random.uniform(0.8, 0.97);
  const ns = random.uniform(500, 5000);
  let app = apps[0];
  while (!front.full) {
    const others = apps.filter((other) => other !== app);
    app = others[Math.floor(random.next() ** 1.5 * others.length)];
    const { memory, launch, site } = app;
    for (let i = 0; i < launch.length; i++) {
      const kept = random.next() < similar;
      const page = kept ? launch[i] : random.integer(size);
      // A part of this launch's new pages becomes permanent.
      if (!kept && random.next() < 0.1) launch[i] = page;
      const step = Math.floor((3 * i) / launch.length);
      front.touch(memory.start + page, site + step, random.next() < 0.25, ns);
      if (random.next() < 0.1) system.touch(front, 300);
    }
    const uses = random.uniform(0.3, 1.5) * launch.length;
    for (let i = 0; i < uses; i++) {
      const page = random.next() < 0.03 ? random.integer(size) : launch[random.integer(launch.length >> 3)];
      front.touch(memory.start + page, site + 3, random.next() < 0.3, ns);
    }
  }
  serve(builder, behind, servicePages, ns);
  return builder.build();
}

/** Runs of 1 to 12 pages from the whole app, together about half of its size. */
function drawLaunch(size: number, random: AccessBuilder["random"]): Uint32Array {
  const launch = new Uint32Array(Math.floor(size * random.uniform(0.4, 0.7)));
  for (let i = 0; i < launch.length; ) {
    const first = random.integer(size);
    const end = Math.min(size, first + 1 + random.integer(12));
    for (let page = first; page < end && i < launch.length; page++) launch[i++] = page;
  }
  return launch;
}

/** Background services: short bursts of lookups over their own memory. */
function serve(builder: AccessBuilder, thread: ReturnType<AccessBuilder["thread"]>, pages: number, ns: number): void {
  const { random } = builder;
  const services = new HotSet(builder, pages, { exponent: 0.5, writes: 0.3, sites: 12 });
  services.fill(thread, 1000);
  while (!thread.full) services.touch(thread, ns * random.uniform(1, 8));
}
