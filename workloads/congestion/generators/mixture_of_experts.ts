import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import { shuffled } from "../../shuffled.ts";
import { zipfWeights } from "../../weights.ts";
import { message } from "./message.ts";

export interface MixtureOptions {
  /** Hosts. Each one has tokens and one expert. */
  ranks: readonly number[];
  /** Bytes of the tokens of one rank. */
  bytes: number;
  layers: number;
  /** Exponent of Zipf's law by which tokens choose experts; 0 is uniform. */
  skew: number;
  random: RandomStream;
}

/**
 * The two all-to-alls in every layer of a mixture of experts: tokens go to their experts, some of which are more
 * popular, and back. A rank starts a phase as soon as it has received all its messages of the phase before. Each pair
 * of ranks keeps its connection.
 */
export function mixtureOfExperts({ ranks, bytes, layers, skew, random }: MixtureOptions): Message[] {
  const n = ranks.length;
  const weights = zipfWeights(n, skew);
  const messages: Message[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const rankOf = shuffled(n, random);
    for (const back of [false, true]) {
      const phase = 2 * layer + Number(back);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (i === j) continue;
          messages.push(
            message({
              src: ranks[i],
              dst: ranks[j],
              bytes: Math.max(1, Math.round(bytes * weights[rankOf[back ? i : j]])),
              after: phase === 0 ? -1 : (phase - 1) * n + i,
              group: phase * n + j,
              connection: i * n + j,
            }),
          );
        }
      }
    }
  }
  return messages;
}
