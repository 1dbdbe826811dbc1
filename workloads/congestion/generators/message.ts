import type { Message } from "../../../kernel/congestion/workload.ts";

/** A message. By default it starts at once, waits for nothing and has its own queue pair. */
export function message(parts: Pick<Message, "src" | "dst" | "bytes"> & Partial<Message>): Message {
  return { start: 0, after: -1, group: -1, connection: -1, ...parts };
}
