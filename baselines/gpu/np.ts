import { SHARING_STREAMS } from "../../kernel/gpu/decision.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** All clients run in one context and nothing is preempted: NP of the GPreempt paper, MPS without limits. */
export const np: GpuEntry = {
  name: "np",
  role: "published",
  description: "NP (GPreempt, ATC 2025): all clients' kernels side by side in one context, nothing preempted",
  source: "GPreempt",
  knobs: [],
  create: () =>
    ruleHeuristic("np", (_, decision) => {
      decision.sharing = SHARING_STREAMS;
    }),
};
