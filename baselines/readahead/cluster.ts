import { clusterBlock, nothing } from "../../kernel/readahead/page_sets.ts";
import { windowRule } from "../../kernel/readahead/window_rule.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { PAGE_CLUSTER, PAGE_CLUSTER_KNOB, pageClusterOf } from "./page_cluster.ts";
import type { ReadaheadEntry, ReadaheadHeuristic } from "./types.ts";

/**
 * Readahead by swap slots as Linux ships it: its only algorithm before 4.14, and today the algorithm for rotating
 * disks.
 */
export const cluster: ReadaheadEntry = {
  name: "cluster",
  role: "published",
  description: "Linux readahead by swap slots as shipped: the aligned block of up to 8 slots around the fault's",
  source: "Linux 6.12 `mm/swap_state.c`",
  knobs: [],
  create: () => create("cluster", PAGE_CLUSTER),
};

/** Readahead by swap slots with the largest block tuned. */
export const clusterTuned: ReadaheadEntry = {
  name: "cluster-tuned",
  role: "published",
  description: "Linux readahead by swap slots with vm.page-cluster tuned",
  source: "as `cluster`",
  startsAs: "cluster",
  knobs: [PAGE_CLUSTER_KNOB],
  create: (values) => create("cluster-tuned", pageClusterOf(values)),
};

/**
 * One window rule for all programs, over slots. The remembered slot changes only at a fault before which there was no
 * hit. Source: mm/swap_state.c, swapin_nr_pages and swap_cluster_readahead, Linux 6.12.
 */
function create(name: string, pageCluster: number): ReadaheadHeuristic {
  const decision = heuristicDecision();
  const max = 1 << pageCluster;
  let previousSlot = 0;
  let window = 0;
  return {
    name,
    reset() {
      previousSlot = 0;
      window = 0;
    },
    decide(view) {
      const slot = view.slotOf[view.page];
      window = windowRule(previousSlot, slot, view.clusterHits, max, window);
      if (view.clusterHits === 0) previousSlot = slot;
      return window === 1 ? nothing(decision) : clusterBlock(view, window, decision);
    },
  };
}
