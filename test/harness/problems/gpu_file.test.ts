import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGpuFile } from "../../../harness/problems/gpu.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

test("tells GPU workloads by their content", () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const task = { id: "a_rt", load: { type: "periodic", frequency: 100 }, client: { model_name: "vgg19" } };
  const disb = write("mix.json", JSON.stringify({ time: 2, tasks: [task] }));
  expect(openGpuFile(disb)).toMatchObject({ name: "mix", durationNs: 2e9 });
  expect(openGpuFile(disb, { durationNs: 5e8 })!.groups[0].arrivals!.length).toBe(50);
  const orion = write("net.csv", "Name,Profile,Memory_footprint,SM_usage,Duration\nConv,1,0,49,26688\n");
  expect(openGpuFile(orion)!.groups.map(({ name }) => name)).toEqual(["vgg19_rt", "net"]);
  const reef = write("reef.json", '{"model_latency":9,"kernel_latency":{"a":{"total_latency":1,"latency":[1]}}}');
  expect(openGpuFile(reef, { durationNs: 1e9 })).toMatchObject({ name: "reef", durationNs: 1e9 });
  const azure = write("azure.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 00:00:01,9,1\r\n");
  expect(openGpuFile(azure)!.groups[0].arrivals!.length).toBe(1);

  expect(openGpuFile("pair-poisson")).toBe(null);
  expect(() => openGpuFile("none.json")).toThrow(new UsageError("there is no trace file none.json"));
  const other = write("other.json", "{}");
  expect(() => openGpuFile(other)).toThrow(UsageError);
  expect(() => openGpuFile(other)).toThrow(`${other} is no workload for a GPU; allowed: DISB workload (JSON), `);
  expect(() => openGpuFile(write("bad.json", '{"tasks": 3}'))).toThrow(TraceFormatError);
});
