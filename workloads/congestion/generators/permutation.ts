import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { shuffled } from "../../shuffled.ts";
import { message } from "./message.ts";

/** Every host sends one message to the next host in a random order, so every host receives one. */
export function permutation(hosts: readonly number[], bytes: number, random: RandomStream): Message[] {
  const order = shuffled(hosts.length, random);
  return Array.from(order, (at, i) => message({ src: hosts[at], dst: hosts[order[(i + 1) % order.length]], bytes }));
}
