import type { KernelClass, KernelProfile } from "./kernel_profile.ts";
import { meanOf, straightQuantiles } from "./quantile_function.ts";

/** The seven knots of a summary, us: least, quartiles (null if unread), p90, p99, greatest. */
type Summary = readonly [number, number | null, number, number | null, number, number, number];

const SHARES = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1];

/**
 * Kernels of models. Figures of measured models are published summaries. Figures of the TensorRT models on RTX 3080 are
 * end-to-end times minus the host's part; their number of kernels is the number of layers after fusing.
 */
export const MODELS: readonly KernelProfile[] = [
  // V100: forward passes at the batch size in the name, and training iterations ("fb"). Source: eth-easl/orion,
  // model_kernels: number, sum, least, quartiles (where the file was read), p90, p99 and greatest.
  model("mobilenetv2-4", 152, 2.263, [3.46, 5.28, 8.6, 22.3, 32.3, 64.6, 64.6]),
  model("resnet50-4", 175, 6.498, [4, 6.53, 12.5, 59.4, 96.2, 241.9, 380]),
  model("resnet101-4", 345, 11.567, [4.03, 6.59, 10.3, 67.4, 97, 172.8, 380.3]),
  model("bert-2", 572, 48.625, [3.07, 10.3, 34.4, 129.1, 138.6, 514.6, 516.7]),
  model("transformer-xl-4", 459, 16.671, [2.82, 8.29, 15.6, 34.5, 137.9, 197.1, 201.6]),
  model("efficientnet-4", 823, 18.536, [3, null, 7.8, null, 68.2, 140.2, 231.7]),
  model("resnet50-32-fb", 946, 95.278, [2.69, 3.65, 5.9, 95.4, 360, 819, 1238], "training"),
  model("resnet101-32-fb", 1847, 155.933, [2.69, 3.52, 6.8, 92.7, 335, 715, 1265], "training"),
  model("mobilenetv2-64-fb", 890, 74.897, [2.69, 3.14, 3.9, 85.1, 242, 1213, 2465], "training"),
  model("transformer-xl-8-fb", 4354, 125.369, [2.78, 3.1, 4.5, 13.1, 56, 348, 2223], "training"),
  model("bert-8-fb", 4777, 190.8, [2.5, null, 3.7, null, 47.6, 997, 1081], "training"),

  // MI50. Source: SJTU-IPADS/reef, resource: time of the model, number of launches; quantiles over its kernels (over
  // launches for resnet152), scaled to that time because the kernels' own times have another sum.
  rescaled("mi50-resnet152", 207, 13.233, [12, 16, 36, 84, 204, 238, 240]),
  rescaled("mi50-densenet", 207, 3.743, [16, 16.1, 16.2, 36, 40, 400, 660]),
  rescaled("mi50-inception", 146, 8.273, [16, 20, 40, 80, 132, 380, 464]),
  rescaled("mi50-bert", 205, 5.426, [12, 16, 16.1, 52, 60, 84, 84.1]),
  rescaled("mi50-mobilenet", 31, 1.188, [16, 20, 24, 44, 80, 128, 128.1]),
  model("mi50-alexnet", 13, 8.851, [16, 40, 150, 700, 1500, 3700, 3884]),

  // RTX 3080, TensorRT, batch 1. Source of the times: SJTU-IPADS/disb, results, standalone, less ~0.12 ms of the host
  // (0.04 ms: distilbert). Numbers of kernels and the spread are a choice: one for each convolution, pooling and matrix
  // product; VGG-19's longest reads the 411 MB of its first dense layer at 760 GB/s.
  model("vgg19", 24, 2.66, [4, 40, 90, 120, 180, 500, 540]),
  model("resnet152", 157, 4.1, [2, 11, 20, 36, 50, 95, 113]),
  model("densenet201", 400, 7.79, [2, 7, 14, 26, 38, 70, 110]),
  model("inceptionv3", 125, 2.78, [3, 8, 16, 30, 46, 85, 100]),
  model("distilbert", 80, 1.14, [2, 4, 9, 20, 34, 50, 52]),
  // Among DISB's models but not in its results. Source of times: choice, VGG-19's and ResNet-152's scaled by the ratio
  // of the models' times on MI50 (mobilenet) and of their arithmetic (ResNet-50: 4.1 of 11.5 GFLOP).
  model("mobilenetv1", 30, 0.37, [3, 5, 9, 16, 25, 40, 42]),
  model("resnet50", 55, 1.46, [3, 12, 20, 36, 50, 95, 100]),

  // One pass of a language model of 7 to 8 billion parameters. Source: the range of 5 us to 7.49 ms of its matrix
  // products is published (Hummingbird); numbers and times are a choice.
  model("llm-prefill", 230, 24, [4, 10, 45, 160, 260, 700, 900]),
  model("llm-decode", 290, 6, [3, 6, 12, 26, 42, 80, 110]),
  // Passes of small language models, a recommender and a speech model: chains of short kernels. Source: choice.
  model("llm-small-decode", 60, 0.5, [2, 4, 6.5, 10, 15, 30, 34]),
  model("llm-small-prefill", 80, 2, [3, 6, 14, 32, 55, 120, 140]),
  model("llm-code-prefill", 160, 4, [3, 5, 14, 36, 60, 130, 150]),
  model("recommender", 45, 0.7, [2, 4, 8, 18, 34, 90, 95]),
  model("speech", 110, 1.6, [2, 5, 9, 19, 34, 70, 80]),

  // Kernels of 1 to 5 ms, as in large training batches and scientific codes. Source: choice, below the 7.49 ms above.
  model("gemm-training", 60, 78, [90, 500, 1000, 1800, 2700, 4700, 5000], "training"),
  model("stencil-steps", 20, 50, [1400, 1900, 2400, 3000, 3600, 4400, 4500], "training"),
  model("graph-steps", 90, 63, [20, 90, 300, 900, 1800, 4200, 4500], "training"),
];

/** Finds the model of that name. Throws a RangeError that lists the known models. */
export function findModel(name: string): KernelProfile {
  const found = MODELS.find((model) => model.name === name);
  if (found === undefined) {
    throw new RangeError(`no model "${name}"; allowed: ${MODELS.map((known) => known.name).join(", ")}`);
  }
  return found;
}

function model(
  name: string,
  kernels: number,
  totalMs: number,
  summary: Summary,
  kind: KernelClass = "inference",
): KernelProfile {
  const quantilesUs = summary.flatMap((us, i): [number, number][] => (us === null ? [] : [[SHARES[i], us]]));
  // A weight update happens in place: a training kernel that runs twice would apply it twice.
  return { name, kernels, totalMs, quantilesUs, class: kind, idempotent: kind === "inference" };
}

/** A model whose summary and total have different units: its knots are scaled so that their mean matches the total. */
function rescaled(name: string, kernels: number, totalMs: number, summary: Summary): KernelProfile {
  const unscaled = model(name, kernels, totalMs, summary);
  const mean = meanOf(straightQuantiles(unscaled.quantilesUs));
  const factor = (totalMs * 1000) / kernels / mean;
  return { ...unscaled, quantilesUs: unscaled.quantilesUs.map(([share, us]) => [share, us * factor]) };
}
