import { switchNs } from "../../kernel/gpu/architecture.ts";
import type { GpuView } from "../../kernel/gpu/view.ts";

/** Largest magnitude of an observation. */
export const GPU_OBSERVATION_LIMIT = 10;

/**
 * Columns of a row, in order. A switch is the time to trap all threads, to save their registers and to change groups.
 */
export const GPU_COLUMNS = [
  "1: a channel group",
  "1: critical",
  "log2(shortest timeslice / us) / 10",
  "log2(control latency / switch) / 4",
  "log2(switch / 32 us) / 4",
  "control operations in flight / 4",
  "critical groups with work / 4",
  "critical load: declared length over time between arrivals, summed",
  "best-effort groups with work / 4",
  "critical groups / 4",
  "best-effort groups / 4",
  "log2(longest thread block of a best-effort group / switch) / 4",
  "log2(greatest time-weighted kernel length of a best-effort group / switch) / 4",
  "share of best-effort groups with instruction-level preemption",
  "mean share of the multiprocessors that critical kernels fill",
  "best effort: log2(time-weighted kernel length / switch) / 4",
  "best effort: log2(8 mean kernels / switch) / 4",
  "best effort: log2(thread block / switch) / 4",
  "best effort: log2(longest kernel / switch) / 4",
  "best effort: instruction-level preemption",
  "best effort: share of the time it got, x number of best-effort groups",
  "best effort: that, over the mean of all best-effort groups, minus 1",
  "best effort: work",
  "best effort: log2(1 + elapsed time of its kernel / switch) / 4",
  "critical: work",
  "critical: resident",
  "critical: requests in preparation / 4",
  "critical: time until the next launch / 4 switches",
  "critical: preparation / 4 switches",
  "critical: slack that is left / 8 switches",
  "critical: hopeless",
  "critical: log2(declared length / switch) / 4",
  "critical: what is left / declared length",
  "critical: deviation of the time between arrivals / its mean",
  "critical: log2(deviation / switch) / 4",
  "critical: log2(time between arrivals / switch) / 4",
  "critical: time since the last arrival / time between arrivals",
  "critical: share of requests missed",
  "critical: requests launched / 4",
  "critical: log2(declared length / control latency) / 4",
  "critical: declared length / longest with work",
] as const;

/** Length of the observation of a row. */
export const GPU_FEATURES = GPU_COLUMNS.length;

/** Reference for the time of a switch, ns. Source: choice, the switch of GV100. */
const REFERENCE_SWITCH_NS = 32_000;

/** First columns of the best-effort and of the critical observations. */
const BEST_EFFORT = 15;
const CRITICAL = 24;

/**
 * Writes the observations of all rows; rows without a group are 0. All times are relative to the GPU's own time of a
 * switch, so that a policy trained on one GPU also fits another.
 *
 * @param out row-major, `rows` x `GPU_FEATURES`
 */
