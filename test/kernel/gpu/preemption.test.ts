import { describe, expect, it } from "vitest";
import {
  clientOf,
  equalKernels,
  type GroupDetails,
  gpuScenario,
  jitteredArrivals,
  runGpu,
} from "../../../harness/scenarios/gpu.ts";
import {
  findArchitecture,
  type GpuArchitecture,
  INSTRUCTION,
  switchNs,
  THREAD_BLOCK,
  WAIT_FOR_IDLE,
} from "../../../kernel/gpu/architecture.ts";
import { type KernelSequence, kernelSequence } from "../../../kernel/gpu/workload.ts";

const DURATION = 1e9;

/**
 * Time that each critical request loses, ns, to best-effort kernels with a timeslice of 1 us that are preempted in
 * `mode`.
 */
function delays(mode: number, bestEffort: KernelSequence, details: GroupDetails = {}): number[] {
  const critical = clientOf(equalKernels(10, 100_000), {
    critical: true,
    arrivals: jitteredArrivals(1e7, DURATION, 1),
  });
  const scenario = gpuScenario([critical, clientOf(bestEffort, details)], {
    architecture: "v100",
    durationNs: DURATION,
  });
  const { costs } = runGpu(scenario, (decision) => {
    decision.mode[1] = mode;
    decision.sliceUs[0] = 1e6;
    decision.sliceUs[1] = 1;
  });
  return costs.latencies.map((latency, i) => latency - costs.standalone[i]);
}

const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
const v100 = findArchitecture("v100");
/** The wait for the end of the timeslice, and the time to bring a group in. */
const AROUND = 1000 + v100.baseNs;

describe("a preemption", () => {
  it("by trapping threads takes the same time for any kernel", () => {
    const exact = switchNs(v100) + 1000;
    for (const ns of [300_000, 3_000_000, 30_000_000]) {
      const all = delays(INSTRUCTION, equalKernels(20, ns));
      // At the end of a kernel there is nothing to save, and at the end of a request nothing to wait for.
      expect(most(all)).toBeLessThanOrEqual(exact);
      expect(all.filter((delay) => delay > exact - 1000)).not.toHaveLength(0);
      expect(all.filter((delay) => delay > exact - 1001).length).toBeGreaterThan(0.9 * all.length);
    }
  });

  it("with wait-for-idle waits for one kernel at most, and for half of one on average", () => {
    for (const ns of [50_000, 500_000, 2_000_000]) {
      const all = delays(WAIT_FOR_IDLE, equalKernels(20_000_000 / ns, ns));
      expect(most(all)).toBeLessThanOrEqual(ns + AROUND);
      expect(most(all)).toBeGreaterThan(0.9 * ns);
      expect(all.reduce((a, b) => a + b) / all.length / ns).toBeGreaterThan(0.4);
    }
  });

  it("that waits for thread blocks waits for the longest at most, and never longer than for idle", () => {
    const sequence = kernelSequence("blocks", new Float64Array(20).fill(2e6), {
      blockNs: new Float64Array(20).fill(2e5),
    });
    const all = delays(THREAD_BLOCK, sequence);
    expect(most(all)).toBeLessThanOrEqual(200_000 + AROUND);
    expect(most(all)).toBeGreaterThan(150_000);
    // A block is no longer than its kernel.
    const short = kernelSequence("short", new Float64Array(400).fill(1e5), {
      blockNs: new Float64Array(400).fill(1e9),
    });
    expect(most(delays(THREAD_BLOCK, short))).toBeLessThanOrEqual(100_000 + AROUND);
  });

  it("by trapping is the shortest for long kernels, by waiting for short ones", () => {
    const mean = (mode: number, ns: number) => {
      const kernels = 20_000_000 / ns;
      const details = { blockNs: new Float64Array(kernels).fill(Math.min(ns, 250_000)) };
      const all = delays(mode, kernelSequence("kernels", new Float64Array(kernels).fill(ns), details));
      return all.reduce((a, b) => a + b) / all.length;
    };
    expect(mean(INSTRUCTION, 2_000_000)).toBeLessThan(mean(THREAD_BLOCK, 2_000_000));
    expect(mean(THREAD_BLOCK, 2_000_000)).toBeLessThan(mean(WAIT_FOR_IDLE, 2_000_000));
    expect(mean(WAIT_FOR_IDLE, 5_000)).toBeLessThan(mean(INSTRUCTION, 5_000));
  });

  it("waits for idle where kernels cannot be preempted at any instruction", () => {
    const kernels = equalKernels(20, 1_000_000);
    expect(delays(INSTRUCTION, kernels, { instructionPreemption: false })).toEqual(delays(WAIT_FOR_IDLE, kernels));
  });

  it("of a group without others changes nothing", () => {
    const kernel = runGpu(gpuScenario([clientOf(equalKernels(20, 1e6))], { durationNs: 1e8 }), (decision) => {
      decision.preempt[0] = 1;
    });
    expect(kernel.ledger.switching).toBe(0);
  });

  it("of a group that is not resident changes nothing", () => {
    const groups = [clientOf(equalKernels(20, 1e6)), clientOf(equalKernels(20, 1e6))];
    const run = (preempt: boolean) =>
      runGpu(gpuScenario(groups, { durationNs: 1e8 }), (decision, { resident, switching }) => {
        decision.preempt.fill(0);
        if (preempt && resident >= 0 && !switching) decision.preempt[1 - resident] = 1;
      });
    expect(run(true).view.switches).toBe(run(false).view.switches);
    expect(run(true).ledger).toEqual(run(false).ledger);
  });
});

