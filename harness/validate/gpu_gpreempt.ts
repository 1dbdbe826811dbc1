import { blockWait } from "../../baselines/gpu/block_wait.ts";
import { gpreempt, gpreemptHint } from "../../baselines/gpu/gpreempt.ts";
import { AS_SHIPPED } from "../../baselines/gpu/hardware_settings.ts";
import { lcOnly } from "../../baselines/gpu/lc_only.ts";
import { np } from "../../baselines/gpu/np.ts";
import { sequential } from "../../baselines/gpu/sequential.ts";
import type { GpuEntry, GpuHeuristic } from "../../baselines/gpu/types.ts";
import { ANY_DEPTH } from "../../baselines/gpu/xsched_depth.ts";
import type { KnobValues } from "../../baselines/knobs.ts";
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
  meanOf,
  SEEDS,
  starting,
} from "../scenarios/gpu.ts";

const GPREEMPT = "GPreempt (ATC'25)";

/**
 * Relative tolerance of figures that were published without a range. Source: choice; much of the paper's set-up is not
 * published.
 */
const TOLERANCE = 0.25;

/**
 * Block-wait as in the paper's artifact (src/cuda-clients/blpclient.cpp, src/executor.cpp): all clients share one
 * context of the process and take no turns. A request launches all of its kernels at once, so the kernels in flight
 * leave one by one. The artifact's work at the host is not simulated: there a critical request waits until best-effort
 * streams are empty, and a best-effort request that continues reads at which kernel.
 */
const ARTIFACT_BLOCK_WAIT: KnobValues = { ...AS_SHIPPED, contexts: 0, depth: ANY_DEPTH.max };

const PREPARED = "200 us of preparation";

/** The figures of GPreempt's paper, each beside the result of the simulated GPU. */
export function gpreemptFigures(): Target[] {
  return [...switches(), ...comparison()];
}

/** Waiting time of a critical request for a preemption on A100, with and without a hint. */
function switches(): Target[] {
  const durationNs = 5e9;
  const sequence = drawSequence(findModel("vgg19"), randomStream(0, "validate/vgg19"));
  const busy = clientOf(drawSequence(findModel("resnet152"), randomStream(0, "validate/resnet152")));
  const mean = (policy: () => GpuHeuristic, prepUs: number) => {
    const scenario = (seed: number) => {
      const arrivals = jitteredArrivals(1e7, durationNs, seed);
      const critical = clientOf(sequence, { critical: true, arrivals, prepNs: 1000 * prepUs });
      return gpuScenario([critical, busy], { durationNs, coldNs: COLD_NS });
    };
    return meanOf(criticalFigures(scenario, policy, SEEDS).delays) / 1000;
  };
  const paper = { slice_us: 200 };
  const plain = mean(starting(gpreempt, paper), 200);
  const hinted = mean(starting(gpreemptHint, paper), 200);
  const prompt = mean(starting(gpreemptHint), 0);
  const below = { expected: 20, tolerance: 20 };
  const about = (expected: number) => ({ expected, tolerance: TOLERANCE * expected });
  const cells = [
    ["no-hint", "mean delay without hint, timeslices of 200 us, us", about(200), plain],
    [
      "no-prep",
      "mean delay with hint, no preparation, timeslices of 1 us, us (the constant is from here)",
      about(100),
      prompt,
    ],
    [
      "hint",
      `mean delay with hint, ${PREPARED}, timeslices of 1 us, 0 to 40 us`,
      below,
      mean(starting(gpreemptHint), 200),
    ],
    ["hint-200", `mean delay with hint, ${PREPARED}, timeslices of 200 us, 0 to 40 us`, below, hinted],
    ["hint-saves", "mean delay that the hint saves, timeslices of 200 us, us", about(160), plain - hinted],
  ] as const;
  return cells.map(([id, quantity, target, simulated]) => ({
    id: `gpu/gpreempt-${id}`,
    source: `${GPREEMPT}, A100`,
    quantity,
    simulated,
    ...target,
  }));
}

/**
 * The paper's means over all its workloads. Here they are means over three of them, with the kernels of RTX 3080,
 * because kernels of A100 are not published.
 */
function comparison(): Target[] {
  const scenarios = DISB.map(
    (name): GpuScenario => ({
      ...gpuScenario([], { coldNs: COLD_NS }),
      workload: disbWorkload(name, { durationNs: DISB_NS }),
    }),
  );
  const run = (policy: () => GpuHeuristic) => scenarios.map((scenario) => criticalFigures(() => scenario, policy, 1));
  const alone = run(starting(lcOnly));
  const beside = run(starting(np));
  const cells: [string, GpuEntry, increase: number | null, throughput: number | null, values?: KnobValues][] = [
    ["np", np, 58.4, null],
    ["lc-only", lcOnly, null, 30.3],
    ["sequential", sequential, 96.3, 66],
    ["block-wait", blockWait, 15.3, 79.7, ARTIFACT_BLOCK_WAIT],
    ["gpreempt-hint", gpreemptHint, 2.4, 88.6],
  ];
  return cells.flatMap(([id, entry, increase, throughput, values]) => {
    const figures = run(starting(entry, values));
    const ratio = (value: (index: number) => number) => 100 * meanOf(figures.map((_, i) => value(i)));
    const measured = [
      [
        "increase",
        "mean latency of critical requests over alone, percent more",
        increase,
        ratio((i) => meanOf(figures[i].latencies) / meanOf(alone[i].latencies) - 1),
      ],
      [
        "throughput",
        "requests of all clients, percent of those side by side",
        throughput,
        ratio((i) => figures[i].throughput / beside[i].throughput),
      ],
    ] as const;
    return measured.flatMap(([what, quantity, expected, simulated]) =>
      expected === null
        ? []
        : [
            {
              id: `gpu/gpreempt-${id}-${what}`,
              source: `${GPREEMPT}, A100, means over its workloads`,
              quantity: `${entry.name}: ${quantity}`,
              expected,
              simulated,
              tolerance: TOLERANCE * expected,
            },
          ],
    );
  });
}
