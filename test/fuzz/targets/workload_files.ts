import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { openCongestionFile } from "../../../harness/problems/congestion.ts";
import { openGpuFile } from "../../../harness/problems/gpu.ts";
import { openAccessFile } from "../../../harness/problems/readahead.ts";
import { openHistogramFile } from "../../../harness/problems/tiering.ts";
import { judged } from "../../../harness/run/settings.ts";
import { damagedJson, damagedLines } from "../mutations.ts";
import type { Target } from "../target.ts";

const LISTS: readonly string[] = [
  "2\n0 1 1000 0.001\n1 2 2000 0.002\n",
  "0 1 3 100 1000 2.0\n1 2 3 100 4000 2.00001\n",
  "# src dst pg bytes start\n0 1 3 1000 2.0\n1 2 3 4000 2.00001\nnotes\n",
  "0 1 3 10 2.0 3.0\n1 2 3 20 2.1 3.0\n",
  "Nodes 4\nConnections 2\n0->1 start 0 size 1000\n1->2 id 2 start 1000000 size 2000 prio 1\n",
];

const TABLES: readonly string[] = [
  "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n",
  "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45,ChatGPT,1087,230,1317,API log\n",
  "Name,Profile,Memory_footprint,SM_usage,Duration\nconv1,1,0,80,20000\nbn1,0,0,40,4000\n",
];

const DESCRIPTIONS: readonly unknown[] = [
  {
    time: 0.5,
    tasks: [
      { id: "a_rt", load: { type: "periodic", frequency: 20 }, client: { model_name: "vgg19", batch_size: 1 } },
      { id: "b_be", load: { type: "continuous" }, client: { model_name: "resnet152", priority: 1 } },
      { id: "c", load: { type: "poisson", frequency: 5, priority: 0 }, client: { model_name: "bert" } },
      { id: "d", load: { type: "trace", trace: [1, 5, 30] }, client: { model_name: "vgg19" } },
      { id: "e", load: { type: "dependent", prev_task_ids: ["c"] }, client: { model_name: "vgg19" } },
    ],
  },
  {
    model_latency: 1000,
    kernel_latency: { a: { total_latency: 10, latency: [1, 2] }, b: { total_latency: 5, latency: [3] } },
  },
  { rt: ["vgg19"], be: ["resnet152"] },
];

const file = fc.oneof(damagedLines(LISTS, " "), damagedLines(TABLES, ","), damagedJson(DESCRIPTIONS));
const formats = [
  "",
  "plain",
  "hpcc",
  "conweave",
  "rdma",
  "htsim",
  "disb",
  "reef",
  "azure",
  "burstgpt",
  "orion",
  "packed",
];

export const workloadFiles: readonly Target[] = [
  {
    name: "workload files",
    inputs: fc
      .tuple(file, fc.constantFrom("x.txt", "x.csv", "x.json", "x.flows"), fc.constantFrom(...formats), fc.boolean())
      .map(([bytes, name, format, packed]) => ({
        files: { [name]: packed ? gzipSync(bytes) : bytes },
        args: [name, format],
      })),
    run({ args: [name, format] = [] }) {
      const reading = format === "" ? {} : { format };
      let refusal: unknown = null;
      const ways: readonly (() => unknown)[] = [
        () => openGpuFile(name, { ...reading, durationNs: 1e9 }),
        () => openCongestionFile(name, reading),
        () => openAccessFile(name, {}, reading),
        () => openHistogramFile(name, undefined, reading),
      ];
      for (const open of ways) {
        try {
          judged(open);
          return;
        } catch (error) {
          // Another environment may play it; all refusals are looked at.
          refusal = worse(refusal, error);
        }
      }
      throw refusal;
    },
  },
];

/** The refusal that is more likely to be a fault: one that is not of our own kinds. */
function worse(one: unknown, other: unknown): unknown {
  const own = (error: unknown) => error instanceof Error && error.constructor !== TypeError;
  return one === null || (own(one) && !own(other)) ? other : one;
}
