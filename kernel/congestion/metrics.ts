import type { CongestionKernel } from "./congestion.ts";
import { toGbps } from "./units.ts";

/** Queue weights at which the cost is reported. */
const WEIGHTS = [0.1, 0.25, 0.5] as const;

/** Computes every metric of a run, by name. Times in us, rates in Gb/s; a metric without data is 0. */
export function congestionMetrics(kernel: CongestionKernel): Record<string, number> {
  const { messages, fabric, ledger, fairness, time, scenario } = kernel;
  const { topology, messages: sizes } = scenario.workload;
  const times: number[] = [];
  messages.finished.forEach((finished, message) => {
    if (finished >= 0) times.push((finished - messages.released[message]) / 1000);
  });
  const answers: number[] = [];
  messages.answered.forEach((answered, request) => {
    if (answered >= 0) answers.push((answered - scenario.workload.smc!.requests[request].start) / 1000);
  });
  const slowdowns = [...ledger.slowdowns].filter((slowdown) => slowdown > 0);
  let paused = 0;
  let wire = 0;
  for (let link = 0; link < topology.rate.length; link++) {
    paused += fabric.pausedTime[link];
    if (topology.from[link] < topology.hosts) wire += fabric.sent[link];
  }
  const costs = Object.fromEntries(WEIGHTS.map((weight) => [`cost_w${weight}`, ledger.cost(weight)]));
  return {
    ...costs,
    slowdown_tail: ledger.tail,
    slowdown_mean: mean(slowdowns),
    slowdown_p50: median(slowdowns),
    queue_base: ledger.queue,
    jain: fairness.index ?? Number.NaN,
    fct_mean_us: mean(times),
    fct_max_us: greatest(times),
    request_mean_us: mean(answers),
    request_max_us: greatest(answers),
    messages: sizes.length,
    finished: ledger.finished,
    duration_us: time / 1000,
    goodput_gbps: time > 0 ? toGbps(ledger.bytes / time) : 0,
    queue_max_bytes: fabric.greatestQueue,
    drops: fabric.drops,
    pauses: fabric.flowControl.pauses,
    paused_us: paused / 1000,
    header_share: wire > 0 ? 1 - Math.min(1, ledger.bytes / wire) : 0,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
