import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";

/** Fills window `index` of a workload into new arrays that contain garbage. */
export function histogramOf(workload: TieringWorkload, index: number): { access: Float64Array; write: Float32Array } {
  const out = {
    access: new Float64Array(workload.pages).fill(Number.NaN),
    write: new Float32Array(workload.pages).fill(Number.NaN),
  };
  workload.fill(index, out);
  return out;
}

/** Describes what is wrong with a window, or null: shares outside 0 to 1, or access shares that do not sum to 1. */
export function flawOf(workload: TieringWorkload, index: number): string | null {
  const { access, write } = histogramOf(workload, index);
  let sum = 0;
  for (let page = 0; page < workload.pages; page++) {
    if (!(access[page]! >= 0 && access[page]! <= 1))
      return `window ${index}: access of page ${page} is ${access[page]}`;
    if (!(write[page]! >= 0 && write[page]! <= 1)) return `window ${index}: write of page ${page} is ${write[page]}`;
    sum += access[page]!;
  }
  return Math.abs(sum - 1) > 1e-9 ? `window ${index}: shares sum to ${sum}` : null;
}
