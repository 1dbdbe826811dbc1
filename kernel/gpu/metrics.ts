import type { GpuKernel } from "./gpu.ts";

/** Names of a run's metrics, in the order of output. */
export const GPU_METRICS = [
  "lc_latency_mean_us",
  "lc_latency_p50_us",
  "lc_latency_p99_us",
  "lc_standalone_mean_us",
  "lc_ratio_mean",
  "lc_late_mean_us",
  "lc_late_p99_us",
  "lc_finished",
  "lc_missed",
  "slo_attainment",
  "lc_cost",
  "be_cost",
  "be_throughput_rps",
  "be_share",
  "be_fairness",
  "throughput_rps",
  "switches",
  "switch_time_us",
  "spin_time_us",
  "idle_time_us",
  "wasted_time_us",
  "overhead_time_us",
  "control_operations",
  "timeouts",
] as const;

/**
 * Computes every metric of a run so far.
 *
 * - Latencies cover finished critical requests.
 * - `lc_late_*`: at the end of the run, they also cover unfinished requests, as late as they are by then.
 * - `slo_attainment`: share of the finished and missed requests that were within their slack.
 * - `be_share`: useful share of the time that best-effort groups got.
 * - `be_fairness`: Jain's index over the share of its entitlement that each group got.
 *
 * Without such requests or groups a metric is 0, except that attainment and fairness are 1.
 */
export function gpuMetrics(kernel: GpuKernel): Record<(typeof GPU_METRICS)[number], number> {
  const { costs, ledger, view, time } = kernel;
  const { groups } = kernel.scenario.workload;
  const seconds = Math.max(1, time) / 1e9;
  const latencies = Float64Array.from(costs.latencies).sort();
  const lateness = Float64Array.from(costs.lateness).sort();
  const ratios = costs.latencies.map((latency, i) => latency / costs.standalone[i]);
  let missed = 0;
  let critical = 0;
  let bestEffort = 0;
  let requests = 0;
  let share = 0;
  const got: number[] = [];
  groups.forEach((group, g) => {
    requests += view.completed[g];
    if (group.critical) {
      critical += costs.costs[g];
      missed += costs.missed[g];
      return;
    }
    bestEffort += costs.costs[g];
    share += view.servedNs[g] / Math.max(1, time);
    if (costs.fair[g] > 0) got.push(view.servedNs[g] / costs.fair[g]);
  });
  const finished = latencies.length;
  const judged = lateness.length;
  return {
    lc_latency_mean_us: mean(latencies) / 1000,
    lc_latency_p50_us: quantile(latencies, 0.5) / 1000,
    lc_latency_p99_us: quantile(latencies, 0.99) / 1000,
    lc_standalone_mean_us: mean(costs.standalone) / 1000,
    lc_ratio_mean: mean(ratios),
    lc_late_mean_us: mean(lateness) / 1000,
    lc_late_p99_us: quantile(lateness, 0.99) / 1000,
    lc_finished: finished,
    lc_missed: missed,
    slo_attainment: judged === 0 ? 1 : 1 - missed / judged,
    lc_cost: critical,
    be_cost: bestEffort,
    be_throughput_rps: (requests - finished) / seconds,
    be_share: share,
    be_fairness: jain(got),
    throughput_rps: requests / seconds,
    switches: view.switches,
    switch_time_us: ledger.switching / 1000,
    spin_time_us: ledger.spin / 1000,
    idle_time_us: ledger.idle / 1000,
    wasted_time_us: ledger.wasted / 1000,
    overhead_time_us: ledger.overhead / 1000,
    control_operations: kernel.controlOperations,
    timeouts: kernel.timeouts,
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
}

/** Smallest of the sorted values that at least `share` of the values do not exceed; 0 without values. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

function jain(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : sum ** 2 / (values.length * squares);
}
