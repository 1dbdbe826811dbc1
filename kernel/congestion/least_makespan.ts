import { deliveryNs, EARLY_NS, firstPacket, headNs, lastPacket, returnNs, tailNs, wireBytes } from "./ideal_time.ts";
import type { CongestionWorkload } from "./workload.ts";

/** Passage of a message over a link, ns: its earliest start, its duration, and the least time that follows it. */
interface Passage {
  readonly start: number;
  readonly takes: number;
  readonly after: number;
}

/**
 * Lower bound on the makespan, the time until all messages are done, ns. A group is delivered no earlier than each of
 * its messages alone, and no earlier than a link can carry at full rate what all of them need from it. Messages that
 * wait for the group are released then. The set of all messages is bounded like a group, with the acknowledgements.
 *
 * @param pathOf links of each message
 */
export function leastMakespan(workload: CongestionWorkload, pathOf: (message: number) => Int32Array): number {
  const { messages } = workload;
  const groups = new Map<number, number[]>();
  messages.forEach(({ group }, index) => {
    if (group < 0) return;
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [index]);
    else others.push(index);
  });
  const delivered = new Map<number, number>();
  const deliveredAt = (group: number): number => {
    let time = delivered.get(group);
    if (time === undefined) {
      time = leastEnd(workload, pathOf, groups.get(group) ?? [], releaseOf, false);
      delivered.set(group, time);
    }
    return time;
  };
  const releaseOf = (index: number): number => {
    const { start, after } = messages[index];
    return after < 0 ? start : deliveredAt(after) + start;
  };
  return leastEnd(workload, pathOf, [...messages.keys()], releaseOf, true);
}

/** Time before which these messages cannot all be delivered (or acknowledged), ns. */
function leastEnd(
  { topology, messages }: CongestionWorkload,
  pathOf: (message: number) => Int32Array,
  indices: readonly number[],
  releaseOf: (message: number) => number,
  acknowledged: boolean,
): number {
  const passages = new Map<number, Passage[]>();
  let least = 0;
  for (const index of indices) {
    const { bytes } = messages[index];
    const path = pathOf(index);
    const release = releaseOf(index);
    const back = (acknowledged ? returnNs(topology, path) : 0) - EARLY_NS * path.length;
    least = Math.max(least, release + deliveryNs(topology, path, bytes) + back);
    path.forEach((link, hop) => {
      const passage = {
        start: release + headNs(topology, path, hop, firstPacket(bytes)),
        takes: wireBytes(bytes) / topology.rate[link],
        after: tailNs(topology, path, hop, lastPacket(bytes)) + back,
      };
      const others = passages.get(link);
      if (others === undefined) passages.set(link, [passage]);
      else others.push(passage);
    });
  }
  for (const list of passages.values()) least = Math.max(least, lastOf(list));
  return least;
}

/** Earliest end of all these passages over one link at its full rate, when each has an earliest start. */
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
