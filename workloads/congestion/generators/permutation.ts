import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { shuffled } from "../../shuffled.ts";
import { message } from "./message.ts";

/** Every host sends one message and receives one: each to the next in a random order. */
export function permutation(hosts: readonly number[], bytes: number, random: RandomStream): Message[] {
  const order = shuffled(hosts.length, random);
  return Array.from(order, (at, i) => message({ src: hosts[at], dst: hosts[order[(i + 1) % order.length]], bytes }));
}
