import type { Knob, KnobValues } from "../knobs.ts";

/** vm.page-cluster as shipped: windows of at most 2^3 pages. Source: mm/swap.c, machines of 16 MB and more. */
export const PAGE_CLUSTER = 3;

/** vm.page-cluster as a knob. Linux accepts at most 5 for windows by VMA. */
export const PAGE_CLUSTER_KNOB: Knob = { name: "pageCluster", min: 1, max: 5, scale: "linear", start: PAGE_CLUSTER };

/** The knob's value as the whole number it stands for. */
export function pageClusterOf(values: KnobValues): number {
  return Math.round(values[PAGE_CLUSTER_KNOB.name]);
}
