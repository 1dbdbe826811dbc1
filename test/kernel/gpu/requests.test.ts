import { describe, expect, it } from "vitest";
import { clientOf, equalKernels, gpuScenario, runGpu } from "../../../harness/scenarios/gpu.ts";
import { createDecision, NOTIFY_REQUESTS } from "../../../kernel/gpu/decision.ts";
import type { GpuGroup } from "../../../kernel/gpu/workload.ts";
import { started } from "./fixtures.ts";

/** Arrival and end of the requests of each group, ns. */
function history(groups: readonly GpuGroup[], durationNs: number) {
  const arrivals: number[][] = groups.map(() => []);
  const ends: number[][] = groups.map(() => []);
  const kernel = started(gpuScenario(groups, { durationNs }));
  const decision = createDecision(groups.length);
  decision.notify = NOTIFY_REQUESTS;
  while (!kernel.done) {
    kernel.decide(decision);
    const { view } = kernel;
    for (let g = 0; g < groups.length; g++) {
      if (view.arrived[g] > arrivals[g].length) arrivals[g].push(view.lastArrival[g]);
      if (view.completed[g] > ends[g].length) ends[g].push(view.lastDone[g]);
    }
  }
  kernel.checkInvariants();
  return { arrivals, ends };
}

const MS = 1e6;
const short = equalKernels(2, 100_000);

describe("a client in a closed loop", () => {
  it("sends the next request after its think time", () => {
    const { arrivals, ends } = history([clientOf(short, { thinkNs: 3 * MS })], 100 * MS);
    expect(arrivals[0][0]).toBe(0);
    expect(arrivals[0].length).toBeGreaterThan(25);
    expect(arrivals[0].slice(1)).toEqual(ends[0].map((end) => end + 3 * MS).slice(0, arrivals[0].length - 1));
  });

  it("that waits for others sends a request when all of them have finished one more", () => {
    const groups = [
      clientOf(short, { arrivals: Float64Array.from({ length: 10 }, (_, i) => 4 * MS * i) }),
      clientOf(short, { arrivals: Float64Array.from({ length: 10 }, (_, i) => 7 * MS * i) }),
      clientOf(short, { after: [0, 1], thinkNs: MS }),
    ];
    const { arrivals, ends } = history(groups, 100 * MS);
    expect(arrivals[2]).toEqual(ends[0].map((end, i) => Math.max(end, ends[1][i]) + MS));
  });

  it("that waits for a group faster than its own think time misses no turn", () => {
    const groups = [
      clientOf(short, { arrivals: Float64Array.from({ length: 8 }, (_, i) => MS * i) }),
      clientOf(short, { after: [0], thinkNs: 5 * MS }),
    ];
    const { arrivals } = history(groups, 100 * MS);
    expect(arrivals[1]).toHaveLength(8);
  });

  it("can form a chain of groups that each wait for the one before", () => {
    const groups = [clientOf(short), clientOf(short, { after: [0] }), clientOf(short, { after: [1] })];
    const { ends } = history(groups, 20 * MS);
    expect(ends[1].length).toBeGreaterThan(20);
    ends[2].forEach((end, i) => {
      expect(end).toBeGreaterThan(ends[1][i]);
      expect(ends[1][i]).toBeGreaterThan(ends[0][i]);
    });
  });
});

describe("requests", () => {
  it("are prepared side by side and run in the order of their arrival", () => {
    const arrivals = Float64Array.of(0, 0, 10, 20);
    const group = clientOf(short, { critical: true, arrivals, prepNs: MS });
    const { costs, view } = runGpu(gpuScenario([group], { durationNs: 10 * MS }));
    expect(view.completed[0]).toBe(4);
    // All are launched after one preparation; each waits for those before it.
    costs.latencies.forEach((latency, i) => {
      expect(latency + arrivals[i]).toBeGreaterThan(MS + (i + 1) * 200_000);
      expect(latency + arrivals[i]).toBeLessThan(MS + (i + 1) * 200_000 + 60_000);
    });
    expect(costs.lateness).toEqual([0, 0, 0, 0]);
  });

  it("of many groups at one time are all served, one request of each at a time", () => {
    const groups = Array.from({ length: 16 }, (_, i) =>
      clientOf(short, { arrivals: new Float64Array(20).fill(MS), critical: i % 2 === 0 }),
    );
    const kernel = runGpu(gpuScenario(groups, { durationNs: 200 * MS }));
    expect([...kernel.view.completed]).toEqual(new Array(16).fill(20));
    expect(kernel.ledger.busy).toBe(16 * 20 * 200_000);
  });

  it("are longer by their scale, which the host cannot see before the end", () => {
    const group = clientOf(short, {
      critical: true,
      arrivals: Float64Array.of(0, 10 * MS),
      scales: Float64Array.of(3, 0.5),
    });
    const kernel = started(gpuScenario([group], { durationNs: 20 * MS }));
    const decision = createDecision(1);
    const expected: number[] = [];
    while (!kernel.done) {
      kernel.decide(decision);
      if (kernel.view.event === "ready") expected.push(kernel.view.headExpectedNs[0]);
    }
    expect(expected).toEqual([200_000, 200_000]);
    expect(kernel.ledger.busy).toBe(700_000);
  });

  it("that are unfinished are as late as they are at the end of the run, unless within their slack", () => {
    const arrivals = Float64Array.of(0, 10 * MS, 19.7 * MS);
    const group = clientOf(short, { critical: true, arrivals });
    const { costs, view } = runGpu(gpuScenario([group], { durationNs: 20 * MS }), (decision) => decision.hold.fill(1));
    expect(view.completed[0]).toBe(0);
    expect(costs.latencies).toEqual([]);
    expect(costs.lateness).toHaveLength(2);
    costs.lateness.forEach((late, i) => {
      // A launch takes at most 44 us.
      expect(late).toBeLessThanOrEqual(20 * MS - arrivals[i] - 200_000);
      expect(late).toBeGreaterThanOrEqual(20 * MS - arrivals[i] - 244_000);
    });
    expect(costs.missed[0]).toBe(2);
  });
});
