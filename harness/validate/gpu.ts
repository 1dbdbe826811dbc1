import { hardwareRr } from "../../baselines/gpu/hardware_rr.ts";
import { lcOnly } from "../../baselines/gpu/lc_only.ts";
import { np } from "../../baselines/gpu/np.ts";
import { xschedLv3 } from "../../baselines/gpu/xsched_lv3.ts";
import { type GpuDecision, HOLD_IN_FLIGHT, HOLD_KERNEL } from "../../kernel/gpu/decision.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { randomStream } from "../../kernel/random.ts";
import { disbWorkload } from "../../workloads/gpu/disb.ts";
import { drawSequence } from "../../workloads/gpu/draw_sequence.ts";
import { findModel } from "../../workloads/gpu/models.ts";
import type { Target } from "../problems/target.ts";
import {
  COLD_NS,
  clientOf,
  criticalFigures,
  DISB,
  DISB_NS,
  gpuScenario,
  jitteredArrivals,
  leavingTimes,
  meanOf,
  quantileOf,
  SEEDS,
  starting,
} from "../scenarios/gpu.ts";
import { type ClosedForm, lonelyQueue, roundRobinDelay } from "./gpu_closed_forms.ts";
import { gpreemptFigures } from "./gpu_gpreempt.ts";

/**
 * Time until an operation of a policy takes effect, in the kernel and in the hardware, ns. Source: choice; nothing is
 * published.
 */
const KERNEL_RESIDENT_NS = 5000;
const HARDWARE_NS = 100;

/** Published figures and closed forms, each beside the result of the simulated GPU. */
export function gpuTargets(): Target[] {
  return [...closedForms(), ...xschedRequests(), ...xschedPreemptions(), ...disbOnRtx3080(), ...gpreemptFigures()];
}

/** Closed forms of round robin, and of the queue of a group that is alone on the GPU. */
function closedForms(): Target[] {
  const target = (id: string, source: string, quantity: string, { expected, simulated }: ClosedForm): Target => ({
    id: `gpu/${id}`,
    source,
    quantity,
    expected,
    simulated,
    tolerance: 0.02 * expected,
  });
  const turns = [
    [5000, 1, "v100"],
    [2800, 1, "a100"],
    [2800, 2, "v100"],
    [5000, 3, "v100"],
  ] as const;
  return [
    ...turns.map(([serviceUs, others, architecture]) =>
      target(
        `round-robin-${architecture}-${serviceUs}-${others}`,
        "arithmetic: rounds of 1024 us and switches",
        `mean delay of a request of ${serviceUs} us in turns with ${others} others, ${architecture}, us`,
        roundRobinDelay(serviceUs, others, architecture),
      ),
    ),
    ...[0.3, 0.6].map((load) =>
      target(
        `m-d-1-${load}`,
        "arithmetic: M/D/1",
        `mean time in the queue at load ${load}, 1 ms each, us`,
        lonelyQueue(load),
      ),
    ),
  ];
}

/** Expectation of a figure of which a range was published: the middle of the range, and half its width as tolerance. */
function range(low: number, high: number): Pick<Target, "expected" | "tolerance"> {
  return { expected: (low + high) / 2, tolerance: (high - low) / 2 };
}

const XSCHED = "XSched (OSDI'25)";

/**
 * A critical client at 20 % of its greatest rate beside a client that always has work, both ResNet-152, on GV100. The
 * paper gives the rate; arrivals at random times within regular periods are a choice.
 */
function xschedScenario(controlNs: number): (seed: number) => GpuScenario {
  const sequence = drawSequence(findModel("resnet152"), randomStream(0, "validate/resnet152"));
  const durationNs = 1e10;
  const gapNs = sequence.ends[sequence.ends.length - 1] / 0.2;
  return (seed) => {
    const arrivals = jitteredArrivals(gapNs, durationNs, seed);
    const critical = clientOf(sequence, { critical: true, arrivals });
    return gpuScenario([critical, clientOf(sequence)], {
      architecture: "v100",
      durationNs,
      controlNs,
      coldNs: COLD_NS,
    });
  };
}

