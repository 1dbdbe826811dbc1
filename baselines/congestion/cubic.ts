import { Cubic, SHIPPED_CUBIC } from "../../kernel/congestion/programs/cubic.ts";
import { MARKING_KNOBS, markingOf } from "./marking_knobs.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { bound, PACE, START } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** CUBIC with the constants of its standard. */
export const cubic: CongestionEntry = {
  name: "cubic",
  role: "published",
  description: "TCP's CUBIC (RFC 9438): marks count as losses",
  source: "RFC 9438, RFC 6928",
  information: "ECN",
  knobs: [],
  create: () => programHeuristic(new Cubic("cubic", SHIPPED_CUBIC)),
};

/** CUBIC with its constants, the switches' marking, the start window and pacing tuned. */
export const cubicTuned: CongestionEntry = {
  name: "cubic-tuned",
  role: "published",
  description: "TCP's CUBIC with its constants, marking, start window and pacing tuned",
  source: "as `cubic`",
  information: "ECN",
  knobs: [
    ...MARKING_KNOBS,
    { name: "beta", min: 0.3, max: 0.98, scale: "linear", start: SHIPPED_CUBIC.beta },
    { name: "c", min: 0.1, max: 1e15, scale: "log", start: SHIPPED_CUBIC.c, unit: "packets per s^3" },
    { ...START, start: 0.2 },
    PACE,
  ],
  create: (values) =>
    programHeuristic(
      new Cubic("cubic-tuned", {
        startPackets: 0,
        startShare: values.start,
        pace: bound(values.pace),
        marking: markingOf(values),
        beta: values.beta,
        c: values.c,
      }),
    ),
};
