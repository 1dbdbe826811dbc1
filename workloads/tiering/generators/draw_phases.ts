import type { RandomStream } from "../../../kernel/random.ts";

/** Phase of every window. Phases are numbered from 0 and last `low` to `high` windows (drawn, whole). */
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
