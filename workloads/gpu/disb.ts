import type { GpuWorkload } from "../../kernel/gpu/workload.ts";
import { disbGroup, evenArrivals } from "./disb_client.ts";

/** A workload of DISB whose measured results are in this repository. */
export type DisbName = "A" | "B" | "C";

/** Length of a DISB run, ns. Source: its workload files. */
const DISB_DURATION_NS = 60_000_000_000;

type Task = readonly [
  name: string,
  model: string,
  /** Requests per second. 0 means that a request starts when the previous one is done. */
  frequency: number,
  standaloneUs: number,
  beforeUs: number,
  afterUs: number,
];

/**
 * Tasks with the times of their own runs: a request alone, and the host's part before and after the kernels. Source:
 * SJTU-IPADS/disb, workloads and results of TensorRT on RTX 3080.
 */
const TASKS: Record<DisbName, readonly Task[]> = {
  A: [
    ["vgg19_rt", "vgg19", 100, 2767, 110, 13],
    ["resnet152_be", "resnet152", 0, 4235, 96, 11],
  ],
  B: [
    ["vgg19_rt", "vgg19", 0, 2801, 97, 10],
    ["resnet152_be", "resnet152", 0, 4212, 109, 13],
  ],
  C: [
    ["vgg19_rt", "vgg19", 100, 2779, 156, 22],
    ["resnet152_be", "resnet152", 0, 4185, 165, 23],
    ["densenet201_be", "densenet201", 0, 8383, 171, 18],
    ["vgg19_be", "vgg19", 0, 2786, 144, 17],
    ["inceptionv3_be", "inceptionv3", 0, 2847, 160, 22],
    ["distilbert_be", "distilbert", 0, 1170, 12, 23],
  ],
};

/**
 * Workload `disb-a`, `-b` or `-c` as it was measured. Kernels of all clients run side by side: the measured latencies
 * are shorter than time slices of 1 ms would make them.
 */
export function disbWorkload(
  name: DisbName,
  { durationNs = DISB_DURATION_NS, seed = 0 }: { durationNs?: number; seed?: number } = {},
): GpuWorkload {
  const groups = TASKS[name].map(([task, model, frequency, standaloneUs, beforeUs, afterUs], i) =>
    disbGroup(
      {
        name: task,
        model,
        critical: task.endsWith("_rt"),
        arrivals: frequency > 0 ? evenArrivals(frequency, 0, durationNs) : null,
        standaloneUs,
        host: { beforeUs, afterUs },
      },
      i,
      seed,
    ),
  );
  return { name: `disb-${name.toLowerCase()}`, groups, durationNs, sharing: "streams" };
}
