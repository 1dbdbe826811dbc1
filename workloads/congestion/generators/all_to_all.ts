import type { Message } from "../../../kernel/congestion/workload.ts";
import { message } from "./message.ts";

/** One message from every host to every other host, all at once. */
export function allToAll(hosts: readonly number[], bytes: number): Message[] {
  return hosts.flatMap((src) => hosts.filter((dst) => dst !== src).map((dst) => message({ src, dst, bytes })));
}
