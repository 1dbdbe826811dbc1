// Colloid on MEMTIS, as a program: shift the fast tier's share of accesses until both tiers answer in the same time.
// The same rule as the heuristic `memtis-colloid`. Once a second.

export const knobs = [
  { name: "gain", min: 0.02, max: 8, scale: "log", start: 0.25 },
  { name: "moveRate", min: 256, max: 16384, scale: "log", start: 2048, unit: "MB/s" },
  { name: "recency", min: 0, max: 1, scale: "linear", start: 0.8 },
  { name: "hysteresis", min: 0.125, max: 8, scale: "log", start: 1.5 },
];

interface Knobs {
  gain: number;
  moveRate: number;
  recency: number;
  hysteresis: number;
}

interface View {
  tiers: { share: number; latency: number }[];
}

export function create({ gain, moveRate, recency, hysteresis }: Knobs) {
  return {
    decide({ tiers: [fast, slow] }: View) {
      const wanted = fast.share + gain * Math.log(slow.latency / fast.latency);
      const fastShare = Math.min(1, Math.max(0, wanted));
      return { mechanism: "histogram", fastShare, moveRate, recency, hysteresis };
    },
  };
}
