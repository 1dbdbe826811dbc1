import { GATE_KNOBS, requestGate } from "./request_gate.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/** Earliest deadline first by enable bits. Best effort has no deadlines. */
export const edf: GpuEntry = {
  name: "edf",
  role: "published",
  description: "earliest deadline first: only the critical request with the nearest deadline is enabled",
  source: "textbook",
  knobs: GATE_KNOBS,
  create: (values) =>
    ruleHeuristic("edf", (first, decision) =>
      requestGate(first, decision, values, ({ headDeadline }, group) => headDeadline[group]),
    ),
};
