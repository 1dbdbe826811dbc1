import type { Report } from "../problems/problem.ts";

/** One measured number. */
export interface BenchResult {
  name: string;
  value: number;
  unit: string;
}

/**
 * A list of measured numbers, and what adds one to it, rounded to four digits.
 *
 * @param onResult called with each number as soon as it is known
 */
export function collectResults(onResult: (result: BenchResult) => void): { results: BenchResult[]; report: Report } {
  const results: BenchResult[] = [];
  const report: Report = (name, value, unit) => {
    const result = { name, value: Number(value.toPrecision(4)), unit };
    results.push(result);
    onResult(result);
  };
  return { results, report };
}
