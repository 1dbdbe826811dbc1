import type { Split } from "../split.ts";
import type { CongestionCatalogEntry } from "./catalog_entry.ts";
import { drawWorkload, type Family } from "./families/family.ts";
import * as test from "./families/test.ts";
import * as collectives from "./families/test_collectives.ts";
import * as train from "./families/train.ts";
import * as validation from "./families/validation.ts";

/**
 * Every workload of the congestion environment. Splits are by family: no tested family was trained on. Workloads differ
 * in fabric, speed, load and mix. Hosts have links of 100 Gb/s unless the name states another speed.
 */
export const congestionWorkloads: readonly CongestionCatalogEntry[] = [
  generated("lone", "train", train.lone),
  generated("incast", "train", train.incast100),
  generated("incast-50", "train", train.incast50, "incast"),
  generated("incast-200", "train", train.incast200, "incast"),
  generated("two-senders", "train", train.twoSenders),
  generated("bursts", "train", train.bursts100),
  generated("bursts-200", "train", train.bursts200, "bursts"),
  generated("staggered", "train", train.staggered100),
  generated("staggered-50", "train", train.staggered50, "staggered"),
  generated("all-to-all", "train", train.allToAll100),
  generated("websearch", "train", train.webSearch100),
  generated("websearch-200", "train", train.webSearch200, "websearch"),
  generated("alistorage", "train", train.aliStorage),
  generated("ring", "train", train.ring),
  generated("mixed-rtt", "train", train.mixedRtt),
  generated("long-short", "train", train.longShort100),
  generated("smc", "train", train.smc),
  generated("parameter-server", "train", train.parameterServer100),
  generated("pairs-dumbbell", "train", train.pairsDumbbell),
  generated("permutation-dumbbell", "validation", validation.permutationDumbbell),
  generated("hadoop", "validation", validation.hadoop),
  generated("incast-dumbbell", "validation", validation.incastDumbbell100),
  generated("incast-150-dumbbell", "validation", validation.incastDumbbell150, "incast-dumbbell"),
  generated("staggered-pairs-150", "validation", validation.staggeredPairs150, "staggered-pairs"),
  generated("smc-mix", "validation", validation.smcMix),
  generated("checkpoint", "validation", validation.checkpoint),
  generated("lone-150-dumbbell", "validation", validation.loneDumbbell150, "lone-dumbbell"),
  generated("incast-leaf-spine", "test", test.incastLeafSpine),
  generated("bursts-400-dumbbell", "test", test.burstsDumbbell400, "bursts-dumbbell"),
  generated("staggered-25-dumbbell", "test", test.staggeredDumbbell25, "staggered-dumbbell"),
  generated("all-to-all-leaf-spine", "test", collectives.allToAllLeafSpine),
  generated("websearch-30-leaf-spine", "test", test.webSearchLeafSpine(0.3), "websearch-leaf-spine"),
  generated("websearch-60-leaf-spine", "test", test.webSearchLeafSpine(0.6), "websearch-leaf-spine"),
  generated("websearch-90-leaf-spine", "test", test.webSearchLeafSpine(0.9), "websearch-leaf-spine"),
  generated("hadoop-mix-40-leaf-spine", "test", test.hadoopMixLeafSpine40, "hadoop-mix-leaf-spine"),
  generated("ring-leaf-spine", "test", collectives.ringLeafSpine),
  generated("moe-leaf-spine", "test", collectives.mixtureOfExpertsLeafSpine),
  generated(
    "parameter-server-400-dumbbell",
    "test",
    collectives.parameterServerDumbbell400,
    "parameter-server-dumbbell",
  ),
  generated("checkpoint-40-leaf-spine", "test", test.checkpointLeafSpine40, "checkpoint-leaf-spine"),
  generated("mixed-rtt-leaf-spine", "test", test.mixedRttLeafSpine),
  generated("parking-lot", "test", test.parkingLot100),
  generated("parking-lot-25", "test", test.parkingLot25, "parking-lot"),
  generated("lone-400-leaf-spine", "test", test.loneLeafSpine400, "lone-leaf-spine"),
  generated("lone-25-leaf-spine", "test", test.loneLeafSpine25, "lone-leaf-spine"),
  generated("smc-200-leaf-spine", "test", test.smcLeafSpine200, "smc-leaf-spine"),
  generated("long-short-dumbbell", "test", test.longShortDumbbell),
];

function generated(name: string, split: Split, kind: Family, family = name): CongestionCatalogEntry {
  return { name, family, split, source: "generator", open: (seed, options) => drawWorkload(name, kind, seed, options) };
}
