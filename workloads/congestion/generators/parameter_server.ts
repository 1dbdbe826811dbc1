import type { Message } from "../../../kernel/congestion/workload.ts";
import { message } from "./message.ts";

/**
 * Training steps with a parameter server. All workers send it their gradients. When it has all of them, it sends the
 * new parameters to each worker. A worker that has them begins the next step. Each pair keeps its connections.
 *
 * @param bytes size of the gradients of one worker, and of the parameters
 */
export function parameterServer(workers: readonly number[], server: number, bytes: number, steps: number): Message[] {
  const count = workers.length;
  const messages: Message[] = [];
  for (let step = 0; step < steps; step++) {
    const gradients = step * (count + 1);
    workers.forEach((worker, i) => {
      const after = step === 0 ? -1 : gradients - count + i;
      messages.push(message({ src: worker, dst: server, bytes, after, group: gradients, connection: i }));
    });
    workers.forEach((worker, i) => {
      const group = gradients + 1 + i;
      messages.push(message({ src: server, dst: worker, bytes, after: gradients, group, connection: count + i }));
    });
  }
  return messages;
}
