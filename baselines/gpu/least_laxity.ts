import { GATE_KNOBS, requestGate } from "./request_gate.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Least laxity first by enable bits. Laxity is how long a request could still wait, judged by its declared length. */
export const leastLaxity: GpuEntry = {
  name: "least-laxity",
  role: "published",
  description: "least laxity first: only the critical request that can wait least until its deadline is enabled",
  source: "textbook",
  knobs: GATE_KNOBS,
  create: (values) =>
    ruleHeuristic("least-laxity", (first, decision) =>
      requestGate(first, decision, values, ({ time, headDeadline, headExpectedNs, headServedNs }, group) => {
        const left = Math.max(0, headExpectedNs[group] - headServedNs[group]);
        return headDeadline[group] - time - left;
      }),
    ),
};