export function observeGpu(view: GpuView, rows: number, out: Float32Array): void {
  const unit = switchNs(view.architecture);
  let working = 0;
  let load = 0;
  let bestEffort = 0;
  let wanting = 0;
  let served = 0;
  let longest = 1;
  let block = 0;
  let kernel = 0;
  let preemptible = 0;
  let occupancy = 0;
  for (let g = 0; g < view.groups; g++) {
    if (view.critical[g] === 1) {
      if (view.queued[g] > 0) {
        working++;
        longest = Math.max(longest, view.headExpectedNs[g]);
      }
      occupancy += view.occupancy[g];
      if (view.gapNs[g] > 0) load += view.expectedNs[g] / view.gapNs[g];
    } else {
      bestEffort++;
      served += view.servedNs[g];
      block = Math.max(block, view.blockNs[g]);
      kernel = Math.max(kernel, view.weightedKernelNs[g]);
      preemptible += view.instructionPreemption[g];
      if (view.queued[g] > 0) wanting++;
    }
  }
  const critical = view.groups - bestEffort;
  const meanServed = served / Math.max(1, bestEffort);
  for (let g = 0; g < rows; g++) {
    const at = g * GPU_FEATURES;
    out.fill(0, at, at + GPU_FEATURES);
    if (g >= view.groups) continue;
    out[at] = 1;
    out[at + 1] = view.critical[g];
    out[at + 2] = Math.log2(view.minSliceUs) / 10;
    out[at + 3] = scaled(view.controlNs, unit);
    out[at + 4] = scaled(unit, REFERENCE_SWITCH_NS);
    out[at + 5] = view.controlInFlight / 4;
    out[at + 6] = working / 4;
    out[at + 7] = load;
    out[at + 8] = wanting / 4;
    out[at + 9] = critical / 4;
    out[at + 10] = bestEffort / 4;
    out[at + 11] = bestEffort > 0 ? scaled(block, unit) : 0;
    out[at + 12] = bestEffort > 0 ? scaled(kernel, unit) : 0;
    out[at + 13] = preemptible / Math.max(1, bestEffort);
    out[at + 14] = occupancy / Math.max(1, critical);
    if (view.critical[g] === 1) observeCritical(view, g, unit, longest, out, at + CRITICAL);
    else observeBestEffort(view, g, unit, bestEffort, meanServed, out, at + BEST_EFFORT);
  }
  for (let i = 0; i < rows * GPU_FEATURES; i++) {
    if (out[i] > GPU_OBSERVATION_LIMIT) out[i] = GPU_OBSERVATION_LIMIT;
    else if (out[i] < -GPU_OBSERVATION_LIMIT) out[i] = -GPU_OBSERVATION_LIMIT;
  }
}

function observeBestEffort(
  view: GpuView,
  g: number,
  unit: number,
  bestEffort: number,
  meanServed: number,
  out: Float32Array,
  at: number,
): void {
  out[at] = scaled(view.weightedKernelNs[g], unit);
  out[at + 1] = scaled(8 * view.meanKernelNs[g], unit);
  out[at + 2] = scaled(view.blockNs[g], unit);
  out[at + 3] = scaled(view.maxKernelNs[g], unit);
  out[at + 4] = view.instructionPreemption[g];
  out[at + 5] = view.time > 0 ? (view.servedNs[g] / view.time) * bestEffort : 0;
  out[at + 6] = meanServed > 0 ? view.servedNs[g] / meanServed - 1 : 0;
  out[at + 7] = view.queued[g] > 0 ? 1 : 0;
  out[at + 8] = Math.log2(1 + view.kernelElapsedNs[g] / unit) / 4;
}

function observeCritical(view: GpuView, g: number, unit: number, longest: number, out: Float32Array, at: number): void {
  const { time } = view;
  const work = view.queued[g] > 0;
  const expected = work ? view.headExpectedNs[g] : view.expectedNs[g];
  const left = work ? Math.max(0, expected - view.headServedNs[g]) : expected;
  const gap = view.gapNs[g];
  out[at] = work ? 1 : 0;
  out[at + 1] = view.resident === g ? 1 : 0;
  out[at + 2] = view.preparing[g] / 4;
  out[at + 3] = view.preparing[g] > 0 ? (view.nextReady[g] - time) / (4 * unit) : 0;
  out[at + 4] = view.prepNs[g] / (4 * unit);
  out[at + 5] = work ? (view.headDeadline[g] - time - left) / (8 * unit) : 0;
  out[at + 6] = work && time + left > view.headDeadline[g] ? 1 : 0;
  out[at + 7] = scaled(expected, unit);
  out[at + 8] = left / expected;
  out[at + 9] = gap > 0 ? view.gapDeviationNs[g] / gap : 0;
  out[at + 10] = gap > 0 ? scaled(view.gapDeviationNs[g], unit) : 0;
  out[at + 11] = gap > 0 ? scaled(gap, unit) : 0;
  out[at + 12] = gap > 0 ? (time - view.lastArrival[g]) / gap : 0;
  out[at + 13] = view.missed[g] / Math.max(1, view.completed[g]);
  out[at + 14] = view.queued[g] / 4;
  out[at + 15] = scaled(expected, view.controlNs);
  out[at + 16] = work ? expected / longest : 0;
}

/** log2(value / unit) / 4. Values below a thousandth of the unit count as a thousandth. */
function scaled(value: number, unit: number): number {
  return Math.log2(Math.max(value, unit / 1000, 1) / Math.max(1, unit)) / 4;
}
