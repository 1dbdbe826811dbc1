import type { RandomStream } from "../../../kernel/random.ts";
import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { type Actor, drawBurst, filledRegions, interleave, type Range } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/**
 * Programs of every degree of predictability: 2 to 7 loops, each over its own region. A loop follows a fixed order:
 * upwards, downwards, by strides, or shuffled in runs of 1 to 16 pages. With a probability of its own, 0 to 0.9, it
 * leaves this order for another page of the region or continues elsewhere in the order.
 *
 * One to three loops are active at a time, in turns of 1 to 64 accesses; the active set changes after some thousand
 * accesses. Some loops share their instruction with another loop.
 */
export function blend(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("blend", seed, options);
  const { random } = builder;
  const count = random.next() < 0.7 ? 1 : 2 + random.integer(3);
  for (const thread of Array.from({ length: count }, () => builder.thread(1 / count))) {
    const loops = 2 + random.integer(6);
    const ranges = filledRegions(builder, thread, loops, (builder.pages - 48) / count);
    let site = builder.site();
    const actors = ranges.map((range) => {
      if (random.next() < 0.7) site = builder.site();
      return follower(random, range, site);
    });
    const hot = new HotSet(builder, Math.floor(48 / count));
    const burst = drawBurst(random);
    while (!thread.full) {
      const active = Array.from({ length: 1 + random.integer(3) }, () => actors[random.integer(loops)]);
      if (random.next() < 0.5) active.push((one) => hot.touch(one, 200));
      interleave(thread, active, burst, random, thread.length + 1000 + random.integer(8000));
    }
  }
  return builder.build();
}

/** A loop that follows an order over a region and leaves it now and then. */
function follower(random: RandomStream, range: Range, site: number): Actor {
  const order = drawOrder(random, range.pages);
  const stray = random.next() < 0.3 ? 0 : random.uniform(0, 0.6);
  const jump = random.next() < 0.3 ? 0 : 0.3 * random.next() ** 3;
  const writes = random.next() < 0.4 ? random.uniform(0, 1) : 0;
  const ns = 300 * 40 ** random.next();
  let at = 0;
  return (thread) => {
    const draw = random.next();
    const write = random.next() < writes;
    if (draw < stray) {
      thread.touch(range.start + random.integer(range.pages), site, write, ns);
      return;
    }
    if (draw < stray + jump) at = random.integer(order.length);
    thread.touch(range.start + order[at % order.length], site, write, ns);
    at++;
  };
}

/** An order over `pages` pages: upwards, downwards, by a stride, or in shuffled runs. */
function drawOrder(random: RandomStream, pages: number): ArrayLike<number> {
  const kind = random.next();
  if (kind < 0.2) return Array.from({ length: pages }, (_, i) => i);
  if (kind < 0.3) return Array.from({ length: pages }, (_, i) => pages - 1 - i);
  if (kind < 0.45) {
    const stride = 2 + random.integer(30);
    return Array.from({ length: pages }, (_, i) => i).sort((a, b) => (a % stride) - (b % stride) || a - b);
  }
  const run = 2 ** random.integer(5);
  const order: number[] = [];
  for (const first of shuffled(Math.ceil(pages / run), random)) {
    for (let page = first * run; page < Math.min(pages, (first + 1) * run); page++) order.push(page);
  }
  return order;
}
