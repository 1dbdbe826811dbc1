import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * A linked list that is walked from end to end again and again. Only the successor in the last walk predicts the next
 * node.
 *
 * Pages hold one node; in two of seven seeds they hold 2 or 3. Groups of 1 to 8 nodes that were allocated together stay
 * neighbours. In two of five lists, each node points to a payload elsewhere. A walk skips up to 4 % of the nodes; after
 * it, up to 3 % of the nodes change places.
 */
export function pointerChase(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("pointer-chase", seed, options);
  const { random } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 16 + random.integer(48));
  const pages = builder.pages - 40;
  const listPages = random.next() < 0.4 ? pages >> 1 : pages;
  const payloadPages = pages - listPages;
  const list = builder.region(listPages);
  const payload = payloadPages > 0 ? builder.region(payloadPages) : 0;
  fill(builder, thread, { start: list, pages: listPages });
  if (payloadPages > 0) fill(builder, thread, { start: payload, pages: payloadPages });
  const nodes = listPages * [1, 1, 1, 1, 1, 2, 3][random.integer(7)];
  const cluster = 1 + random.integer(8);
  const order = new Uint32Array(nodes);
  let at = 0;
  for (const first of shuffled(Math.ceil(nodes / cluster), random)) {
    for (let node = first * cluster; node < Math.min(nodes, (first + 1) * cluster); node++) {
      order[at++] = node % listPages;
    }
  }
  const target = shuffled(payloadPages, random);
  const skipped = random.uniform(0, 0.04);
  const relinked = random.uniform(0, 0.03) * nodes;
  const updates = random.next() < 0.5 ? random.uniform(0, 0.3) : 0;
  const ns = random.uniform(300, 5000);
  const [next, load] = [builder.site(), builder.site()];
  while (!thread.full) {
    for (let i = 0; i < nodes; i++) {
      if (random.next() < skipped) continue;
      thread.touch(list + order[i], next, random.next() < updates, ns);
      if (payloadPages > 0) thread.touch(payload + target[i % payloadPages], load, false, ns / 2);
      if (random.next() < 0.05) hot.touch(thread, 200);
    }
    for (let i = 0; i < relinked; i++) {
      const from = random.integer(nodes);
      const to = random.integer(nodes);
      const page = order[from];
      order[from] = order[to];
      order[to] = page;
    }
  }
  return builder.build();
}
