import type { RandomStream } from "../kernel/random.ts";

/** Shuffles `values` in place (Fisher-Yates): every order is equally likely. */
export function shuffle(values: Int32Array, random: RandomStream): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}
