import { shuffle } from "../../agents/shuffle.ts";
import type { RandomStream } from "../../kernel/random.ts";

/** The values in random order. */
export function inRandomOrder<Value>(values: readonly Value[], random: RandomStream): Value[] {
  const order = Int32Array.from(values, (_, i) => i);
  shuffle(order, random);
  return Array.from(order, (i) => values[i]);
}
