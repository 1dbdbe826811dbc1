import { Bbr, SHIPPED_BBR } from "../../kernel/congestion/programs/bbr.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { START } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** BBR with the constants of its first version. */
export const bbr: CongestionEntry = {
  name: "bbr",
  role: "published",
  description: "TCP's BBR, version 1: paces at the greatest delivery rate, at most two bandwidth-delay products",
  source: "draft-cardwell-iccrg-bbr-congestion-control-00",
  information: "RTT",
  knobs: [],
  create: () => programHeuristic(new Bbr("bbr", SHIPPED_BBR)),
};

/** BBR with its gains, the age of the least round trip and the start window tuned. */
export const bbrTuned: CongestionEntry = {
  name: "bbr-tuned",
  role: "published",
  description: "TCP's BBR with its gains, times and start window tuned",
  source: "as `bbr`",
  information: "RTT",
  knobs: [
    { name: "startup_gain", min: 1.05, max: 4, scale: "log", start: SHIPPED_BBR.startupGain },
    { name: "window_gain", min: 0.5, max: 4, scale: "log", start: SHIPPED_BBR.windowGain },
    { name: "probe", min: 0.01, max: 0.5, scale: "log", start: SHIPPED_BBR.probe },
    { name: "least_rtt_ms", min: 0.02, max: 10_000, scale: "log", start: SHIPPED_BBR.leastRttNs / 1e6, unit: "ms" },
    { name: "probe_rtt_ms", min: 0.002, max: 200, scale: "log", start: SHIPPED_BBR.probeRttNs / 1e6, unit: "ms" },
    { ...START, start: 0.2 },
  ],
  create: (values) =>
    programHeuristic(
      new Bbr("bbr-tuned", {
        startPackets: 0,
        startShare: values.start,
        pace: 1,
        startupGain: values.startup_gain,
        windowGain: values.window_gain,
        probe: values.probe,
        leastRttNs: values.least_rtt_ms * 1e6,
        probeRttNs: values.probe_rtt_ms * 1e6,
      }),
    ),
};
