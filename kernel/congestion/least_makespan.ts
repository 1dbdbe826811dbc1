import { deliveryNs, EARLY_NS, firstPacket, headNs, lastPacket, returnNs, tailNs, wireBytes } from "./ideal_time.ts";
import type { CongestionWorkload } from "./workload.ts";

/** What passes a link: when it can begin at the earliest, the time it takes there, and the least that comes after it, ns. */
interface Passage {
  readonly start: number;
  readonly takes: number;
  readonly after: number;
}

/**
 * Time before which not all messages can be done, ns: the longest chain of messages that wait for each other, each as fast as
 * alone; and for each link, what can reach it from some time on, at its full rate, with the least way that is left after it.
 *
 * @param pathOf links of each message
 */
export function leastMakespan(workload: CongestionWorkload, pathOf: (message: number) => Int32Array): number {
  const { topology, messages } = workload;
  const releases = earliestReleases(workload, pathOf);
  const passages = new Map<number, Passage[]>();
  let least = 0;
  messages.forEach(({ bytes }, index) => {
    const path = pathOf(index);
    const back = returnNs(topology, path) - EARLY_NS * path.length;
    least = Math.max(least, releases[index] + deliveryNs(topology, path, bytes) + back);
    path.forEach((link, hop) => {
      const passage = {
        start: releases[index] + headNs(topology, path, hop, firstPacket(bytes)),
        takes: wireBytes(bytes) / topology.rate[link],
        after: tailNs(topology, path, hop, lastPacket(bytes)) + back,
      };
      const others = passages.get(link);
      if (others === undefined) passages.set(link, [passage]);
      else others.push(passage);
    });
  });
  for (const list of passages.values()) least = Math.max(least, lastOf(list));
  return least;
}

/** When the last of these can be done. */
function lastOf(passages: Passage[]): number {
  let last = 0;
  let takes = 0;
  let after = Number.POSITIVE_INFINITY;
  for (const passage of passages.sort((a, b) => b.start - a.start)) {
    takes += passage.takes;
    after = Math.min(after, passage.after);
    last = Math.max(last, passage.start + takes + after);
  }
  return last;
}

/** When each message can be released at the earliest, ns: what it waits for takes at least as long as alone. */
function earliestReleases(
  { topology, messages }: CongestionWorkload,
  pathOf: (message: number) => Int32Array,
): Float64Array {
  const members = new Map<number, number[]>();
  messages.forEach(({ group }, index) => {
    if (group < 0) return;
    const others = members.get(group);
    if (others === undefined) members.set(group, [index]);
    else others.push(index);
  });
  const delivered = new Map<number, number>();
  const deliveredAt = (group: number): number => {
    const known = delivered.get(group);
    if (known !== undefined) return known;
    let last = 0;
    for (const index of members.get(group) ?? []) {
      const path = pathOf(index);
      last = Math.max(
        last,
        releaseOf(index) + deliveryNs(topology, path, messages[index].bytes) - EARLY_NS * path.length,
      );
    }
    delivered.set(group, last);
    return last;
  };
  const releaseOf = (index: number): number => {
    const { start, after } = messages[index];
    return after < 0 ? start : deliveredAt(after) + start;
  };
  return Float64Array.from(messages, (_, index) => releaseOf(index));
}
