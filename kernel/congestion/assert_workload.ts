import { assertSmcTraffic } from "./smc/assert_traffic.ts";
import type { CongestionWorkload, Message } from "./workload.ts";

/** Throws a RangeError that names the first impossible property of a workload. */
export function assertCongestionWorkload({ name, topology, messages, smc }: CongestionWorkload): void {
  if (messages.length + (smc?.requests.length ?? 0) === 0) {
    throw new RangeError(`${name}: at least one message or request is wanted, got none`);
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
  for (const host of [src, dst]) {
    if (Number.isInteger(host) && host >= 0 && host < hosts) continue;
    throw new RangeError(`${who}: a host is 0 to ${hosts - 1}, got ${host}`);
  }
  if (src === dst) throw new RangeError(`${who}: must go to another host, got ${src} to ${dst}`);
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new RangeError(`${who}: bytes must be a whole number >= 1, got ${bytes}`);
  }
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new RangeError(`${who}: start must be a whole number of ns >= 0, got ${start}`);
  }
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
        `${name}: message ${index}: connection ${message.connection} is from ${other.src} to ${other.dst}, ` +
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
    if (!awaited.has(after)) throw new RangeError(`${name}: message ${index}: there is no group ${after} to wait for`);
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
  if (cyclic !== undefined) throw new RangeError(`${name}: group ${cyclic} waits for itself`);
}