/** Latencies of a critical client at 20 % load beside a client that always has work. */
function xschedRequests(): Target[] {
  const scenario = xschedScenario(KERNEL_RESIDENT_NS);
  const alone = criticalFigures(scenario, starting(lcOnly), SEEDS).latencies;
  const native = criticalFigures(scenario, starting(hardwareRr), SEEDS).latencies;
  const level3 = criticalFigures(scenario, starting(xschedLv3), SEEDS).latencies;
  const p99 = (latencies: readonly number[]) => quantileOf(latencies, 0.99) / quantileOf(alone, 0.99);
  return [
    {
      id: "gpu/xsched-hardware-p99",
      source: XSCHED,
      quantity: "P99 latency over alone, hardware's turns, 20 % load, 1.60 to 2.19",
      simulated: p99(native),
      ...range(1.6, 2.19),
    },
    {
      id: "gpu/xsched-lv3-p99",
      source: XSCHED,
      quantity: "P99 latency over alone, level 3 in the kernel (5 us), 20 % load, 1.02 to 1.30",
      simulated: p99(level3),
      ...range(1.02, 1.3),
    },
    {
      id: "gpu/xsched-lv3-degradation",
      source: XSCHED,
      quantity: "mean latency over alone, level 3 in the kernel (5 us), percent more",
      expected: 1.9,
      simulated: 100 * (meanOf(level3) / meanOf(alone) - 1),
      tolerance: 1,
    },
  ];
}

/**
 * Time until best-effort kernels of length T have left the GPU, on GV100. The time of saving follows from bytes and
 * bandwidth. The remaining time of a change of groups was chosen to match the 32 us of this measurement. So the
 * hardware's figure is no evidence for the simulator, but its independence of T and the figures of the other levels
 * are.
 */
function xschedPreemptions(): Target[] {
  const p99 = (controlNs: number, kernelUs: number, off: (decision: GpuDecision) => void, depth = 0) =>
    quantileOf(leavingTimes({ architecture: "v100", controlNs }, 1000 * kernelUs, off, depth), 0.99) / 1000;
  const disable = ({ enabled }: GpuDecision) => enabled.fill(0);
  const levels = [
    ["hardware", "by the hardware (0.1 us)", HARDWARE_NS],
    ["kernel", "in the kernel (5 us)", KERNEL_RESIDENT_NS],
  ] as const;
  return [
    ...levels.flatMap(([id, where, controlNs]) => {
      const short = p99(controlNs, 500, disable);
      return [
        {
          id: `gpu/xsched-lv3-preemption-${id}`,
          source: XSCHED,
          quantity: `P99 preemption at level 3 ${where}, kernels of 500 us, us (one constant is chosen by it)`,
          expected: 32,
          simulated: short,
          tolerance: 0.25 * 32,
        },
        {
          id: `gpu/xsched-lv3-preemption-${id}-length`,
          source: XSCHED,
          quantity: `P99 preemption at level 3 ${where}, what four times longer kernels add, us`,
          expected: 0,
          simulated: p99(controlNs, 2000, disable) - short,
          tolerance: 1,
        },
      ];
    }),
    {
      id: "gpu/xsched-lv1-preemption",
      source: XSCHED,
      quantity: "P99 preemption at level 1, 8 kernels of 500 us in flight, us",
      expected: 8 * 500,
      simulated: p99(0, 500, ({ hold }) => hold.fill(HOLD_IN_FLIGHT), 8),
      tolerance: 0.15 * 8 * 500,
    },
    {
      id: "gpu/xsched-lv2-preemption",
      source: XSCHED,
      quantity: "P99 preemption at level 2, 8 kernels of 500 us in flight, us",
      expected: 500,
      simulated: p99(0, 500, ({ hold }) => hold.fill(HOLD_KERNEL), 8),
      tolerance: 0.15 * 500,
    },
  ];
}

/**
 * DISB's mixes side by side, as its authors measured them. How kernels share the GPU is fitted to these figures only.
 */
function disbOnRtx3080(): Target[] {
  const published = { A: [2.975, 290.7], B: [3.12, 394.7], C: [5.616, 571] };
  return DISB.flatMap((name) => {
    const workload = disbWorkload(name, { durationNs: DISB_NS });
    const scenario: GpuScenario = { ...gpuScenario([], { architecture: "rtx3080" }), workload };
    const { latencies, throughput } = criticalFigures(() => scenario, starting(np), 1);
    const [latency, rate] = published[name];
    const critical = workload.groups.find((group) => group.critical)!;
    const cells = [
      // DISB's latency includes the host's work after the kernels; the simulated latency of the GPU does not.
      ["latency", "mean latency of the critical client, ms", latency, (meanOf(latencies) + critical.thinkNs) / 1e6],
      ["throughput", "requests of all clients, 1/s", rate, throughput],
    ] as const;
    return cells.map(([id, quantity, expected, simulated]) => ({
      id: `gpu/disb-${name.toLowerCase()}-${id}`,
      source: "SJTU-IPADS/disb, results of TensorRT on RTX 3080",
      quantity: `workload ${name}: ${quantity}`,
      expected,
      simulated,
      tolerance: 0.1 * expected,
    }));
  });
}
