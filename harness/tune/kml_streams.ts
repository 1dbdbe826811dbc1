import { KmlWindow } from "../../baselines/readahead/kml_window.ts";
import { none } from "../../baselines/readahead/none.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadWorkload } from "../../kernel/readahead/workload.ts";

/** Most samples taken of a stream. Source: choice. */
const SAMPLES = 20;

/** Accesses after the region has been filled. Source: choice. */
const ACCESSES = 20_000;

/**
 * A stream of one class of `KML_CLASSES` over one region, which is filled first: random accesses, or a circular scan
 * with up to one access in ten elsewhere. Region, pace and write share are drawn from the seed.
 */
export function kmlStream(kind: number, seed: number): ReadaheadWorkload {
  const random = randomStream(seed, "readahead/kml", kind);
  const pages = 1200 + random.integer(2800);
  const page = new Uint32Array(pages + ACCESSES);
  const write = new Uint8Array(page.length);
  const computeNs = new Uint32Array(page.length);
  const ns = 300 * 30 ** random.next();
  const next = kind < 2 ? randomPages(pages, random) : scanPages(pages, kind === 2 ? 1 : -1, random);
  const writes = [random.uniform(0, 0.02), random.uniform(0.2, 0.8), random.uniform(0, 0.5), random.uniform(0, 0.5)][
    kind
  ];
  for (let i = 0; i < page.length; i++) {
    page[i] = i < pages ? i : next();
    write[i] = i < pages || random.next() < writes ? 1 : 0;
    computeNs[i] = Math.round(ns * random.exponential());
  }
  return {
    name: "kml",
    pages,
    vmas: [{ start: 0, end: pages, address: 512 * random.integer(1000) }],
    footprint: pages,
    programCounters: 1,
    threads: [{ page, write, pc: new Uint16Array(page.length), computeNs }],
  };
}

/** Random pages, a part of which may draw more accesses than the rest. */
function randomPages(pages: number, random: RandomStream): () => number {
  const hot = Math.ceil(pages * random.uniform(0.2, 1));
  const share = random.uniform(0, 0.6);
  return () => random.integer(random.next() < share ? hot : pages);
}

function scanPages(pages: number, step: number, random: RandomStream): () => number {
  const elsewhere = random.uniform(0, 0.1);
  let at = random.integer(pages);
  return () => {
    if (random.next() < elsewhere) return random.integer(pages);
    at = (at + step + pages) % pages;
    return at;
  };
}

/**
 * Features of the intervals of a stream of class `kind`, as the classifier sees them without readahead: `[5]` each, at
 * most 20. Device, frames and interval length are also drawn from the seed. Sampling begins when as many pages have
 * been reclaimed as the workload has; before that, every page is written out for the first time.
 */
export function kmlSamples(kind: number, seed: number): Float64Array[] {
  const random = randomStream(seed, "readahead/kml-run", kind);
  const workload = kmlStream(kind, seed);
  // A synchronous device writes every page at eviction, so its writes carry no information.
  const devices = Object.values(DEVICE_PROFILES).filter((profile) => !profile.synchronous);
  const device = devices[random.integer(devices.length)];
  const frames = Math.round(workload.pages * random.uniform(0.1, 0.4));
  // As many faults per interval as the classifier meets, from a fast device to a slow one.
  const intervalUs = (20 + 380 * random.next() ** 2) * (device.faultUs + device.latencyUs + device.pageUs + 5);
  const recent = new KmlWindow(intervalUs);
  const policy = none.create({});
  const kernel = new ReadaheadKernel();
  kernel.reset(
    {
      workload,
      frames,
      device,
      backgroundLoad: 0,
      fragmentation: 0,
      demandFirst: false,
      singleList: false,
      countPollution: false,
    },
    seed,
  );
  const samples: Float64Array[] = [];
  while (!kernel.done && samples.length < SAMPLES) {
    if (recent.take(kernel.view) && kernel.view.counters.reclaimed > workload.pages) {
      samples.push(recent.features.slice());
    }
    kernel.decide(policy.decide(kernel.view));
  }
  return samples;
}
