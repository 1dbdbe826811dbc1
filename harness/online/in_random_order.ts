import type { RandomStream } from "../../kernel/random.ts";
import { shuffled } from "../../workloads/shuffled.ts";

/** The values in random order. */
export function inRandomOrder<Value>(values: readonly Value[], random: RandomStream): Value[] {
  return Array.from(shuffled(values.length, random), (i) => values[i]);
}
