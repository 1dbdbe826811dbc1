import { VmaRule } from "../../kernel/readahead/vma_rule.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { PAGE_CLUSTER, PAGE_CLUSTER_KNOB, pageClusterOf } from "./page_cluster.ts";
import type { ReadaheadEntry, ReadaheadHeuristic } from "./types.ts";

/** Readahead by VMA as Linux ships it. It is the default where the device is asynchronous. */
export const vma: ReadaheadEntry = {
  name: "vma",
  role: "default",
  description: "Linux readahead by VMA as shipped: up to 8 pages by hits, towards where the VMA's faults go",
  source: "Linux 6.12 `mm/swap_state.c`",
  knobs: [],
  create: () => create("vma", PAGE_CLUSTER),
};

/** `vma` in comparisons on synchronous devices, where `none` is the default. */
export const vmaSync: ReadaheadEntry = { ...vma, role: "published" };

/** Readahead by VMA with the largest window tuned. */
export const vmaTuned: ReadaheadEntry = {
  name: "vma-tuned",
  role: "published",
  description: "Linux readahead by VMA with vm.page-cluster tuned",
  source: "as `vma`",
  startsAs: "vma",
  knobs: [PAGE_CLUSTER_KNOB],
  create: (values) => create("vma-tuned", pageClusterOf(values)),
};

function create(name: string, pageCluster: number): ReadaheadHeuristic {
  const decision = heuristicDecision();
  const rule = new VmaRule(pageCluster);
  return { name, reset: () => rule.reset(), decide: (view) => rule.decide(view, decision) };
}
