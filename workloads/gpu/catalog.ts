import type { Split } from "../split.ts";
import type { GpuCatalogEntry } from "./catalog_entry.ts";
import * as families from "./families.ts";
import { drawMix, type Mix } from "./mix.ts";

/**
 * Every workload of the GPU environment. Splits are by family: no tested family was trained on. Splits do not share
 * models, and Poisson is the only arrival process that they share. Families in which a good schedule differs from the
 * best published one have more entries than families with one critical group.
 */
export const gpuWorkloads: readonly GpuCatalogEntry[] = [
  generated("lone", "train", families.lone),
  generated("lone-crowded", "train", families.loneCrowded, "lone"),
  generated("pair-periodic", "train", families.pairPeriodic, "pair"),
  generated("pair-poisson", "train", families.pairPoisson, "pair"),
  generated("pair-mixed", "train", families.pairMixed, "pair"),
  generated("long-kernels", "train", families.longKernels),
  generated("long-kernels-crowd", "train", families.longKernelsCrowd, "long-kernels"),
  generated("decode", "train", families.decode),
  generated("decode-long", "train", families.decodeLong, "decode"),
  generated("llm-conv", "train", families.llmConv),
  generated("llm-conv-pair", "train", families.llmConvPair, "llm-conv"),
  generated("crowd", "train", families.crowd),
  generated("crowd-staggered", "train", families.crowdStaggered, "crowd"),
  generated("short-kernels", "train", families.shortKernels),
  generated("open-effort", "train", families.openEffort),
  generated("wave", "validation", families.wave),
  generated("regular", "validation", families.regular),
  generated("llm-agents", "validation", families.llmAgents),
  generated("late-training", "validation", families.lateTraining),
  generated("llm-code", "test", families.llmCode),
  generated("on-off", "test", families.onOff),
  generated("poisson-ten", "test", families.poissonTen),
  generated("cameras", "test", families.cameras),
  generated("steps", "test", families.steps),
  generated("tenants", "test", families.tenants),
];

function generated(name: string, split: Split, mix: Mix, family = name): GpuCatalogEntry {
  return { name, family, split, source: "generator", open: (seed, options) => drawMix(name, mix, seed, options) };
}
