import { assertWhole } from "../assert_whole.ts";
import { assertHost } from "./assert_host.ts";
import { assertSmcTraffic } from "./smc/assert_traffic.ts";
import type { CongestionWorkload, Message } from "./workload.ts";

/** Throws a RangeError that names the first impossible property of a workload. */
export function assertCongestionWorkload({ name, topology, messages, smc }: CongestionWorkload): void {
  if (messages.length + (smc?.requests.length ?? 0) === 0) {
    throw new RangeError(`${name}: a workload must have at least one message or request, got none`);
  }
  messages.forEach((message, index) => {
    assertMessage(`${name}: message ${index}`, message, topology.hosts);
  });
  assertConnections(name, messages);
  assertGroups(name, messages);
  if (smc !== null) assertSmcTraffic(name, smc, topology.hosts);
}

function assertMessage(
  who: string,
  { src, dst, bytes, start, after, group, connection }: Message,
  hosts: number,
): void {
  assertHost(who, src, hosts);
  assertHost(who, dst, hosts);
  if (src === dst) throw new RangeError(`${who}: a message must go to another host, got ${src} to ${dst}`);
  assertWhole(`${who}: bytes`, bytes, 1);
  assertWhole(`${who}: start (ns)`, start, 0);
  for (const [what, value] of Object.entries({ after, group, connection })) {
    if (Number.isSafeInteger(value) && value >= -1) continue;
    throw new RangeError(`${who}: ${what} must be -1 or a whole number >= 0, got ${value}`);
  }
}

function assertConnections(name: string, messages: readonly Message[]): void {
  const first = new Map<number, Message>();
  messages.forEach((message, index) => {
    if (message.connection < 0) return;
    const other = first.get(message.connection);
    if (other === undefined) {
      first.set(message.connection, message);
    } else if (other.src !== message.src || other.dst !== message.dst) {
      throw new RangeError(
        `${name}: message ${index}: connection ${message.connection} goes from ${other.src} to ${other.dst}, ` +
          `got ${message.src} to ${message.dst}`,
      );
    }
  });
}

/** Checks that the groups can be delivered in some order: no group may wait for itself, directly or through others. */
function assertGroups(name: string, messages: readonly Message[]): void {
  const awaited = new Map<number, Set<number>>();
  for (const { group } of messages) if (group >= 0) awaited.set(group, new Set());
  messages.forEach(({ group, after }, index) => {
    if (after < 0) return;
    if (!awaited.has(after))
      throw new RangeError(`${name}: message ${index}: after must be -1 or a group of some message, got ${after}`);
    if (group >= 0) awaited.get(group)!.add(after);
  });
  // Remove groups that wait for nothing until none can be removed. Any group that remains waits for itself.
  const waiting = new Map<number, number>();
  const freed = new Map<number, number[]>();
  for (const [group, before] of awaited) {
    waiting.set(group, before.size);
    for (const other of before) freed.set(other, [...(freed.get(other) ?? []), group]);
  }
  const free = [...waiting.keys()].filter((group) => waiting.get(group) === 0);
  for (const group of free) {
    waiting.delete(group);
    for (const next of freed.get(group) ?? []) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) free.push(next);
    }
  }
  const [cyclic] = waiting.keys();
  if (cyclic !== undefined)
    throw new RangeError(`${name}: groups must not wait for each other in a circle, got group ${cyclic} in one`);
}
