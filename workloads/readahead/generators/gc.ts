import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";
import { zipfRank } from "./zipf_rank.ts";

/** References per object. */
const REFERENCES = 2;

/**
 * A garbage-collected heap. The program runs first: it uses popular objects, allocates, and changes references. Then
 * the collector marks (depth first over all references from the roots, with marks in a bitmap) and sweeps (the heap in
 * order, freeing objects).
 *
 * Pages hold 1 to 3 objects. Three in four references point to objects that were allocated at about the same time.
 * Between two collections, 1 to 8 % of the objects get a new reference.
 */
export function gc(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("gc", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const roots = new HotSet(builder, 16 + random.integer(32), { writes: 0.5 });
  const heapPages = builder.pages - 48;
  const objects = heapPages * (1 + random.integer(3));
  const bitmapPages = 8;
  const heap = builder.region(heapPages);
  const bitmap = builder.region(bitmapPages);
  fill(builder, thread, { start: heap, pages: heapPages });
  const near = random.uniform(0.6, 0.85);
  const spread = 8 + random.integer(120);
  const target = (from: number): number => {
    if (random.next() >= near) return random.integer(objects);
    return (from + objects + random.integer(2 * spread) - spread) % objects;
  };
  const references = new Uint32Array(objects * REFERENCES);
  for (let i = 0; i < references.length; i++) references[i] = target(Math.floor(i / REFERENCES));
  const [load, store, trace, setMark, sweep, freeCell] = [0, 1, 2, 3, 4, 5].map(() => builder.site());
  const ns = random.uniform(300, 2500);
  const exponent = random.uniform(0.3, 0.8);
  const stride = 1 + 2 * random.integer(objects >> 1);
  const requests = random.uniform(0.3, 1) * heapPages;
  const changes = random.uniform(0.01, 0.08) * objects;
  const garbage = random.uniform(0.02, 0.3);
  const pageOf = (object: number): number => heap + Math.floor((object * heapPages) / objects);
  const markedIn = new Int32Array(objects).fill(-1);
  const stack = new Uint32Array(objects * REFERENCES + 1);
  for (let cycle = 0; !thread.full; cycle++) {
    for (let i = 0; i < requests; i++) {
      // Popular objects are scattered over the heap.
      const object = (zipfRank(random.next(), objects, exponent) * stride) % objects;
      thread.touch(pageOf(object), load, false, ns);
      thread.touch(pageOf(references[object * REFERENCES]), store, random.next() < 0.3, ns);
      roots.touch(thread, 200);
    }
    for (let i = 0; i < changes; i++) {
      const object = random.integer(objects);
      references[object * REFERENCES + random.integer(REFERENCES)] = target(object);
      thread.touch(pageOf(object), store, true, ns);
    }
    let depth = 0;
    for (let root = 0; root < 8; root++) stack[depth++] = (root * 997) % objects;
    while (depth > 0 && !thread.full) {
      const object = stack[--depth];
      if (markedIn[object] === cycle) continue;
      markedIn[object] = cycle;
      thread.touch(bitmap + Math.floor((object * bitmapPages) / objects), setMark, true, 100);
      thread.touch(pageOf(object), trace, false, ns);
      for (let k = 0; k < REFERENCES; k++) {
        const next = references[object * REFERENCES + k];
        if (markedIn[next] !== cycle) stack[depth++] = next;
      }
    }
    for (let page = 0; page < heapPages && !thread.full; page++) {
      thread.touch(bitmap + Math.floor((page * bitmapPages) / heapPages), sweep, false, 100);
      thread.touch(heap + page, freeCell, random.next() < garbage, ns);
    }
  }
  return builder.build();
}
