import type { Measure } from "../problems/problem.ts";

/** `condition` of points that average over all episodes. */
export const ALL_CONDITIONS = "all";

/** A point of a policy's curve: means over episodes. */
export interface TradeoffPoint {
  policy: string;
  /** The swept constant; null for a policy without one. */
  constant: string | null;
  value: number | null;
  /** Kind of machine, see `KernelEnv.condition`, or `ALL_CONDITIONS`. */
  condition: string;
  /** 1 minus the metric `Tradeoff.x`: more is better. */
  x: number;
  /** The metric `Tradeoff.y`: less is better. */
  y: number;
  episodes: number;
  /** The metrics of `Problem.measures`, each in a column of its name; null if no episode has the metric. */
  measures: Readonly<Record<string, number | null>>;
}

/** Columns of `tradeoff.csv` for these measures. */
export function tradeoffColumns(measures: readonly Measure[]): string[] {
  return ["policy", "constant", "value", "condition", "x", "y", "episodes", ...measures.map(({ metric }) => metric)];
}

/** A point as a record of `tradeoff.csv`. */
export function tradeoffCells({ measures, ...point }: TradeoffPoint): Record<string, string | number | null> {
  return { ...point, ...measures };
}