describe("the timeout of preemptions", () => {
  /** Number of requests lost when the GPU waits for kernels of `kernelNs` with a timeout of 3 ms. */
  function lost(kernelNs: number, mode: number): number {
    const architecture: GpuArchitecture = { ...v100, timeoutNs: 3e6 };
    const details = { blockNs: Float64Array.of(kernelNs) };
    const groups = [
      clientOf(equalKernels(10, 100_000), { critical: true, arrivals: jitteredArrivals(2e7, DURATION, 1) }),
      clientOf(kernelSequence("long", [kernelNs], details)),
    ];
    const scenario = { ...gpuScenario(groups, { durationNs: DURATION }), architecture };
    const run = runGpu(scenario, (decision) => {
      decision.mode[1] = mode;
      decision.sliceUs[1] = 1;
    });
    return run.timeouts;
  }

  it("ends a request only if the wait takes longer", () => {
    expect(lost(3_000_000, WAIT_FOR_IDLE)).toBe(0);
    expect(lost(10_000_000, WAIT_FOR_IDLE)).toBeGreaterThan(0);
    expect(lost(10_000_000, THREAD_BLOCK)).toBeGreaterThan(0);
    expect(lost(10_000_000, INSTRUCTION)).toBe(0);
  });

  it("counts the finished part of a lost request as wasted, and the request as over", () => {
    const architecture: GpuArchitecture = { ...v100, timeoutNs: 1e6 };
    const groups = [
      clientOf(equalKernels(1, 100_000), { critical: true, arrivals: Float64Array.of(5e6) }),
      clientOf(equalKernels(1, 50_000_000), { arrivals: Float64Array.of(0) }),
    ];
    const kernel = runGpu({ ...gpuScenario(groups, { durationNs: 1e8 }), architecture }, (decision) => {
      decision.mode[1] = WAIT_FOR_IDLE;
      decision.sliceUs[1] = 1;
    });
    expect(kernel.timeouts).toBe(1);
    expect([...kernel.view.completed]).toEqual([1, 1]);
    expect(kernel.view.servedNs[1]).toBe(0);
    expect(kernel.ledger.busy).toBe(100_000 + kernel.ledger.wasted);
    // From its launch to that of the critical request, plus the timeslice and the timeout.
    expect(kernel.ledger.wasted).toBeGreaterThan(5.9e6);
    expect(kernel.ledger.wasted).toBeLessThan(6.1e6);
  });
});
