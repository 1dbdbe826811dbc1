import type { RandomStream } from "../kernel/random.ts";

/** The numbers 0 to `count - 1` in random order (Fisher-Yates). */
export function shuffled(count: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}

/** Zipf's law over `count` ranks: weight of rank r (from 0) is (r + 1)^-exponent, scaled to sum to 1. */
export function zipfWeights(count: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent);
  return scaleToSum(weights, 1);
}

/** Scales `weights` in place so that they sum to `sum`, and returns them. */
export function scaleToSum(weights: Float64Array, sum: number): Float64Array {
  let total = 0;
  for (const weight of weights) total += weight;
  const scale = sum / total;
  for (let i = 0; i < weights.length; i++) weights[i]! *= scale;
  return weights;
}

/** Phase of every window, where phases last `low` to `high` windows (drawn, whole) and are numbered from 0. */
export function drawPhases(windows: number, low: number, high: number, random: RandomStream): Uint16Array {
  const phaseOf = new Uint16Array(windows);
  let phase = 0;
  for (let start = 0; start < windows; phase++) {
    const end = Math.min(windows, start + low + random.integer(high - low + 1));
    phaseOf.fill(phase, start, end);
    start = end;
  }
  return phaseOf;
}
