import { SHARING_STREAMS } from "../../kernel/gpu/decision.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** A toy heuristic: all clients in one context. */
export const toy: GpuEntry = {
  name: "toy",
  role: "published",
  description: "toy: all clients in one context",
  source: "choice",
  knobs: [{ name: "unused", min: 0, max: 1, scale: "linear", start: 0 }],
  create: () =>
    ruleHeuristic("toy", (_, decision) => {
      decision.sharing = SHARING_STREAMS;
    }),
};
